//! Fuzzes compound files of old Office versions, and RTF.
#![no_main]
use homeroom_extract::fuzzing::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| parse("a.doc", &["doc", "ppt", "xls", "rtf"], bytes));
