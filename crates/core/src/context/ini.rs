//! The INI dialect of az's files, which is that of Python's `configparser`.
//!
//! Section names are case-sensitive, keys are not; `=` or `:` separates key and value; `#` and `;` start a comment line;
//! an indented line continues the value before it; `%%` stands for `%`.

mod edit;
mod line;

use std::path::{Path, PathBuf};

use super::read_az_file;
use crate::error::{Error, Result};

use line::{Line, classify_lines};

pub(crate) use edit::{set, unset};

/// The values of a file, in order.
#[derive(Debug, Default)]
pub(crate) struct Ini {
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
    /// Reads a file; the result is empty if the file does not exist, or if its path is unknown.
    pub(crate) fn read_optional(path: Result<PathBuf>) -> Result<Self> {
        path.map_or_else(|_| Ok(Self::default()), |path| Self::read(&path))
    }

    /// Reads a file; the result is empty if it does not exist.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        match read_az_file(path) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => Err(Error::read(path, e)),
        }
    }

    /// Parses a file. Invalid lines are skipped, so that no mistake in a file of az stops azr.
    pub(crate) fn parse(text: &str) -> Self {
        let mut ini = Self::default();
        let mut section = String::new();
        for line in classify_lines(text.lines()) {
            match line {
                Line::Ignored => {}
                Line::Section(name) => {
                    name.clone_into(&mut section);
                    ini.sections.push(section.clone());
                }
                Line::Entry(key, value) => ini.entries.push(Entry {
                    section: section.clone(),
                    key: key.to_lowercase(),
                    value: value.replace("%%", "%"),
                }),
                Line::Continuation(value) => {
                    if let Some(last) = ini.entries.last_mut() {
                        last.value.push('\n');
                        last.value.push_str(&value.replace("%%", "%"));
                    }
                }
            }
        }
        ini
    }

    /// The value of a key: the last one in the section, else the last one in `DEFAULT`.
    pub(crate) fn get(&self, section: &str, key: &str) -> Option<&str> {
        let find = |name: &str| {
            self.entries
                .iter()
                .rfind(|e| e.section == name && e.key.eq_ignore_ascii_case(key))
                .map(|e| e.value.as_str())
        };
        find(section).or_else(|| find("DEFAULT"))
    }

    /// The distinct keys of a section with their values; those of `DEFAULT` belong to every section.
    pub(crate) fn entries(&self, section: &str) -> Vec<(&str, &str)> {
        let mut entries: Vec<(&str, &str)> = Vec::new();
        for name in ["DEFAULT", section] {
            for entry in self.entries.iter().filter(|e| e.section == name) {
                match entries.iter_mut().find(|(key, _)| *key == entry.key) {
                    Some(existing) => existing.1 = &entry.value,
                    None => entries.push((&entry.key, &entry.value)),
                }
            }
        }
        entries
    }

    /// The distinct names of the sections, without `DEFAULT`.
    pub(crate) fn sections(&self) -> Vec<&str> {
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
