//! The program that cargo-fuzz builds for `azr_fuzz::terminal`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| azr_fuzz::terminal::run(data));
