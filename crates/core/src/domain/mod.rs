//! Entities, identifiers and policies: pure and synchronous.
pub mod breached;
pub mod captions;
pub mod ids;
pub mod kind;
pub mod language;
pub mod material;
pub mod name;
pub mod policy;
pub mod subject;
pub mod upload;
pub mod user;
