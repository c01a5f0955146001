//! The program that cargo-fuzz builds for `azr_fuzz::backup`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| azr_fuzz::backup::run(data));
