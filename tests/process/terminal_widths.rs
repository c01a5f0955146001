//! Terminals of other widths and kinds: narrow, wide, without colors or cursor movements.

use crate::progress::start_slow;
use crate::support::{APIM, CENTER, InProcessAzure, Run, run_at_terminal};

fn import(options: &str) -> String {
    format!("apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis '*' {options}")
}

/// The lines that are wider than a terminal, except commands to copy.
///
/// The wide characters of one title take two columns each.
fn lines_wider_than(run: &Run, columns: usize) -> Vec<&str> {
    let width = |line: &str| line.chars().map(|c| if c > '\u{2fff}' { 2 } else { 1 }).sum::<usize>();
    run.stdout().lines().filter(|line| width(line) > columns && !line.starts_with("  azr ")).collect()
}

#[test]
fn tables_fit_wide_terminals_and_show_every_column() {
    let azure = InProcessAzure::new();
    azure.ok(import("--mode client"));
    let doctor = format!("doctor {CENTER} --apim-name myAPIManagement");
    for (line, columns) in [
        (format!("apic api list {CENTER} -o wide"), "Deploys  Updated"),
        (format!("apim api list {APIM} -o wide"), "Current  Key"),
        (format!("apic inventory {CENTER}"), "Owner "),
        (format!("apic api list {CENTER}"), "Kind "),
        (import("--dry-run --verbose"), "Versions  Note"),
        (doctor, "Finding"),
    ] {
        for width in [80, 160] {
            let run = run_at_terminal(&azure, width, &line, &[]);
            assert_eq!(lines_wider_than(&run, width.into()), Vec::<&str>::new(), "{width}: {run}");
            assert!(width < 160 || run.stdout().contains(columns), "{run}");
        }
    }
}

#[test]
fn a_narrow_terminal_shows_notes_and_findings_below_their_rows() {
    let azure = InProcessAzure::new();
    let run = run_at_terminal(&azure, 40, "doctor", &[]);
    assert!(run.stdout().contains("✓ ok         endpoint\n  Finding:"), "{run}");
    let run = run_at_terminal(&azure, 50, &import("--dry-run"), &[]);
    let words = run.stdout().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(" rest Original Note: the title is longer than 50 characters"), "{run}");
    let help = run_at_terminal(&azure, 40, "apic api list --help", &[]);
    // Only words that are longer than the line stick out.
    let wide = lines_wider_than(&help, 40);
    assert!(wide.iter().all(|line| line.split_whitespace().count() <= 2), "{wide:?}");
}

#[test]
fn a_terminal_that_cannot_move_its_cursor_has_no_bar() {
    let azure = start_slow();
    let line = import("--mode client").replace("'*'", "'api-*'");
    let run = run_at_terminal(&azure, 80, &line, &[("TERM", "dumb"), ("NO_COLOR", "1")]);
    assert_eq!(run.code, Some(4), "{run}");
    for text in ["\u{1b}", "░", "█"] {
        assert!(!run.stdout().contains(text) && !run.stderr.contains(text), "{text:?} {run}");
    }
    assert!(run.stdout().contains("Imported 11 of 12 APIs"), "{run}");
}

#[test]
fn a_resource_that_was_there_is_replaced_and_said_so() {
    let azure = InProcessAzure::new();
    let create = format!("apic api create {CENTER} --api-id one --title One --type rest");
    for verb in ["Created", "Replaced"] {
        let run = run_at_terminal(&azure, 80, &create, &[]);
        assert!(run.stdout().ends_with(&format!("{verb} API 'one' in API center 'myAPICenter'.\n")), "{run}");
    }
}

#[test]
fn doctor_says_how_to_check_services() {
    let azure = InProcessAzure::new();
    let run = run_at_terminal(&azure, 80, "doctor", &[]);
    let hint = "too:\n  azr doctor import -g GROUP -n CENTER --apim-name SERVICE\n";
    assert!(run.stdout().ends_with(hint), "{run}");
}
