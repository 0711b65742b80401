//! The gateway over real connections, byte by byte.
mod floods;
mod framing;
mod harness;
mod layers;
mod lifetimes;
