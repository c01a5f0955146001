//! The program that cargo-fuzz builds for `azr_fuzz::yaml`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| azr_fuzz::yaml::run(data));
