//! The INI dialect of az's files: what Python's `configparser` reads.
//!
//! Sections in brackets are told apart by case, keys are not; `=` or `:` ends a key; `#` and `;` start a line
//! of comment; an indented line goes on with the value before it; `%%` stands for `%`.

mod edit;
mod line;

use std::path::{Path, PathBuf};

use super::text_of;
use crate::error::{Error, Result};

use line::{Line, lines};

pub use edit::{set, unset};

/// A file's values in its order.
#[derive(Debug, Default)]
pub struct Ini {
    sections: Vec<String>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    section: String,
    key: String,
    value: String,
}

impl Ini {
    /// Reads a file; one that is not there is empty, and so is one that has no place to be.
    pub fn read_any(path: Result<PathBuf>) -> Result<Self> {
        path.map_or_else(|_| Ok(Self::default()), |path| Self::read(&path))
    }

    /// Reads a file; one that is not there is empty.
    pub fn read(path: &Path) -> Result<Self> {
        match text_of(path) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => Err(Error::read(path, e)),
        }
    }

    /// Takes what can be understood: a line that is no entry is skipped, so that no setting of az's stops azr.
    pub fn parse(text: &str) -> Self {
        let mut ini = Self::default();
        let mut section = String::new();
        for line in lines(text.lines()) {
            match line {
                Line::Nothing => {}
                Line::Section(name) => {
                    name.clone_into(&mut section);
                    ini.sections.push(section.clone());
                }
                Line::Entry(key, value) => ini.entries.push(Entry {
                    section: section.clone(),
                    key: key.to_lowercase(),
                    value: value.replace("%%", "%"),
                }),
                Line::Further(value) => {
                    if let Some(last) = ini.entries.last_mut() {
                        last.value.push('\n');
                        last.value.push_str(&value.replace("%%", "%"));
                    }
                }
            }
        }
        ini
    }

    /// The value of a key; the last one counts.
    pub fn get(&self, section: &str, key: &str) -> Option<&str> {
        let of = |name: &str| {
            self.entries
                .iter()
                .rfind(|e| e.section == name && e.key.eq_ignore_ascii_case(key))
                .map(|e| e.value.as_str())
        };
        of(section).or_else(|| of("DEFAULT"))
    }

    /// The keys of a section with their values, each once; those of `DEFAULT` count for every section.
    pub fn items(&self, section: &str) -> Vec<(&str, &str)> {
        let mut items: Vec<(&str, &str)> = Vec::new();
        for name in ["DEFAULT", section] {
            for entry in self.entries.iter().filter(|e| e.section == name) {
                match items.iter_mut().find(|(key, _)| *key == entry.key) {
                    Some(item) => item.1 = &entry.value,
                    None => items.push((&entry.key, &entry.value)),
                }
            }
        }
        items
    }

    /// The names of the sections, each once.
    pub fn sections(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for name in &self.sections {
            if !names.contains(&name.as_str()) && name != "DEFAULT" {
                names.push(name);
            }
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_configparser_reads() {
        let ini = Ini::parse(
            "\u{feff}# made by az\n[core]\nOutput = table\nno_color: yes\n; no\n[defaults]\ngroup=100%% mine\nlong = a\n  b\nnonsense\n[core]\noutput = tsv\n",
        );
        assert_eq!(ini.get("core", "output"), Some("tsv"));
        assert_eq!(ini.get("core", "NO_COLOR"), Some("yes"));
        assert_eq!(ini.get("defaults", "group"), Some("100% mine"));
        assert_eq!(ini.get("defaults", "long"), Some("a\nb"));
        assert_eq!(ini.get("Core", "output"), None);
        assert_eq!(ini.sections(), ["core", "defaults"]);
    }
}
