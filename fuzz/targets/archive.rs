//! Rulesets: zip archives that come from the service.
#![no_main]

use std::path::{Component, Path};

use azr::fuzzing::{pack, unpack};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(members) = unpack(data) else { return };
    for member in &members {
        let inside = Path::new(&member.name).components().all(|part| matches!(part, Component::Normal(_)));
        assert!(inside && !member.name.is_empty(), "{:?} leaves the folder", member.name);
    }
    let packed = pack(&members).expect("what was unpacked can be packed");
    assert_eq!(unpack(&packed).expect("and unpacked again"), members);
});
