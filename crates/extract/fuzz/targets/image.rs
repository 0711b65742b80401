//! Fuzzes pictures, read and drawn.
#![no_main]
use homeroom_extract::fuzzing::{draw, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    parse("a.png", &["image"], bytes);
    draw("a.png", &["image"], bytes);
});
