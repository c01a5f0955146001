//! Folds prose and command lines into the width of help.

/// The end of a line of a command that continues in the next one, in the shell of the system.
const CONTINUATION: &str = if cfg!(windows) { " `" } else { " \\" };

/// Folds prose between words; a word that is longer than a line is folded after a slash or comma.
pub(crate) fn fold_prose(text: &str, width: usize) -> Vec<String> {
    let mut words: Vec<&str> = Vec::new();
    for word in text.split_whitespace() {
        let mut rest = word;
        while rest.chars().count() > width
            && let Some(end) = rest
                .char_indices()
                .take(width)
                .filter(|(_, char)| matches!(char, '/' | ','))
                .map(|(index, _)| index + 1)
                .last()
            && end < rest.len()
            && end > 1
        {
            words.push(&rest[..end]);
            rest = &rest[end..];
        }
        words.push(rest);
    }
    fold_words(words, width)
}

/// Joins words with spaces to lines of at most `width` characters.
pub(crate) fn fold_words<'a>(words: impl IntoIterator<Item = &'a str>, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Folds a command line so that it can still be copied: before options if possible, and never inside quotes.
///
/// Lines after the first are indented by `indent` spaces, which count as part of the width.
pub(crate) fn fold_command(command: &str, width: usize, indent: usize) -> Vec<String> {
    let words = split_words(command);
    let full = words.join(" ");
    if full.chars().count() <= width {
        return vec![full];
    }
    let width = width.saturating_sub(CONTINUATION.len());
    let mut lines: Vec<String> = Vec::new();
    for option in group_by_option(&words) {
        let whole = option.join(" ");
        // An option that does not fit into a line is folded between its values.
        let limit = width.saturating_sub(indent);
        let parts = if whole.chars().count() <= limit { vec![whole] } else { option };
        for part in parts {
            match lines.last_mut() {
                Some(line) if line.chars().count() + 1 + part.chars().count() <= width => {
                    line.push(' ');
                    line.push_str(&part);
                }
                Some(_) => lines.push(format!("{}{part}", " ".repeat(indent))),
                None => lines.push(part),
            }
        }
    }
    let last = lines.len().saturating_sub(1);
    for line in &mut lines[..last] {
        line.push_str(CONTINUATION);
    }
    lines
}

/// The words of a command line, with their quotes.
fn split_words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for char in command.chars() {
        match quote {
            None if char == ' ' => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                continue;
            }
            None if char == '\'' || char == '"' => quote = Some(char),
            Some(open) if open == char => quote = None,
            _ => {}
        }
        word.push(char);
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The words in groups that belong together: the command, then each option with its values.
fn group_by_option(words: &[String]) -> Vec<Vec<String>> {
    let mut groups: Vec<Vec<String>> = Vec::new();
    for word in words {
        let starts_group = word.starts_with('-') || matches!(word.as_str(), "|" | "&&" | ">");
        match groups.last_mut() {
            Some(group) if !starts_group => group.push(word.clone()),
            _ => groups.push(vec![word.clone()]),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_folded_between_words() {
        assert_eq!(fold_prose("one two three", 7), ["one two", "three"]);
        assert_eq!(fold_prose("unbreakable word", 4), ["unbreakable", "word"]);
        assert_eq!(fold_prose("", 4), [""; 0]);
        assert_eq!(fold_prose("as /aaaa/bbbb/cccc", 10), ["as /aaaa/", "bbbb/cccc"]);
    }

    #[test]
    fn a_command_is_folded_before_options() {
        let lines = fold_command("azr apic show -g group -n 'my center' --no-wait", 26, 4);
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(lines[0].starts_with("azr apic show -g group"), "{lines:?}");
        assert!(lines[1].starts_with("    -n 'my center'"), "{lines:?}");
        assert!(lines[..2].iter().all(|line| line.ends_with(CONTINUATION)), "{lines:?}");
        assert_eq!(fold_command("azr apic list", 26, 4), ["azr apic list"]);
    }

    #[test]
    fn an_option_that_exceeds_a_line_is_folded_between_its_values() {
        let lines = fold_command("azr x --tags aaaaaaaa=1 bbbbbbbb=2 cccccccc=3", 30, 4);
        assert!(lines.iter().all(|line| line.chars().count() <= 30), "{lines:?}");
        let joined = lines.join("\n").replace(CONTINUATION, "").replace('\n', "");
        let words: Vec<&str> = joined.split_whitespace().collect();
        assert_eq!(words.join(" "), "azr x --tags aaaaaaaa=1 bbbbbbbb=2 cccccccc=3");
    }
}
