//! Prepares argv for clap, which reads some words differently from az's parser.

use std::ffi::OsString;

use azr_core::error::{Error, Result};

/// Joins each value that starts with `-` and contains a space to the option before it.
///
/// az's parser reads such a word as a value; clap would read it as options.
pub(crate) fn normalize(argv: Vec<OsString>) -> Result<Vec<String>> {
    let mut out: Vec<String> = Vec::with_capacity(argv.len());
    for word in argv {
        let word = word
            .into_string()
            .map_err(|word| Error::usage(format!("'{}' is not valid Unicode", word.to_string_lossy())))?;
        let is_value = word.starts_with('-') && word.contains(' ') && !is_option_with_value(&word);
        match out.last_mut() {
            Some(option) if is_value && may_take_value(option) => {
                option.push('=');
                option.push_str(&word);
            }
            _ => out.push(word),
        }
    }
    Ok(out)
}

/// Whether a word with a space is `--option=value with spaces`.
fn is_option_with_value(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| name.starts_with("--") && !name.contains(' '))
}

/// Whether a word is an option that the next word may be the value of.
fn may_take_value(word: &str) -> bool {
    word.starts_with('-') && word.len() > 1 && !word.contains('=') && !word.contains(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalized(words: &[&str]) -> Vec<String> {
        normalize(words.iter().map(OsString::from).collect()).expect("Unicode")
    }

    #[test]
    fn a_text_that_starts_with_a_hyphen_stays_a_value() {
        assert_eq!(normalized(&["azr", "--description", "- a list"]), ["azr", "--description=- a list"]);
        assert_eq!(normalized(&["azr", "-d", "-x y"]), ["azr", "-d=-x y"]);
    }

    #[test]
    fn options_stay_options() {
        for words in
            [&["azr", "--title=a b", "--x=c d"][..], &["azr", "--a", "-b", "c d"], &["azr", "--a", "-1"]]
        {
            assert_eq!(normalized(words), words);
        }
    }
}
