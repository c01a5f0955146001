//! Rulesets: zip archives that come from the service.

use std::path::{Component, Path};

use azr::fuzzing::{pack, unpack};

/// Runs the target on one input.
pub fn run(data: &[u8]) {
    let Ok(members) = unpack(data) else { return };
    for member in &members {
        let inside = Path::new(&member.name).components().all(|part| matches!(part, Component::Normal(_)));
        assert!(inside && !member.name.is_empty(), "{:?} leaves the folder", member.name);
    }
    let packed = pack(&members).expect("what was unpacked can be packed");
    assert_eq!(unpack(&packed).expect("and unpacked again"), members);
}
