//! `/api/v1/submissions`.
pub(crate) mod one;
pub(crate) mod receipt;
pub(crate) mod review;
pub(crate) mod watch;
mod wire;

pub(crate) use wire::SubmissionBody;
