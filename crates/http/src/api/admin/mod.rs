//! What administrators see.
pub(super) mod jobs;
pub(super) mod users;
