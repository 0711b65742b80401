//! Fuzzes plain text of any encoding and what is written in it.
#![no_main]
use homeroom_extract::fuzzing::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| parse("a.txt", &["text", "code", "latex", "notebook", "captions"], bytes));
