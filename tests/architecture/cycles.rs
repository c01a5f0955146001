//! Groups of files that use each other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A file of each group that may exist; docs/architecture.md says why.
const ALLOWED: [&str; 10] = [
    "src: commands::shorthand",
    "crates/arm/src: auth",
    "crates/arm/src: client",
    "crates/catalog/src: plan",
    "crates/core/src: context",
    "crates/core/src: error",
    "crates/core/src: files",
    "crates/emulator/src: apic::kinds",
    "crates/emulator/src: apim::kinds",
    "crates/emulator/src: resources",
];

/// What the tests of a file start with.
const TESTS: &str = "#[cfg(test)]\nmod ";

/// Which modules each module of a crate uses.
type Uses = BTreeMap<String, BTreeSet<String>>;

/// The modules of each crate by its folder, with their text.
fn crates(files: &[(String, String)]) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut crates: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (file, text) in files {
        let Some((folder, path)) = file.split_once("src/") else { continue };
        let path = Path::new(path).with_extension("");
        let mut parts: Vec<_> = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        if parts.iter().any(|part| part == "tests" || part == "testing") {
            continue;
        }
        if parts.last().is_some_and(|part| part == "mod" || part == "lib") {
            parts.pop();
        }
        let modules = crates.entry(format!("{folder}src")).or_default();
        modules.insert(parts.join("::"), code(text));
    }
    crates
}

/// The code of a file without comments, and without its tests, which come last.
fn code(text: &str) -> String {
    let is_module = |after: &str| after.lines().next().is_some_and(|line| line.ends_with('{'));
    let tests = text.match_indices(TESTS).find(|(index, _)| is_module(&text[index + TESTS.len()..]));
    let text = &text[..tests.map_or(text.len(), |(index, _)| index)];
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The paths that `use` statements name, with braces expanded.
fn expand(prefix: &str, tree: &str, paths: &mut Vec<String>) {
    let tree = tree.trim();
    let Some((head, group)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        paths.push(format!("{prefix}{}", path.trim_end_matches("::self").trim()));
        return;
    };
    let prefix = format!("{prefix}{head}");
    let (mut depth, mut start) = (0, 0);
    let group = group.strip_suffix('}').unwrap_or(group);
    for (index, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                expand(&prefix, &group[start..index], paths);
                start = index + 1;
            }
            _ => {}
        }
    }
    if !group[start..].trim().is_empty() {
        expand(&prefix, &group[start..], paths);
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The paths that a module names: in `use` statements, and in code from `crate`, `super`, `self` or a child on.
fn paths(text: &str, children: &[&str]) -> Vec<String> {
    let mut paths = Vec::new();
    let mut rest = String::new();
    let mut statements = text.split(';').peekable();
    while let Some(statement) = statements.next() {
        let is_ended = statements.peek().is_some();
        let start = statement.match_indices("use ").find(|(index, _)| {
            let before = statement[..*index].trim_end_matches(' ');
            before.is_empty() || before.ends_with(['\n', '{', '}', ')']) || before.ends_with("pub")
        });
        match start.filter(|_| is_ended) {
            Some((index, word)) => {
                rest.push_str(&statement[..index]);
                expand("", &statement[index + word.len()..], &mut paths);
            }
            None => rest.push_str(statement),
        }
        rest.push(';');
    }
    for first in ["crate", "super", "self"].iter().chain(children) {
        for (index, _) in rest.match_indices(&format!("{first}::")) {
            if !rest[..index].ends_with(|c| is_word(c) || c == ':') {
                let end =
                    rest[index..].find(|c| !is_word(c) && c != ':').map_or(rest.len(), |end| index + end);
                paths.push(rest[index..end].to_owned());
            }
        }
    }
    paths
}

/// The module that a path of another module leads to: the longest that exists.
fn resolve(modules: &BTreeMap<String, String>, from: &str, path: &str, children: &[&str]) -> Option<String> {
    let mut base: Vec<&str> = from.split("::").filter(|part| !part.is_empty()).collect();
    let mut parts = path.split("::").map(str::trim).peekable();
    match *parts.peek()? {
        "crate" => {
            parts.next();
            base.clear();
        }
        "self" => drop(parts.next()),
        "super" => {
            while parts.next_if_eq(&"super").is_some() {
                base.pop();
            }
        }
        first if children.contains(&first) => {}
        _ => return None,
    }
    base.extend(parts);
    let lengths = (0..=base.len()).rev();
    lengths.map(|length| base[..length].join("::")).find(|name| modules.contains_key(name))
}

fn uses(modules: &BTreeMap<String, String>) -> Uses {
    let uses_of = |(name, text): (&String, &String)| {
        let prefix = if name.is_empty() { String::new() } else { format!("{name}::") };
        let children: Vec<&str> = modules
            .keys()
            .filter_map(|child| child.strip_prefix(&prefix))
            .filter(|child| !child.is_empty() && !child.contains("::"))
            .collect();
        let used = paths(text, &children);
        let used = used.iter().filter_map(|path| resolve(modules, name, path, &children));
        (name.clone(), used.filter(|used| used != name).collect())
    };
    modules.iter().map(uses_of).collect()
}

/// The modules that a module uses, and those that they use.
fn reachable<'u>(uses: &'u Uses, from: &str) -> BTreeSet<&'u str> {
    let mut found = BTreeSet::new();
    let mut pending: Vec<&str> = uses[from].iter().map(String::as_str).collect();
    while let Some(name) = pending.pop() {
        if found.insert(name) {
            pending.extend(uses[name].iter().map(String::as_str));
        }
    }
    found
}

/// The groups of modules that use each other.
fn groups(uses: &Uses) -> BTreeSet<Vec<&str>> {
    let reachable: BTreeMap<&str, BTreeSet<&str>> =
        uses.keys().map(|name| (name.as_str(), reachable(uses, name))).collect();
    let mut groups = BTreeSet::new();
    for (name, reached) in &reachable {
        let members = reached.iter().filter(|other| reachable[*other].contains(name));
        groups.insert(members.copied().collect::<Vec<&str>>());
    }
    groups.remove(&Vec::new());
    groups
}

#[test]
fn files_use_each_other_only_in_the_groups_of_the_architecture() {
    let mut found = 0;
    for (folder, modules) in crates(&super::files()) {
        for group in groups(&uses(&modules)) {
            let is_allowed = ALLOWED.iter().any(|allowed| {
                let (allowed_folder, module) = allowed.split_once(": ").expect("a folder and a module");
                allowed_folder == folder && group.contains(&module)
            });
            assert!(is_allowed, "{folder}: these files use each other: {}", group.join(", "));
            found += 1;
        }
    }
    assert_eq!(found, ALLOWED.len(), "a group of ALLOWED does not exist any more");
}

#[test]
fn a_cycle_is_found() {
    let files = [
        ("src/lib.rs", "mod a;\nmod b;\npub use a::A;"),
        ("src/a.rs", "//! A.\nuse std::fmt;\nuse super::b::{self, c::{C as D}};\n"),
        ("src/b/mod.rs", "mod c;\nuse c::C;\n"),
        ("src/b/c.rs", "fn x() { crate::a::y() }\n#[cfg(test)]\nmod tests {\n    use super::super::B;\n}"),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let crates = crates(&files);
    assert_eq!(groups(&uses(&crates["src"])), BTreeSet::from([vec!["a", "b", "b::c"]]));
}
