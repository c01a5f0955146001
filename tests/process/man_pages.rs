//! `azr man`: a page for each command, and no other.

use std::collections::BTreeSet;

use crate::support::InProcessAzure;

#[test]
fn every_command_has_a_page_and_no_other_has() {
    let azure = InProcessAzure::new();
    let run = azure.ok("man --folder pages");
    assert!(run.stderr.contains("pages written to pages"), "{run}");
    // The golden file has the whole tree: "azr apic api list: List the APIs in a center".
    let tree = include_str!("../golden/tree.txt");
    let paths =
        || tree.lines().filter(|line| line.starts_with("azr")).filter_map(|line| line.split(':').next());
    let hidden: Vec<&str> = paths().filter_map(|path| path.strip_suffix(" (hidden)")).collect();
    let visible = paths()
        .filter(|path| !hidden.iter().any(|group| format!("{path} ").starts_with(&format!("{group} "))));
    let expected: BTreeSet<String> = visible.map(|path| format!("{}.1", path.replace(' ', "-"))).collect();
    let pages = std::fs::read_dir(azure.folder().join("pages")).expect("a folder");
    let pages: BTreeSet<String> =
        pages.map(|page| page.expect("a page").file_name().to_string_lossy().into_owned()).collect();
    let difference: Vec<_> = expected.symmetric_difference(&pages).collect();
    assert!(difference.is_empty(), "without a command or without a page: {difference:?}");
    let page = |name: &str| String::from_utf8(azure.read(&format!("pages/{name}"))).expect("text");
    for name in &pages {
        let text = page(name);
        let version = env!("CARGO_PKG_VERSION");
        let name = name.trim_end_matches(".1");
        // A longer title would overlap itself in the first line.
        let title = if name.len() > 36 { "AZR".to_owned() } else { name.to_uppercase() };
        assert!(text.contains(&format!(".TH {title} 1 \"\" \"azr {version}\" azr\n")), "{name}: {text}");
        for section in ["SYNOPSIS", "\"EXIT STATUS\"", "ENVIRONMENT", "FILES", "\"SEE ALSO\""] {
            assert_eq!(text.matches(&format!(".SH {section}\n")).count(), 1, "{name}: {section}");
        }
        assert!(!text.contains("Possible values"), "{name}");
    }
    let import = page("azr-apic-import-from-apim.1");
    assert!(import.contains("azr\\-apic(1)"), "{import}");
    assert!(!import.contains(".SH RESOURCE") && !import.contains("see a summary"), "{import}");
    assert!(import.contains("journal") && import.contains(".SH EXAMPLES\n"), "{import}");
}

#[test]
fn the_page_of_a_command_is_printed() {
    let azure = InProcessAzure::new();
    for words in ["man apic api create", "man azr apic api create", "man 'apic api create'"] {
        let page = azure.ok(words);
        assert!(page.stdout().contains(".TH AZR-APIC-API-CREATE 1"), "{page}");
    }
    let unknown = azure.run("man apic nobody");
    assert_eq!(unknown.error(2), "'nobody' is not a command of azr apic");
    let nothing = azure.run("man");
    assert!(nothing.code == Some(2) && nothing.stderr.contains("--folder"), "{nothing}");
    assert_eq!(azure.run("man apic --folder out").code, Some(2));
}
