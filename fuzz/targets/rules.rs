//! The program that cargo-fuzz builds for `azr_fuzz::rules`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| azr_fuzz::rules::run(data));
