//! The HTTP surface of Homeroom.
pub mod web;
