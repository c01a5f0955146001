//! The program that cargo-fuzz builds for `azr_fuzz::settings`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| azr_fuzz::settings::run(data));
