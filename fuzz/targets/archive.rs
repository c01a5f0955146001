//! The program that cargo-fuzz builds for `azr_fuzz::archive`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| azr_fuzz::archive::run(data));
