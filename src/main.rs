//! The binary: starts what the library holds.

fn main() {}
