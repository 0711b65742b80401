//! The product without any technology: entities, policies, use cases and the ports they need.
//!
//! Nothing here knows HTTP, SQL, S3, a file system or an ambient clock; adapters in the other
//! crates implement [`ports`], and the binary wires them together.
#![deny(clippy::disallowed_methods)]

pub mod domain;
pub mod jobs;

pub mod ports;
pub mod records;
pub mod usecases;
