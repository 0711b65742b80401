//! What fuzz targets call: a format's whole path, from detection to the last page or to the first picture, in
//! this process. The two are apart, for drawing what an image claims to be can take a thousand times as long as
//! reading the text around it.
//!
//! Only with the feature `fuzzing`; the product never has it, for here nothing is confined.
use crate::child::Sink;
use crate::detect::{Detected, detect};
use crate::formats;
use crate::wire::{ChildLimits, TextHint};
use rustix::fs::{MemfdFlags, memfd_create};
use std::fs::File;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

/// Reads `bytes` as a file of this name, if it is of one of these kinds (as
/// [`Kind`](homeroom_core::domain::kind::Kind) spells them; none means any). Frames go nowhere.
///
/// Aborts on a panic that the format's own code does not contain.
pub fn parse(name: &str, kinds: &[&str], bytes: &[u8]) {
    survive(|| read(name, kinds, bytes));
}

/// Draws the first page of `bytes`, as [`parse`] reads them.
///
/// Aborts as that does.
pub fn draw(name: &str, kinds: &[&str], bytes: &[u8]) {
    survive(|| render(name, kinds, bytes));
}

fn survive(work: impl FnOnce() -> Option<()>) {
    static QUIET: Once = Once::new();
    // Contained panics are part of the design: they are not to end the fuzzer.
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    if catch_unwind(AssertUnwindSafe(work)).is_err() {
        std::process::abort();
    }
}

/// The file, if it is of one of these kinds.
fn open(name: &str, kinds: &[&str], bytes: &[u8]) -> Option<(Detected, File)> {
    let mut file = in_memory(bytes).ok()?;
    let detected = detect(&mut file, TextHint::of(name)).ok()?;
    (kinds.is_empty() || kinds.contains(&detected.kind().name())).then_some((detected, file))
}

fn read(name: &str, kinds: &[&str], bytes: &[u8]) -> Option<()> {
    let (detected, file) = open(name, kinds, bytes)?;
    let limits = ChildLimits::default();
    let mut sink = Sink::new(io::sink(), limits.pages);
    formats::extract(detected, file, &limits, &mut sink).ok()?;
    sink.done(detected.kind(), false).ok()
}

fn render(name: &str, kinds: &[&str], bytes: &[u8]) -> Option<()> {
    let (detected, file) = open(name, kinds, bytes)?;
    let limits = ChildLimits::default();
    let mut sink = Sink::new(io::sink(), limits.pages);
    formats::render(detected, file, &limits, 1..=1, 200, &mut sink).ok()
}

fn in_memory(bytes: &[u8]) -> io::Result<File> {
    let mut file = File::from(memfd_create("fuzzed", MemfdFlags::CLOEXEC)?);
    file.write_all(bytes)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps the targets' way in compiling and working where nobody fuzzes.
    #[test]
    fn a_file_goes_the_whole_way() {
        assert_eq!(read("a.txt", &[], b"words"), Some(()));
        assert_eq!(read("a.txt", &["pdf"], b"words"), None);
        assert_eq!(render("a.txt", &[], b"words"), Some(()));
    }
}
