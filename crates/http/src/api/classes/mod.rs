//! `/api/v1/classes`.
pub(crate) mod create;
pub(crate) mod function_url;
pub(crate) mod join;
pub(crate) mod list;
pub(crate) mod members;
pub(crate) mod one;
pub(crate) mod receipts;
pub(crate) mod roster;
pub(crate) mod teachers;
pub(crate) mod term;
mod wire;

pub(crate) use wire::{ClassBody, MemberBody, day};
