//! The inventory in formats of other tools: CSV for spreadsheets, Markdown, and entities for Backstage.

use std::fmt::Write as _;

use clap::ValueEnum;

use super::model::{Api, Inventory};
use azr_core::id::ResourceId;
use azr_core::text::is_unsafe_to_show;

/// The value of `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ExportFormat {
    /// A table in Markdown.
    Markdown,
    /// Comma-separated values, for spreadsheets.
    Csv,
    /// Entities of the kind API, for the file catalog-info.yaml of Backstage.
    Backstage,
}

/// The maximum length of a name in Backstage.
const MAX_BACKSTAGE_NAME: usize = 63;

/// Renders the inventory.
pub(super) fn render(inventory: &Inventory, format: ExportFormat) -> String {
    match format {
        ExportFormat::Markdown => markdown(inventory),
        ExportFormat::Csv => csv(inventory),
        ExportFormat::Backstage => inventory.apis.iter().map(|api| backstage(api, inventory)).collect(),
    }
}

/// The columns of CSV and Markdown.
const COLUMNS: [&str; 9] =
    ["name", "title", "kind", "stage", "versions", "definitions", "deployments", "owner", "missing"];

fn cells(api: &Api) -> [String; 9] {
    let missing: Vec<&str> = api.missing.iter().map(|gap| gap.name()).collect();
    [
        api.name.clone(),
        api.title.clone(),
        api.kind.clone(),
        api.lifecycle_stage.clone().unwrap_or_default(),
        api.versions.len().to_string(),
        api.definitions.to_string(),
        api.deployments.len().to_string(),
        api.owners.join("; "),
        missing.join(" "),
    ]
}

fn csv(inventory: &Inventory) -> String {
    let line = |cells: &[String]| {
        let quoted: Vec<String> = cells.iter().map(|cell| csv_cell(cell)).collect();
        format!("{}\r\n", quoted.join(","))
    };
    let mut text = line(&COLUMNS.map(str::to_owned));
    for api in &inventory.apis {
        text.push_str(&line(&cells(api)));
    }
    text
}

/// The characters that begin a formula in a spreadsheet; some spreadsheets accept the full-width ones, too.
const FORMULA_START: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// A cell in quotes and in one line, which no spreadsheet runs as a formula.
fn csv_cell(text: &str) -> String {
    let text = text.replace(is_unsafe_to_show, " ");
    let guard = if text.trim_start().starts_with(FORMULA_START) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

fn markdown(inventory: &Inventory) -> String {
    let counts = &inventory.counts;
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "# API inventory of {}\n", markdown_text(&inventory.center.name));
    let _ = writeln!(text, "| | |\n|---|--:|");
    for (label, count) in [
        ("APIs", counts.apis),
        ("complete", counts.complete),
        ("without a definition", counts.without_definition),
        ("without a deployment", counts.without_deployment),
        ("without an owner", counts.without_owner),
    ] {
        let _ = writeln!(text, "| {label} | {count} |");
    }
    let _ = writeln!(text, "\n| {} |\n|{}", COLUMNS.join(" | "), "---|".repeat(COLUMNS.len()));
    for api in &inventory.apis {
        let cells = cells(api).map(|cell| markdown_text(&cell));
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

/// A text in one line, in which nothing is markup.
fn markdown_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // `$` starts a formula.
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '$' => {
                out.push('\\');
                out.push(char);
            }
            _ if is_unsafe_to_show(char) => out.push(' '),
            _ => out.push(char),
        }
    }
    out
}

/// A string of YAML in double quotes, like one of JSON; YAML does not allow all characters of JSON.
fn yaml_string(text: &str) -> String {
    let mut out = String::new();
    for char in serde_json::Value::from(text).to_string().chars() {
        if is_unsafe_to_show(char) {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\U{:08x}", u32::from(char));
        } else {
            out.push(char);
        }
    }
    out
}

/// An entity of Backstage.
fn backstage(api: &Api, inventory: &Inventory) -> String {
    let mut text = String::new();
    let name = backstage_name(&api.name);
    let _ = writeln!(text, "---\napiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:");
    let _ = writeln!(text, "  name: {}\n  title: {}", yaml_string(&name), yaml_string(&api.title));
    if let Some(description) = api.summary.as_ref().or(api.description.as_ref()) {
        let _ = writeln!(text, "  description: {}", yaml_string(description));
    }
    let _ = writeln!(text, "  annotations:\n    azure.com/resource-id: {}", yaml_string(&api.id));
    let links: Vec<_> = api.documentation.iter().filter(|link| link.url.starts_with("http")).collect();
    if !links.is_empty() {
        let _ = writeln!(text, "  links:");
        for link in links {
            let _ = writeln!(text, "    - url: {}", yaml_string(&link.url));
            if let Some(title) = &link.title {
                let _ = writeln!(text, "      title: {}", yaml_string(title));
            }
        }
    }
    let owner = api.owners.first().map(|owner| owner.split(" <").next().unwrap_or(owner));
    let _ = writeln!(text, "spec:\n  type: {}", yaml_string(&backstage_type(api)));
    let _ =
        writeln!(text, "  lifecycle: {}", yaml_string(backstage_lifecycle(api.lifecycle_stage.as_deref())));
    let _ = writeln!(
        text,
        "  owner: {}",
        yaml_string(&owner.map_or_else(|| "unknown".to_owned(), backstage_name))
    );
    let _ = writeln!(text, "  definition: {}", yaml_string(&definition_text(api, inventory)));
    text
}

/// The type of an entity: the format of its document, else its kind.
fn backstage_type(api: &Api) -> String {
    let format = api.versions.iter().flat_map(|version| &version.definitions).find_map(|definition| {
        definition.specification.as_deref().and_then(|format| format.split(' ').next())
    });
    format.map_or_else(|| api.kind.clone(), str::to_lowercase)
}

/// The lifecycle of Backstage for a stage.
fn backstage_lifecycle(stage: Option<&str>) -> &str {
    match stage {
        Some("production") => "production",
        Some("deprecated" | "retired") => "deprecated",
        _ => "experimental",
    }
}

/// A name of Backstage: letters, digits and single separators between them.
fn backstage_name(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let name = words.join("-").to_ascii_lowercase();
    let name = name.get(..MAX_BACKSTAGE_NAME).unwrap_or(&name).trim_end_matches('-');
    if name.is_empty() { "unknown".to_owned() } else { name.to_owned() }
}

/// The text in place of the document, which the inventory does not read: the command that exports it.
fn definition_text(api: &Api, inventory: &Inventory) -> String {
    let first = api
        .versions
        .iter()
        .find_map(|version| version.definitions.first().map(|definition| (&version.name, &definition.name)));
    let Some((version, definition)) = first else {
        return "API Center has no definition of this API.".to_owned();
    };
    let group = inventory.center.id.parse::<ResourceId>().ok().and_then(|id| id.group().map(str::to_owned));
    format!(
        "The document is in API Center: azr apic api definition export-specification -g {} -n {} --api-id {} \
         --version-id {version} --definition-id {definition} --file-name FILE",
        group.unwrap_or_default(),
        inventory.center.name,
        api.name,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_no_formulas_and_no_markup() {
        assert_eq!(csv_cell("=1+1"), "\"'=1+1\"");
        assert_eq!(csv_cell("＝1+1"), "\"'＝1+1\"");
        assert_eq!(csv_cell("\t\n =1+1"), "\"'   =1+1\"");
        assert_eq!(csv_cell("a \"b\", c"), "\"a \"\"b\"\", c\"");
        assert_eq!(csv_cell("a\r\n##vso[x]\u{9b}31m\u{202e}"), "\"a  ##vso[x] 31m \"");
        assert_eq!(markdown_text("<b>|a_b\n$\u{1b}[2J"), "&lt;b&gt;\\|a\\_b \\$ \\[2J");
    }

    #[test]
    fn texts_of_yaml_have_no_control_characters() {
        assert_eq!(yaml_string("a\"\n\u{9b}\u{7f}\u{202e}é"), r#""a\"\n\U0000009b\U0000007f\U0000202eé""#);
    }

    #[test]
    fn names_of_backstage_have_single_separators() {
        assert_eq!(backstage_name("Ada  Lovelace (Team)"), "ada-lovelace-team");
        assert_eq!(backstage_name("日本語"), "unknown");
        assert_eq!(backstage_name(&"ab-".repeat(40)).len(), 62);
    }
}
