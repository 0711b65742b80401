//! The record store adapters against the conformance suite and against faults.
mod sqlite_conformance;
