//! Entities, identifiers and policies: pure and synchronous.
pub mod breached;
pub mod ids;
pub mod kind;
pub mod language;
pub mod name;
pub mod user;
