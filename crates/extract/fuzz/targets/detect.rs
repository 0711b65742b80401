//! Fuzzes detection, and whatever it finds.
#![no_main]
use homeroom_extract::fuzzing::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| parse("file", &[], bytes));
