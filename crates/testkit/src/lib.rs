//! What tests are made of: in-memory adapters, settable clocks, deterministic identifiers, and
//! the conformance suites that every adapter of a port must pass.
//!
//! It never runs in production, so it prefers the obvious to the fast. One module for each
//! stand-in; one module below [`conformance`] for each port.
pub mod clock;
pub mod conformance;
pub mod ids;
pub mod memory_record_store;
pub mod servers;

pub use clock::{FixedClock, StepClock};
pub use ids::SeededIds;
pub use memory_record_store::{MemoryRecordStore, WriteFault};
