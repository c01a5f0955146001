//! `azr apic diff`: what two centers, or backups of centers, have in common and what not.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Args, ValueEnum};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::backup::{DEFAULT_CONCURRENCY, read_center};
use crate::commands::tree::{Closing, Example, Leaf, Outcome, TerminalView, read_options};
use crate::commands::{args, names};
use crate::session::Session;
use azr_catalog::backup::diff::{self, Comparison, Difference, DifferenceKind};
use azr_catalog::backup::{BackupOptions, BackupReader, BackupTarget, CenterBackup, EditPolicy};
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::CENTER;
use azr_output::{Cell, Fit, TerminalTable, Tone, counted};

/// The exit code if there are differences.
const EXIT_DIFFERENCES: u8 = 5;

/// The version of the format of the result, which its JSON schema has, too.
const FORMAT_VERSION: u32 = 1;

/// The longest value that a table or Markdown shows, in characters.
const MAX_VALUE: usize = 60;

const DETAILS: &str = "A and B are centers or backups: the name of a center in the resource group of -g, GROUP/NAME, the \
    resource id of a center, or the path of a folder or zip file that azr apic backup has written. With -n the center that \
    it names is A.\n\n\
    Compared is what a restore would write: the fields that can be set, documents and rulesets. The result lists each \
    resource that only one of them has, without what belongs to it, and each that differs, with its fields. The command \
    exits with 5 if there is a difference, and with 0 if there is none.";

/// `azr apic diff`.
pub(super) fn command() -> Leaf {
    Leaf::run_with_matches("diff", "Compare two centers or backups", arguments, run)
        .details(DETAILS)
        .table(table)
        .examples(&[
            Example {
                summary: "Show what has changed since a backup",
                command: "azr apic diff catalog myAPICenter -g myResourceGroup -o table",
            },
            Example {
                summary: "Compare two centers in different resource groups",
                command: "azr apic diff test/testAPICenter prod/prodAPICenter",
            },
            Example {
                summary: "Write the differences into a comment of a pull request",
                command: "azr apic diff catalog.zip myAPICenter -g myResourceGroup --format markdown",
            },
        ])
}

/// The value of `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    Markdown,
}

/// The options of the command, besides those that name a center.
#[derive(Args)]
struct DiffArgs {
    #[arg(
        required = true,
        num_args = 1..=2,
        value_name = "A B",
        help = "Two centers or backups: NAME, GROUP/NAME, a resource id, a folder, or a zip file"
    )]
    sides: Vec<String>,
    #[arg(
        long,
        value_name = "FORMAT",
        ignore_case = true,
        help = "Print the differences in another format, in place of -o"
    )]
    format: Option<DiffFormat>,
    #[arg(long, help = "Accept backups that people have edited: their files differ from the manifest")]
    allow_edits: bool,
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=64),
        help = "Number of APIs to read at the same time, 1 to 64 [default: 32]"
    )]
    concurrency: Option<u16>,
}

fn arguments() -> Vec<Arg> {
    let mut all = vec![args::resource_group(), args::name(&names::CENTER)];
    all.extend(args::derived::<DiffArgs>());
    all
}

async fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let options: DiffArgs = read_options(matches)?;
    let group = args::resource_group_value(matches);
    let center = args::name_value(matches, &names::CENTER)?;
    let parse = |text: &String| Side::parse(session, group, text);
    let (first, second) = match (&options.sides[..], center) {
        ([first, second], None) => (parse(first)?, parse(second)?),
        ([second], Some(name)) => {
            (Side::Center(CENTER.id(&session.group_scope(group)?, &[name])), parse(second)?)
        }
        (sides, name) => {
            let count = sides.len() + usize::from(name.is_some());
            let message = match count {
                1 => "two centers or backups are compared, and only one is given".to_owned(),
                _ => format!("two centers or backups are compared, and {count} are given"),
            };
            return Err(
                Error::usage(message).with_hint("azr apic diff A B, or azr apic diff -g GROUP -n CENTER B")
            );
        }
    };
    let (first, second) = (&first, &second);
    // Dropped, and so deleted, at the end.
    let (first_folder, second_folder) = (temporary_folder()?, temporary_folder()?);
    let left = first.read(session, &options, first_folder.path()).await?;
    let right = second.read(session, &options, second_folder.path()).await?;
    let comparison = diff::compare(&left, &right)?;
    let exit_code = if comparison.differences.is_empty() { 0 } else { EXIT_DIFFERENCES };
    if options.format == Some(DiffFormat::Markdown) {
        let text = markdown(&comparison, &first.label(), &second.label());
        return Ok(Outcome { exit_code, ..Outcome::raw(text.into_bytes()) });
    }
    let count = |kind: DifferenceKind| comparison.differences.iter().filter(|d| d.change == kind).count();
    let value = json!({
        "version": FORMAT_VERSION,
        "from": first.label(),
        "to": second.label(),
        "added": count(DifferenceKind::Added),
        "removed": count(DifferenceKind::Removed),
        "changed": count(DifferenceKind::Changed),
        "unchanged": comparison.unchanged,
        "differences": comparison.differences,
    });
    let closing = Closing { summary: Some(totals(&comparison, first, second)), next: Vec::new() };
    let view = Some(TerminalView::Table(terminal_table(&comparison)));
    Ok(Outcome { exit_code, view, closing, ..Outcome::value(value) })
}

fn temporary_folder() -> Result<TempDir> {
    tempfile::tempdir().map_err(|e| Error::write(std::env::temp_dir(), e))
}

/// A center or a backup.
enum Side {
    Center(ResourceId),
    Backup(String),
}

impl Side {
    /// Parses a center or a backup; what exists as a path is a backup.
    fn parse(session: &Session, group: Option<&str>, text: &str) -> Result<Self> {
        if text.to_ascii_lowercase().starts_with("/subscriptions/") {
            let id: ResourceId = text.parse()?;
            if !CENTER.matches(&id) {
                return Err(Error::invalid(format!("'{id}' is not the id of an API center")));
            }
            return Ok(Self::Center(id));
        }
        if Path::new(text).exists() {
            return Ok(Self::Backup(text.to_owned()));
        }
        let (group, name) = match text.split_once('/') {
            Some((group, name)) => (Some(group), name),
            None => (group, text),
        };
        if names::CENTER.check(name).is_err() {
            return Err(Error::no_match(format!("'{text}' is neither a backup that exists nor the name of a center"))
                .with_hint("Give a folder or zip file of azr apic backup, a center's name, GROUP/NAME, or its resource id."));
        }
        let group = session.group(group)?.ok_or_else(|| {
            Error::usage(format!(
                "'{text}' is not a backup that exists, and the resource group of such a center is not known"
            ))
            .with_hint(format!("For a center: -g GROUP, or GROUP/{name}."))
        })?;
        Ok(Self::Center(CENTER.id(&session.group_scope(Some(&group))?, &[name])))
    }

    /// The name for messages.
    fn label(&self) -> String {
        match self {
            Self::Center(id) => id.name().to_owned(),
            Self::Backup(path) => path.clone(),
        }
    }

    /// Reads a center into an archive in a temporary folder, or opens a backup.
    async fn read(&self, session: &Session, options: &DiffArgs, folder: &Path) -> Result<BackupReader> {
        let edits = if options.allow_edits { EditPolicy::Allow } else { EditPolicy::Refuse };
        let path = match self {
            Self::Backup(path) => PathBuf::from(path),
            Self::Center(center) => {
                let other = session.client_for_subscription(center.subscription(), None)?;
                let client = other.as_ref().map_or_else(|| session.client(), Ok)?;
                let concurrency = usize::from(options.concurrency.unwrap_or(DEFAULT_CONCURRENCY));
                // One file, not tens of thousands.
                let target = BackupTarget::Archive(folder.join("center.zip"));
                let backup = CenterBackup::open(client, center, &target, BackupOptions { concurrency })?;
                let summary = Box::pin(read_center(backup, center)).await?;
                if let Some(failed) = summary.failed.into_iter().next() {
                    return Err(failed.error.with_context(format!("API {}", failed.name)));
                }
                target.path().to_owned()
            }
        };
        BackupReader::open(&path, edits, &|_, _| ())
    }
}

/// The sentence: `2 changed, 1 only in catalog, 40 unchanged.`
fn totals(comparison: &Comparison, first: &Side, second: &Side) -> String {
    let count = |kind: DifferenceKind| comparison.differences.iter().filter(|d| d.change == kind).count();
    if comparison.differences.is_empty() {
        let resources = counted(comparison.unchanged, "resource");
        return format!("{} and {} are the same: {resources}.", first.label(), second.label());
    }
    let counts: Vec<String> = [
        (count(DifferenceKind::Changed), "changed".to_owned()),
        (count(DifferenceKind::Removed), format!("only in {}", first.label())),
        (count(DifferenceKind::Added), format!("only in {}", second.label())),
        (comparison.unchanged, "unchanged".to_owned()),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, words)| format!("{count} {words}"))
    .collect();
    format!("{}.", counts.join(", "))
}

fn terminal_table(comparison: &Comparison) -> TerminalTable {
    let mut table =
        TerminalTable::new(&[("Change", Fit::Keep), ("Resource", Fit::Fold), ("Fields", Fit::Fold)]);
    for difference in &comparison.differences {
        let tone = match difference.change {
            DifferenceKind::Added => Tone::Good,
            DifferenceKind::Removed => Tone::Bad,
            DifferenceKind::Changed => Tone::Change,
        };
        table.push(vec![
            Cell::with_tone(difference.change.as_str(), tone),
            difference.resource.clone().into(),
            field_names(difference).into(),
        ]);
    }
    table
}

fn field_names(difference: &Difference) -> String {
    difference.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// The differences, one per row.
fn table(value: &Value) -> Value {
    let row = |difference: &Value| {
        let fields = difference["fields"].as_array().into_iter().flatten();
        let names: Vec<&str> = fields.filter_map(|field| field["name"].as_str()).collect();
        json!({"Change": difference["change"], "Resource": difference["resource"], "Fields": names.join(", ")})
    };
    value["differences"].as_array().into_iter().flatten().map(row).collect()
}

/// The differences as Markdown.
fn markdown(comparison: &Comparison, first: &str, second: &str) -> String {
    let mut text = format!("## Changes from {} to {}\n\n", escape(first), escape(second));
    if comparison.differences.is_empty() {
        text.push_str("No differences.\n");
        return text;
    }
    text.push_str("| Change | Resource | Field | From | To |\n|---|---|---|---|---|\n");
    for Difference { change, resource, fields, .. } in &comparison.differences {
        let (change, resource) = (change.as_str(), escape(resource));
        // Writing to a string cannot fail.
        if fields.is_empty() {
            let _ = writeln!(text, "| {change} | {resource} | | | |");
        }
        for field in fields {
            let (from, to) = (markdown_value(&field.from), markdown_value(&field.to));
            let _ = writeln!(text, "| {change} | {resource} | {} | {from} | {to} |", escape(&field.name));
        }
    }
    text
}

fn markdown_value(value: &Value) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut short: String = text.chars().take(MAX_VALUE).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    escape(&short)
}

/// The text in one cell of a table, without any markup of its own.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_control() => escaped.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '!' | '@' | '&' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_catalog::backup::diff::FieldDifference;

    #[test]
    fn markdown_has_a_row_for_each_field_and_escapes_values() {
        let difference = |change, fields| Difference {
            change,
            resource_type: "api",
            name: "a".to_owned(),
            resource: "API a|b".to_owned(),
            fields,
        };
        let field = FieldDifference {
            name: "title".to_owned(),
            from: json!(null),
            to: json!("<b>x</b>\n".to_owned() + &"y".repeat(100)),
        };
        let comparison = Comparison {
            differences: vec![
                difference(DifferenceKind::Removed, Vec::new()),
                difference(DifferenceKind::Changed, vec![field]),
            ],
            unchanged: 1,
        };
        let text = markdown(&comparison, "a", "b");
        let rows: Vec<&str> = text.lines().skip(4).collect();
        assert_eq!(rows[0], "| removed | API a\\|b | | | |");
        assert!(rows[1].starts_with("| changed | API a\\|b | title |  | \\<b\\>x\\</b\\> yyy"), "{text}");
        assert!(rows[1].ends_with("y… |"), "{text}");
    }
}
