//! What az reads into argv before its parser does.

use std::ffi::OsString;

use azr_core::error::{Error, Result};

/// The command line as clap takes it.
///
/// argparse takes a word with a space in it for a value even if it starts with `-`; clap would take it for options,
/// so such a word is tied to the option before it.
pub(crate) fn normalize(argv: Vec<OsString>) -> Result<Vec<String>> {
    let mut out: Vec<String> = Vec::with_capacity(argv.len());
    for word in argv {
        let word = word
            .into_string()
            .map_err(|word| Error::usage(format!("'{}' is not valid Unicode", word.to_string_lossy())))?;
        let value_like = word.starts_with('-') && word.contains(' ') && !names_an_option(&word);
        match out.last_mut() {
            Some(option) if value_like && takes_a_value(option) => {
                option.push('=');
                option.push_str(&word);
            }
            _ => out.push(word),
        }
    }
    Ok(out)
}

/// Whether a word with a space is `--option=value with spaces`.
fn names_an_option(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| name.starts_with("--") && !name.contains(' '))
}

fn takes_a_value(word: &str) -> bool {
    word.starts_with('-') && word.len() > 1 && !word.contains('=') && !word.contains(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(words: &[&str]) -> Vec<String> {
        normalize(words.iter().map(OsString::from).collect()).expect("Unicode")
    }

    #[test]
    fn a_text_that_starts_with_a_hyphen_stays_a_value() {
        assert_eq!(normal(&["azr", "--description", "- a list"]), ["azr", "--description=- a list"]);
        assert_eq!(normal(&["azr", "-d", "-x y"]), ["azr", "-d=-x y"]);
    }

    #[test]
    fn options_stay_options() {
        for words in
            [&["azr", "--title=a b", "--x=c d"][..], &["azr", "--a", "-b", "c d"], &["azr", "--a", "-1"]]
        {
            assert_eq!(normal(words), words);
        }
    }
}
