//! Fuzzes the drawing of PDFs.
#![no_main]
use homeroom_extract::fuzzing::draw;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| draw("a.pdf", &["pdf"], bytes));
