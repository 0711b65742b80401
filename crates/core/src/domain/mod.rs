//! Entities, identifiers and policies: pure and synchronous.
pub mod attendance;
pub mod breached;
pub mod captions;
pub mod class;
pub mod ids;
pub mod kind;
pub mod language;
pub mod lesson;
pub mod material;
pub mod name;
pub mod policy;
pub mod receipt;
pub mod roster;
pub mod roster_csv;
pub mod subject;
pub mod upload;
pub mod user;
