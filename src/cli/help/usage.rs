//! The usage of a command: the options that are required, and what may be given in place of them.

use clap::{Arg, Command};

use crate::commands::args;
use crate::commands::fold::fold_words;

/// What precedes the first line of a usage.
pub(super) const LABEL: &str = "Usage: ";

/// The indentation of the lines that continue a form, after that of the label.
const HANGING: usize = 4;

/// Options of which another can be given instead of all.
pub(super) struct Replaceable<'a> {
    /// The options.
    pub options: Vec<&'a Arg>,
    /// The id of the option that replaces them.
    pub replacement: &'static str,
}

/// The options that are always required, without positional arguments.
pub(super) fn required(command: &Command) -> Vec<&Arg> {
    let mut all: Vec<&Arg> = command
        .get_arguments()
        .filter(|arg| arg.is_required_set() && !arg.is_positional() && !arg.is_hide_set())
        .collect();
    // The options that name the resource are first.
    all.sort_by_key(|arg| arg.get_help_heading() != Some(args::RESOURCE));
    all
}

/// The options that are required unless another is given, in groups of the same replacement.
pub(super) fn replaceable(command: &Command) -> Vec<Replaceable<'_>> {
    let mut groups: Vec<Replaceable<'_>> = Vec::new();
    for arg in command.get_arguments() {
        let Some(args::RequiredUnless(replacement)) = arg.get::<args::RequiredUnless>() else { continue };
        match groups.iter_mut().find(|group| group.replacement == *replacement) {
            Some(group) => group.options.push(arg),
            None => groups.push(Replaceable { options: vec![arg], replacement }),
        }
    }
    // The names of the resource are first.
    groups.sort_by_key(|group| group.options[0].get_help_heading() != Some(args::RESOURCE));
    groups
}

/// The forms of a command line, such as `azr apic show -g <GROUP> -n <NAME> [OPTIONS]`, each as words that stay whole.
fn forms(command: &Command, path: &str, is_group: bool) -> Vec<Vec<String>> {
    let mut start: Vec<String> = vec![path.to_owned()];
    if is_group {
        start.extend(["<COMMAND>".to_owned(), "[OPTIONS]".to_owned()]);
        return vec![start];
    }
    start.extend(command.get_positionals().map(positional));
    start.extend(required(command).into_iter().map(short_form));
    let groups = replaceable(command);
    let usual = groups.iter().flat_map(|group| group.options.iter().copied().map(short_form));
    let mut forms = vec![[start.clone(), usual.collect()].concat()];
    for chosen in &groups {
        let mut form = start.clone();
        for group in &groups {
            if group.replacement == chosen.replacement {
                let replacement =
                    command.get_arguments().find(|arg| arg.get_id() == group.replacement).map(short_form);
                form.extend(replacement);
            } else {
                form.extend(group.options.iter().copied().map(short_form));
            }
        }
        forms.push(form);
    }
    for form in &mut forms {
        form.push("[OPTIONS]".to_owned());
    }
    forms
}

/// The usage, folded into a width; each line after the first is indented to continue the label.
pub(super) fn lines(command: &Command, path: &str, is_group: bool, width: usize) -> Vec<String> {
    let indent = " ".repeat(LABEL.len());
    let mut lines = Vec::new();
    for form in forms(command, path, is_group) {
        let hanging = " ".repeat(HANGING);
        let room = width.saturating_sub(LABEL.len() + HANGING);
        for (index, line) in fold_words(form.iter().map(String::as_str), room).into_iter().enumerate() {
            let line = if index == 0 { line } else { format!("{hanging}{line}") };
            lines.push(if lines.is_empty() { line } else { format!("{indent}{line}") });
        }
    }
    lines
}

/// An option by its shortest name, with its value: `-g <GROUP>`.
fn short_form(arg: &Arg) -> String {
    let name = match (arg.get_short(), arg.get_long()) {
        (Some(short), _) => format!("-{short}"),
        (None, Some(long)) => format!("--{long}"),
        (None, None) => return positional(arg),
    };
    match value(arg) {
        Some(value) => format!("{name} {value}"),
        None => name,
    }
}

/// A positional argument: `<SHELL>`, `[WORD]...`.
pub(super) fn positional(arg: &Arg) -> String {
    let name = value_name(arg);
    let many = if arg.get_num_args().is_some_and(|range| range.max_values() > 1) { "..." } else { "" };
    if arg.is_required_set() { format!("<{name}>{many}") } else { format!("[{name}]{many}") }
}

/// The value of an option: `<NAME>`, `<ID>...`, `[<true|false>]`; None for a flag.
pub(super) fn value(arg: &Arg) -> Option<String> {
    if !arg.get_action().takes_values() {
        return None;
    }
    let name = value_name(arg);
    let range = arg.get_num_args();
    let many = if range.is_some_and(|range| range.max_values() > 1) { "..." } else { "" };
    let is_optional = range.is_some_and(|range| range.min_values() == 0);
    Some(if is_optional { format!("[<{name}>{many}]") } else { format!("<{name}>{many}") })
}

fn value_name(arg: &Arg) -> String {
    let names = arg.get_value_names().unwrap_or_default();
    names.first().map_or_else(|| arg.get_id().as_str().to_uppercase(), ToString::to_string)
}
