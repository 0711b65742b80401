//! From what was typed to what is looked up. No text is wrong, and nothing typed reaches a regular
//! expression.
pub(crate) mod build;
pub(crate) mod narrow;
pub(crate) mod parse;
pub(crate) mod typo;
