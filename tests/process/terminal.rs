//! At a terminal: colours, and no pager.

use crate::support::{self, APIM, InProcessAzure};

/// The output of azr at a new terminal, with these variables.
fn run_at_terminal(azure: &InProcessAzure, line: &str, variables: &[(&str, &str)]) -> String {
    let variables: Vec<_> = [("NO_COLOR", "")].iter().chain(variables).copied().collect();
    let run = support::run_at_terminal(azure, 80, line, &variables);
    assert_eq!(run.code, Some(0), "{run}");
    run.stdout().to_owned()
}

#[test]
fn only_jsonc_and_yamlc_are_coloured() {
    let azure = InProcessAzure::new();
    let show = format!("apim show {APIM} --query {{name:name,sku:sku.capacity}}");
    let json = run_at_terminal(&azure, &format!("{show} -o jsonc"), &[]);
    assert_eq!(
        json,
        "{\n  \u{1b}[94m\"name\"\u{1b}[39m: \u{1b}[33m\"myAPIManagement\"\u{1b}[39m,\n  \
         \u{1b}[94m\"sku\"\u{1b}[39m: \u{1b}[34m1\u{1b}[39m\n}\n"
    );
    assert!(run_at_terminal(&azure, &format!("{show} -o yamlc"), &[]).contains("\u{1b}["));
    for format in ["json", "yaml", "table", "tsv", "wide"] {
        let text = run_at_terminal(&azure, &format!("{show} -o {format}"), &[]);
        assert!(!text.contains('\u{1b}'), "{format}: {text:?}");
    }
}

#[test]
fn colours_can_be_switched_off() {
    let azure = InProcessAzure::new();
    let show = format!("apim show {APIM} --query {{name:name}} -o jsonc");
    for variable in [("NO_COLOR", "1"), ("AZURE_CORE_NO_COLOR", "true"), ("TERM", "dumb")] {
        let text = run_at_terminal(&azure, &show, &[variable]);
        assert_eq!(text, "{\n  \"name\": \"myAPIManagement\"\n}\n", "{variable:?}");
    }
}

#[test]
fn long_output_is_not_paged() {
    let azure = InProcessAzure::new();
    let pagers = [("PAGER", "false"), ("AZURE_PAGER", "false"), ("MANPAGER", "false"), ("LESS", "")];
    for line in [format!("apim api list {APIM} -o json"), "apim api create --help".to_owned()] {
        assert!(run_at_terminal(&azure, &line, &pagers).lines().count() > 24, "{line}");
    }
}
