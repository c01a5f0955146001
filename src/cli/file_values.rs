//! Replaces `@FILE` and `@-` values with the content of the file or standard input, before clap parses them; on Windows
//! also `~` in paths, which the shells there do not replace.
//!
//! az does this for every option. Options marked with [`ReadsFile`] do it themselves, because they must know the name
//! of the file.

use clap::{Arg, Command};

use crate::commands::args::ReadsFile;
use crate::commands::{arg_file, complete};
use azr_core::error::Result;

/// Replaces the values; `command` and `global` have the options.
pub(crate) fn expand(words: Vec<String>, command: &Command, global: &[Arg]) -> Result<Vec<String>> {
    let args: Vec<&Arg> = command.get_arguments().chain(global).collect();
    let mut current: Option<&Arg> = None;
    let mut is_option = true;
    let mut out = Vec::with_capacity(words.len());
    for word in words {
        if is_option && word.len() > 1 && word.starts_with('-') {
            is_option = word != "--";
            current = option_of_word(&args, &word);
            out.push(match word.split_once('=') {
                Some((name, value)) if reads_here(current) => {
                    let name = name.to_owned();
                    format!("{name}={}", expand_value(name.trim_start_matches('-'), current, value)?)
                }
                _ => word,
            });
            continue;
        }
        let Some(arg) = current else {
            out.push(expand_value("argument", None, &word)?);
            continue;
        };
        if !reads_here(Some(arg)) {
            out.push(word);
            continue;
        }
        let text = expand_value(arg.get_long().unwrap_or_default(), current, &word)?;
        let takes_many = arg.get_num_args().is_some_and(|range| range.max_values() > 1);
        match out.last_mut() {
            // clap would read the text as an option.
            Some(option) if text.starts_with('-') && text != word && !takes_many => {
                option.push('=');
                option.push_str(&text);
            }
            _ => out.push(text),
        }
        if !takes_many {
            current = None;
        }
    }
    Ok(out)
}

/// The option that a word names and whose value may follow.
pub(super) fn option_of_word<'a>(args: &[&'a Arg], word: &str) -> Option<&'a Arg> {
    let name = word.split('=').next().unwrap_or(word);
    if let Some(long) = name.strip_prefix("--") {
        return args.iter().copied().find(|arg| {
            arg.get_long() == Some(long) || arg.get_all_aliases().is_some_and(|names| names.contains(&long))
        });
    }
    let find = |short: char| {
        args.iter().copied().find(|arg| {
            arg.get_short() == Some(short)
                || arg.get_all_short_aliases().is_some_and(|names| names.contains(&short))
        })
    };
    let mut shorts = name.chars().skip(1);
    let arg = shorts.by_ref().find_map(|short| find(short).filter(|arg| arg.get_action().takes_values()))?;
    // The value is attached: `-nNAME`.
    if shorts.next().is_some() { None } else { Some(arg) }
}

fn reads_here(arg: Option<&Arg>) -> bool {
    arg.is_some_and(|arg| arg.get_action().takes_values() && arg.get::<ReadsFile>().is_none())
}

fn expand_value(option: &str, arg: Option<&Arg>, value: &str) -> Result<String> {
    if value.starts_with('@') || value.contains("=@") {
        return Ok(arg_file::expand_if_file(&format!("--{option}"), value)?.full_text());
    }
    if cfg!(windows) && value.starts_with('~') && arg.is_some_and(complete::is_path_option) {
        return Ok(arg_file::expand_home(value).to_string_lossy().into_owned());
    }
    Ok(value.to_owned())
}
