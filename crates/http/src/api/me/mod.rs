//! One's own account.
pub(super) mod delete;
pub(super) mod export;
pub(super) mod read;
pub(super) mod update;
