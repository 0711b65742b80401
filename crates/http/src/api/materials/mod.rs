//! Materials, their pages and versions.
pub(super) mod captions;
pub(super) mod contents;
pub(super) mod cover;
pub(super) mod delete;
pub(super) mod download;
pub(super) mod list;
pub(super) mod notebook_picture;
pub(super) mod page;
pub(super) mod picture;
pub(super) mod rating;
pub(super) mod read;
pub(super) mod similar;
pub(super) mod update;
pub(super) mod versions;
