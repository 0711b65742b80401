//! The product without any technology: entities, policies, use cases and the ports they need.
//!
//! Nothing here knows HTTP, SQL, S3, a file system or an ambient clock; adapters in the other
//! crates implement [`ports`], and the binary wires them together.
pub mod domain;

pub mod ports;
