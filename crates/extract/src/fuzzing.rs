//! What fuzz targets call: a format's whole path, from detection to the first picture, in this process.
//!
//! Only with the feature `fuzzing`; the product never has it, for here nothing is confined.
use crate::child::Sink;
use crate::detect::detect;
use crate::formats;
use crate::wire::{ChildLimits, TextHint};
use rustix::fs::{MemfdFlags, memfd_create};
use std::fs::File;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

/// Reads and draws `bytes` as a file of this name, if it is of one of these kinds (as
/// [`Kind`](homeroom_core::domain::kind::Kind) spells them; none means any). Frames go to the standard
/// output.
///
/// Aborts on a panic that the format's own code does not contain.
pub fn parse(name: &str, kinds: &[&str], bytes: &[u8]) {
    static QUIET: Once = Once::new();
    // Contained panics are part of the design: they are not to end the fuzzer.
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    let read = catch_unwind(AssertUnwindSafe(|| read_and_draw(name, kinds, bytes)));
    if read.is_err() {
        std::process::abort();
    }
}

fn read_and_draw(name: &str, kinds: &[&str], bytes: &[u8]) -> Option<()> {
    let mut file = in_memory(bytes).ok()?;
    let detected = detect(&mut file, TextHint::of(name)).ok()?;
    let kind = detected.kind();
    if !kinds.is_empty() && !kinds.contains(&kind.name()) {
        return None;
    }
    let limits = ChildLimits::default();
    let mut sink = Sink::new(io::stdout(), limits.pages);
    if formats::extract(detected, file, &limits, &mut sink).is_ok() {
        // The pipe's fault would be none of the format's.
        let _ = sink.done(kind);
    }
    let mut sink = Sink::new(io::stdout(), limits.pages);
    // As above: what matters is that it ends.
    let _ = formats::render(detected, in_memory(bytes).ok()?, &limits, 1..=1, 200, &mut sink);
    Some(())
}

fn in_memory(bytes: &[u8]) -> io::Result<File> {
    let mut file = File::from(memfd_create("fuzzed", MemfdFlags::CLOEXEC)?);
    file.write_all(bytes)?;
    Ok(file)
}
