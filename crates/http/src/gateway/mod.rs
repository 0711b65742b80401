//! What every request passes before it reaches a route: connections and their limits, strict
//! framing, and layers for ids, logs, headers, hosts, rates and sizes.
//!
//! The gateway knows no user and no route; routes tell it nothing and read what it found from
//! request extensions ([`RequestId`]).
mod body;
mod invalid;
mod json;
mod path;
mod query;
pub mod request_id;

pub use body::BodyError;
pub use json::{Json, MAX_DEPTH};
pub use path::Path;
pub use query::Query;
pub use request_id::RequestId;
