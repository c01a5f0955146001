//! Setting and unsetting one value of an INI file, keeping all other lines unchanged.
//!
//! az rewrites the whole file, which loses its comments.

use std::ops::Range;

use super::line::{Line, classify_lines};

/// `text` with the key of a section set to `value`; the section and the key are added if they are missing.
pub(crate) fn set(text: &str, section: &str, key: &str, value: &str) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    // Without a line break, the last line would be joined with the line added after it.
    if let Some(last) = lines.last_mut().filter(|line| !line.ends_with('\n')) {
        last.push('\n');
    }
    let entry = format!("{key} = {}\n", escape_percent(value).replace('\n', "\n\t"));
    if let Some(range) = find_entries(&lines, section, key).pop() {
        lines.splice(range, [entry]);
    } else if let Some(end) = find_section_end(&lines, section) {
        lines.insert(end, entry);
        unindent_next_line(&mut lines[end + 1..]);
    } else {
        if !lines.is_empty() {
            lines.push("\n".to_owned());
        }
        lines.push(format!("[{section}]\n"));
        lines.push(entry);
    }
    lines.concat()
}

/// `text` without the key of a section.
pub(crate) fn unset(text: &str, section: &str, key: &str) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    for range in find_entries(&lines, section, key).into_iter().rev() {
        lines.drain(range);
    }
    lines.concat()
}

/// Removes the indentation of the next line that is not blank or a comment, so that it does not continue the new value.
fn unindent_next_line(lines: &mut [String]) {
    let is_content = |line: &&mut String| !line.trim().is_empty() && !line.trim().starts_with(['#', ';']);
    if let Some(next) = lines.iter_mut().find(is_content) {
        *next = next.trim_start_matches([' ', '\t']).to_owned();
    }
}

/// Doubles each `%`, as configparser requires; a value in which all are doubled already is unchanged, as in az.
fn escape_percent(value: &str) -> String {
    let is_escaped = !value.replace("%%", "").contains('%');
    if is_escaped { value.to_owned() } else { value.replace('%', "%%") }
}

/// The line ranges of the entries with this key, including the continuation lines of their values.
fn find_entries(text: &[String], section: &str, key: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut in_section = false;
    let mut in_entry = false;
    for (index, line) in classify_lines(text.iter().map(String::as_str)).enumerate() {
        match line {
            Line::Section(name) => in_section = name == section,
            Line::Entry(name, _) => {
                in_entry = in_section && name.eq_ignore_ascii_case(key);
                if in_entry {
                    ranges.push(index..index + 1);
                }
            }
            Line::Continuation(_) if in_entry => {
                if let Some(range) = ranges.last_mut() {
                    range.end = index + 1;
                }
            }
            Line::Continuation(_) | Line::Ignored => {}
        }
    }
    ranges
}

/// The index after the last entry of a section, or after its header; `None` if the section is missing.
fn find_section_end(text: &[String], section: &str) -> Option<usize> {
    let mut in_section = false;
    let mut end = None;
    for (index, line) in classify_lines(text.iter().map(String::as_str)).enumerate() {
        match line {
            Line::Section(name) => in_section = name == section,
            Line::Entry(..) | Line::Continuation(_) => {}
            Line::Ignored => continue,
        }
        if in_section {
            end = Some(index + 1);
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::context::ini::Ini;

    const FILE: &str =
        "# mine\n[core]\n; a note\noutput : table\n\n[defaults]\ngroup = a\n  b\nlocation = west\n";

    #[test]
    fn only_the_line_of_the_entry_changes() {
        assert_eq!(set(FILE, "core", "Output", "json"), FILE.replace("output : table", "Output = json"));
        assert_eq!(set(FILE, "defaults", "group", "rg"), FILE.replace("group = a\n  b\n", "group = rg\n"));
        assert_eq!(set(FILE, "core", "no_color", "yes"), FILE.replace("table\n", "table\nno_color = yes\n"));
        assert_eq!(set(FILE, "new", "a", "1"), format!("{FILE}\n[new]\na = 1\n"));
        assert_eq!(set("", "new", "a", ""), "[new]\na = \n");
        assert_eq!(set("[a]\nb = 1", "a", "c", "2"), "[a]\nb = 1\nc = 2\n");
        assert_eq!(set("[a]\n  nonsense\n", "a", "c", "2"), "[a]\nc = 2\nnonsense\n");
        assert_eq!(unset(FILE, "defaults", "GROUP"), FILE.replace("group = a\n  b\n", ""));
        assert_eq!(unset(FILE, "core", "group"), FILE);
    }

    #[test]
    fn a_percent_sign_is_preserved() {
        for (value, expected) in [("100%", "100%"), ("50%%", "50%"), ("%(a)s", "%(a)s")] {
            assert_eq!(Ini::parse(&set("", "a", "b", value)).get("a", "b"), Some(expected));
        }
    }

    proptest! {
        #[test]
        fn setting_a_value_changes_nothing_else(
            text in "( ?\\[[abD]\\]x?\n| ?[abc] ?[=:] ?[xyz%]*\n|  [xy]\n|#[ab]=1\n| # c\n|\n|nonsense\n){0,12}",
            section in "[abc]", key in "[abcd]", value in "[xyz= ]{0,4}(\n[xyz]{1,2}){0,2}",
        ) {
            let value = value.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
            let before = Ini::parse(&text);
            let after = Ini::parse(&set(&text, &section, &key, &value));
            prop_assert_eq!(after.get(&section, &key), Some(value.as_str()));
            let without = Ini::parse(&unset(&text, &section, &key));
            prop_assert_eq!(without.get(&section, &key), None);
            for other_section in ["a", "b", "c", "D"] {
                for other_key in ["a", "b", "c", "d"] {
                    if (other_section, other_key) != (section.as_str(), key.as_str()) {
                        prop_assert_eq!(after.get(other_section, other_key), before.get(other_section, other_key));
                        prop_assert_eq!(without.get(other_section, other_key), before.get(other_section, other_key));
                    }
                }
            }
        }
    }
}
