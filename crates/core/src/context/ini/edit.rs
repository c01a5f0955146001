//! Changing one value of such a file, and leaving every other line as its author wrote it.
//!
//! az writes the file anew and loses the comments in it.

use std::ops::Range;

use super::line::{Line, lines};

/// The lines of one entry: its own, and those that its value goes on with.
struct Place {
    lines: Range<usize>,
}

/// `text` with the key of a section set to `value`; section and key are added where they are missing.
pub fn set(text: &str, section: &str, key: &str, value: &str) -> String {
    let mut all: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    // A last line without an end would swallow what is put behind it.
    if let Some(last) = all.last_mut().filter(|line| !line.ends_with('\n')) {
        last.push('\n');
    }
    let entry = format!("{key} = {}\n", escaped(value).replace('\n', "\n\t"));
    if let Some(place) = places(&all, section, key).pop() {
        all.splice(place.lines, [entry]);
    } else if let Some(end) = end_of(&all, section) {
        all.insert(end, entry);
        stand_alone(&mut all[end + 1..]);
    } else {
        if !all.is_empty() {
            all.push("\n".to_owned());
        }
        all.push(format!("[{section}]\n"));
        all.push(entry);
    }
    all.concat()
}

/// `text` without the key of a section.
pub fn unset(text: &str, section: &str, key: &str) -> String {
    let mut all: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    for place in places(&all, section, key).into_iter().rev() {
        all.drain(place.lines);
    }
    all.concat()
}

/// Moves the next line that says something to the margin, so that it does not go on with the value before it.
fn stand_alone(lines: &mut [String]) {
    let said = |line: &&mut String| !line.trim().is_empty() && !line.trim().starts_with(['#', ';']);
    if let Some(next) = lines.iter_mut().find(said) {
        *next = next.trim_start_matches([' ', '\t']).to_owned();
    }
}

/// `%` stands for itself where it is doubled; az takes a value that has only such as it is, and no other.
fn escaped(value: &str) -> String {
    let is_escaped = !value.replace("%%", "").contains('%');
    if is_escaped { value.to_owned() } else { value.replace('%', "%%") }
}

/// Where the key of a section stands, in the file's order.
fn places(text: &[String], section: &str, key: &str) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    let mut here = false;
    let mut is_last = false;
    for (at, line) in lines(text.iter().map(String::as_str)).enumerate() {
        match line {
            Line::Section(name) => here = name == section,
            Line::Entry(name, _) => {
                is_last = here && name.eq_ignore_ascii_case(key);
                if is_last {
                    places.push(Place { lines: at..at + 1 });
                }
            }
            Line::Further(_) if is_last => {
                if let Some(place) = places.last_mut() {
                    place.lines.end = at + 1;
                }
            }
            Line::Further(_) | Line::Nothing => {}
        }
    }
    places
}

/// Behind the last line of a section that says something.
fn end_of(text: &[String], section: &str) -> Option<usize> {
    let mut here = false;
    let mut end = None;
    for (at, line) in lines(text.iter().map(String::as_str)).enumerate() {
        match line {
            Line::Section(name) => here = name == section,
            Line::Entry(..) | Line::Further(_) => {}
            Line::Nothing => continue,
        }
        if here {
            end = Some(at + 1);
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
    fn one_line_changes_and_all_others_stay() {
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
    fn a_percent_sign_is_read_as_it_was_given() {
        for (given, read) in [("100%", "100%"), ("50%%", "50%"), ("%(a)s", "%(a)s")] {
            assert_eq!(Ini::parse(&set("", "a", "b", given)).get("a", "b"), Some(read));
        }
    }

    proptest! {
        #[test]
        fn what_was_set_is_read_and_nothing_else_changes(
            text in "( ?\\[[abD]\\]x?\n| ?[abc] ?[=:] ?[xyz%]*\n|  [xy]\n|#[ab]=1\n| # c\n|\n|nonsense\n){0,12}",
            section in "[abc]", key in "[abcd]", value in "[xyz= ]{0,4}(\n[xyz]{1,2}){0,2}",
        ) {
            let value = value.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
            let before = Ini::parse(&text);
            let after = Ini::parse(&set(&text, &section, &key, &value));
            prop_assert_eq!(after.get(&section, &key), Some(value.as_str()));
            let gone = Ini::parse(&unset(&text, &section, &key));
            prop_assert_eq!(gone.get(&section, &key), None);
            for other_section in ["a", "b", "c", "D"] {
                for other in ["a", "b", "c", "d"] {
                    if (other_section, other) != (section.as_str(), key.as_str()) {
                        prop_assert_eq!(after.get(other_section, other), before.get(other_section, other));
                        prop_assert_eq!(gone.get(other_section, other), before.get(other_section, other));
                    }
                }
            }
        }
    }
}
