//! Use case errors as problem documents: the one place where they meet HTTP.
use crate::problem::{FieldError, Problem};
use homeroom_core::usecases::UseCaseError;
use http::StatusCode;
use std::time::Duration;

impl From<UseCaseError> for Problem {
    fn from(error: UseCaseError) -> Self {
        match error {
            UseCaseError::NotFound => Self::not_found(),
            UseCaseError::Unauthenticated(code) => {
                Self::new(StatusCode::UNAUTHORIZED, code, unauthenticated_title(code))
            }
            UseCaseError::Forbidden(code) => Self::new(StatusCode::FORBIDDEN, code, forbidden_title(code)),
            UseCaseError::Invalid(fields) => invalid(fields),
            UseCaseError::Conflict { code, detail } => Self::new(
                StatusCode::CONFLICT,
                code,
                "The present state does not allow this",
            )
            .with_detail(detail),
            UseCaseError::Content { code, detail } => {
                let status = if code.ends_with("_too_large") {
                    StatusCode::PAYLOAD_TOO_LARGE
                } else {
                    StatusCode::UNPROCESSABLE_ENTITY
                };
                Self::new(status, code, content_title(code)).with_detail(detail)
            }
            UseCaseError::InvalidLines(lines) => invalid_lines(lines),
            UseCaseError::Closed {
                code,
                detail,
                opens_at,
                closes_at,
            } => Self::new(StatusCode::FORBIDDEN, code, "This lesson is not open now")
                .with_detail(detail)
                .with_times(opens_at, closes_at),
            UseCaseError::QuotaExceeded => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "quota_exceeded",
                "There is not enough room left in your quota",
            ),
            UseCaseError::TooManyAttempts(seconds) => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_attempts",
                "Too many attempts; wait a little",
            )
            .with_retry_after(Duration::from_secs(seconds)),
            UseCaseError::StorageFull => {
                tracing::error!("object storage is full");
                Self::new(
                    StatusCode::INSUFFICIENT_STORAGE,
                    "storage_full",
                    "The school's storage is full",
                )
            }
            UseCaseError::Unavailable(reason) => {
                tracing::warn!(reason, "a part of the system does not answer");
                Self::unavailable()
            }
            UseCaseError::Internal(reason) => {
                tracing::error!(reason, "request failed");
                Self::internal()
            }
        }
    }
}

fn unauthenticated_title(code: &str) -> &'static str {
    match code {
        "wrong_credentials" => "The name or the password is wrong",
        "invalid_token" => "The access token is not accepted",
        "refresh_token_refused" => "The refresh token is not accepted",
        _ => "Sign in first",
    }
}

fn forbidden_title(code: &str) -> &'static str {
    match code {
        "account_suspended" => "This account is suspended",
        "sign_up_closed" => "Accounts are made by the school",
        "wrong_password" => "The present password is another",
        "not_a_member" => "Only a member of the class does this",
        _ => "This is not allowed",
    }
}

fn content_title(code: &str) -> &'static str {
    match code {
        "size_mismatch" | "checksum_mismatch" => "The content is not what was announced",
        _ => "The content is not accepted",
    }
}

fn invalid_lines(lines: Vec<homeroom_core::domain::roster_csv::LineError>) -> Problem {
    let mut problem = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "invalid_lines",
        "Lines of the list are not accepted; nothing was changed",
    );
    problem.errors = lines
        .into_iter()
        .map(|error| FieldError {
            field: format!("line {}: {}", error.line, error.column),
            message: error.message,
        })
        .collect();
    problem
}

fn invalid(fields: Vec<homeroom_core::usecases::FieldError>) -> Problem {
    let mut problem = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "invalid_fields",
        "The request has invalid fields",
    );
    problem.errors = fields
        .into_iter()
        .map(|error| FieldError {
            field: error.field.to_owned(),
            message: error.message,
        })
        .collect();
    problem
}
