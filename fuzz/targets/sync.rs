//! The program that cargo-fuzz builds for `azr_fuzz::sync`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| azr_fuzz::sync::run(data));
