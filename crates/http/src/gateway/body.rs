//! Bodies as they arrive: how large, how fast, and what is said when they are neither.
use crate::problem::Problem;
use http::StatusCode;
use std::error::Error;

/// Why a body was cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Larger than the gateway's limit.
    #[error("the body is larger than {0} bytes")]
    TooLarge(u64),
    /// Slower than the gateway's patience.
    #[error("the body arrives too slowly")]
    TooSlow,
}

impl BodyError {
    /// Finds the gateway's reason in an error that passed through other layers.
    pub fn find(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(found) = error.downcast_ref::<Self>() {
                return Some(*found);
            }
            cause = error.source();
        }
        None
    }

    /// 413 or 408.
    pub fn problem(self) -> Problem {
        match self {
            Self::TooLarge(limit) => Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                "The body is too large",
            )
            .with_detail(format!("at most {limit} bytes are read here")),
            Self::TooSlow => Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "body_too_slow",
                "The body arrived too slowly",
            ),
        }
    }
}
