//! Fuzzes the reading of PDFs; `pdf_picture` draws them.
#![no_main]
use homeroom_extract::fuzzing::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| parse("a.pdf", &["pdf"], bytes));
