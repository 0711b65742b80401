//! HTTP: the gateway that every request passes, the API, and the pages.
pub mod gateway;
pub mod problem;
