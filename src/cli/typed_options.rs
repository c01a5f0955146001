//! The spellings of the options that were typed, for error messages.
//!
//! An error names an option by its preferred long name, which may not be on the command line: `-n`, an older name, or an
//! abbreviation is.

use clap::Arg;

/// Replaces the names of options in a message by the spellings that were typed.
pub(crate) fn restore_spellings(message: String, words: &[String], args: &[Arg]) -> String {
    let mut message = message;
    for word in words.iter().skip(1).take_while(|word| *word != "--") {
        let typed = word.split('=').next().unwrap_or(word);
        let Some((arg, typed)) = find(args, typed) else { continue };
        for name in names(arg) {
            message = replace_option(&message, &format!("--{name}"), typed);
        }
    }
    message
}

/// The option that a word is, and how it is spelled there.
pub(crate) fn find<'a, 'w>(args: &'a [Arg], word: &'w str) -> Option<(&'a Arg, &'w str)> {
    if let Some(long) = word.strip_prefix("--") {
        if long.is_empty() {
            return None;
        }
        if let Some(arg) = args.iter().find(|arg| names(arg).any(|name| name == long)) {
            return Some((arg, word));
        }
        let mut matching = args.iter().filter(|arg| names(arg).any(|name| name.starts_with(long)));
        return matching.next().filter(|_| matching.next().is_none()).map(|arg| (arg, word));
    }
    let short = word.strip_prefix('-')?.chars().next()?;
    let has_short = |arg: &&Arg| {
        arg.get_short() == Some(short) || arg.get_all_short_aliases().unwrap_or_default().contains(&short)
    };
    args.iter().find(has_short).map(|arg| (arg, &word[..=short.len_utf8()]))
}

fn names(arg: &Arg) -> impl Iterator<Item = &str> {
    arg.get_long().into_iter().chain(arg.get_all_aliases().unwrap_or_default())
}

/// Replaces an option where it is a word of its own.
fn replace_option(message: &str, option: &str, typed: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(start) = rest.find(option) {
        let (before, after) = (&rest[..start], &rest[start + option.len()..]);
        out.push_str(before);
        let is_word = !before.ends_with(is_part) && !after.starts_with(is_part);
        out.push_str(if is_word { typed } else { option });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn restored(message: &str, line: &str) -> String {
        let args = [
            Arg::new("n").long("service-name").short('n').alias("service").short_alias('s'),
            Arg::new("g").long("resource-group").short('g'),
            Arg::new("r").long("resource-group-of-it"),
        ];
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        restore_spellings(message.to_owned(), &words, &args)
    }

    #[test]
    fn a_message_names_the_option_as_it_was_typed() {
        let message = "--service-name: the name is empty";
        for (line, expected) in [
            ("azr -n x", "-n: the name is empty"),
            ("azr -nx", "-n: the name is empty"),
            ("azr -s x", "-s: the name is empty"),
            ("azr --service x", "--service: the name is empty"),
            ("azr --serv=x", "--serv: the name is empty"),
            ("azr --service-name x", message),
            ("azr -g x", message),
            ("azr -- -n", message),
        ] {
            assert_eq!(restored(message, line), expected, "{line}");
        }
    }

    #[test]
    fn only_whole_options_are_replaced() {
        assert_eq!(
            restored("--resource-group-of-it, --resource-group", "azr -g x"),
            "--resource-group-of-it, -g"
        );
    }
}
