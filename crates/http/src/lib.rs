//! HTTP: the gateway that every request passes, the API, and the pages.
pub mod api;
pub mod gateway;
pub mod problem;
pub mod web;
