//! Classes: those one teaches or is in, one class, and the forms around it.
pub mod form;
pub mod list;
pub mod member;
pub mod overview;
pub mod parts;
pub mod plan;
pub mod roster;
pub mod term;
