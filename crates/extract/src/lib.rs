//! Untrusted bytes in, pages of text with word boxes and page pictures out.
//!
//! [`ProcessExtractor`] is what the product uses: it gives every file to a child process of its
//! own, our own program running [`child_main`], which gives up the file system, the network and
//! all further system calls before it reads its input, and lives under limits on processor time,
//! memory and output. No parser ever runs in the parent.
//!
//! Not here: deciding what becomes of a rejected file, storing anything, and recognising text in
//! scanned pictures.
#![deny(clippy::disallowed_methods)]

mod child;
mod detect;
mod film;
mod formats;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod language;
mod process;
mod recognition;
mod title;
pub mod tools;
mod wire;

pub use child::child_main;
pub use process::{ExtractorConfig, ProcessExtractor};
pub use wire::{Attempt, ChildLimits, Enforcement};
