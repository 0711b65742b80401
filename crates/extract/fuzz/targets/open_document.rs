//! Fuzzes OpenDocument and EPUB.
#![no_main]
use homeroom_extract::fuzzing::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| parse("a.odt", &["odt", "odp", "ods", "epub"], bytes));
