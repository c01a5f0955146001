//! Resource ids, patterns of names, and the emulator's filters and fault rules.
//!
//! The first line of the input is an id or a name, the second a pattern, the third a filter; the rest are fault rules.

use azr_core::glob::{self, Selection};
use azr_core::id::ResourceId;
use azr_emulator::ParsedRequest;
use azr_emulator::faults::Faults;
use azr_emulator::filter::{CaseSensitivity, Filter};
use serde_json::json;

/// Runs the target on one input.
pub fn run(data: &[u8]) {
    let Ok(input) = std::str::from_utf8(data) else { return };
    let mut lines = input.splitn(4, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (name, pattern, filter, rules) = (line(), line(), line(), line());

    if let Ok(id) = name.parse::<ResourceId>() {
        assert_eq!(id.to_string().parse::<ResourceId>().expect("an id"), id);
        assert!(id.subscription().is_none_or(|s| !s.contains('/')));
        let mut current = Some(id);
        while let Some(id) = current {
            drop((id.group().map(str::len), id.resource_type(), id.types_and_names(), id.name()));
            current = id.parent();
            assert!(current.as_ref().is_none_or(|parent| parent.as_str().len() < id.as_str().len()));
        }
    }

    let selection = Selection::new(&pattern.split(' ').map(str::to_owned).collect::<Vec<_>>());
    assert!(!(selection.matches(name) && selection.excludes(name)));
    std::hint::black_box(glob::matches_glob(pattern, name));

    if let Ok(filter) = filter.parse::<Filter>() {
        let body = json!({"name": name, "properties": {"displayName": pattern, "isCurrent": true, "n": 3}});
        for case in [CaseSensitivity::Sensitive, CaseSensitivity::Insensitive] {
            std::hint::black_box(filter.matches(&body, case));
        }
    }

    if let Ok(faults) = rules.parse::<Faults>() {
        let token = ("authorization".parse().expect("a name"), "Bearer t".parse().expect("a value"));
        let request = ParsedRequest {
            method: "GET".parse().expect("a method"),
            path: name.to_owned(),
            query: vec![("$filter".to_owned(), filter.to_owned())],
            headers: [token].into_iter().collect(),
            body: pattern.to_owned().into(),
            origin: "http://127.0.0.1:1".to_owned(),
            now: std::time::SystemTime::UNIX_EPOCH.into(),
        };
        for _ in 0..3 {
            faults.select(&request);
        }
        std::hint::black_box(faults.has_expired(&request));
    }
}
