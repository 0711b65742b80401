//! From what was typed to what is looked up. No text is wrong, and nothing typed reaches a regular
//! expression.
pub(crate) mod build;
pub(crate) mod narrow;
mod near;
pub(crate) mod parse;
mod spelling;
pub(crate) mod typo;
