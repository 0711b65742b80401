//! Fuzzes the containers of films and recordings.
#![no_main]
use homeroom_extract::fuzzing::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| parse("a.mp4", &["video", "audio"], bytes));
