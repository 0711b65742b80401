//! What administrators see.
pub(super) mod jobs;
pub(super) mod searches;
pub(super) mod users;
