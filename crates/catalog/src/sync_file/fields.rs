//! Reads the members of an object in a file, and checks their names and types.

use serde_json::{Map, Value};

use azr_core::error::{Error, Result};
use azr_definitions::settings::{Setting, SettingValue};

/// The members of an object.
pub(super) struct Fields<'a> {
    file: &'a str,
    line: u64,
    members: &'a [(u64, String, Setting)],
}

/// An error with the file and the line.
pub(super) fn error_at(file: &str, line: u64, message: impl AsRef<str>) -> Error {
    Error::invalid(format!("--file: {file}:{line}: {}", message.as_ref()))
}

impl<'a> Fields<'a> {
    /// Reads an object that may have the members `known`; `what` is the object for messages.
    pub(super) fn read(file: &'a str, setting: &'a Setting, what: &str, known: &[&str]) -> Result<Self> {
        let SettingValue::Map(members) = &setting.value else {
            return Err(error_at(
                file,
                setting.line,
                format!("{what} must be an object with keys and values"),
            ));
        };
        if let Some((line, key, _)) = members.iter().find(|(_, key, _)| !known.contains(&key.as_str())) {
            let error = error_at(file, *line, format!("'{key}' is not a key of {what}"));
            return Err(error.with_hint(match nearest(key, known) {
                Some(similar) => format!("Did you mean '{similar}'?"),
                None => format!("The keys are {}.", known.join(", ")),
            }));
        }
        Ok(Self { file, line: setting.line, members })
    }

    /// The name of the file.
    pub(super) fn file(&self) -> &'a str {
        self.file
    }

    /// An error about the whole object.
    pub(super) fn error(&self, message: &str) -> Error {
        error_at(self.file, self.line, message)
    }

    /// An error about a line.
    pub(super) fn error_at(&self, line: u64, message: impl AsRef<str>) -> Error {
        error_at(self.file, line, message)
    }

    /// An error about a member.
    pub(super) fn error_in(&self, key: &str, message: String) -> Error {
        let line = self.members.iter().find(|(_, name, _)| name == key).map_or(self.line, |(line, ..)| *line);
        error_at(self.file, line, message)
    }

    /// A member with its line; null is as if it were missing.
    pub(super) fn get(&self, key: &str) -> Option<(u64, &'a Setting)> {
        let (line, _, setting) = self.members.iter().find(|(_, name, _)| name == key)?;
        Some((*line, setting)).filter(|_| setting.value != SettingValue::Null)
    }

    /// A text that is not blank.
    pub(super) fn text(&self, key: &str) -> Result<Option<String>> {
        match self.get(key) {
            None => Ok(None),
            Some((line, setting)) => match &setting.value {
                SettingValue::Text(text) if !text.trim().is_empty() => Ok(Some(text.clone())),
                SettingValue::Number(number) => Ok(Some(number.to_string())),
                _ => Err(error_at(self.file, line, format!("'{key}' must be a text that is not empty"))),
            },
        }
    }

    /// A list of texts, or a single one.
    pub(super) fn texts(&self, key: &str) -> Result<Vec<String>> {
        match self.get(key) {
            None => Ok(Vec::new()),
            Some((_, setting)) => texts(self.file, key, setting),
        }
    }

    /// A list of texts that selects something; an empty one would select nothing.
    pub(super) fn selection(&self, key: &str) -> Result<Vec<String>> {
        let texts = self.texts(key)?;
        match self.get(key) {
            Some((line, _)) if texts.is_empty() => {
                Err(error_at(self.file, line, format!("'{key}' is an empty list"))
                    .with_hint(format!("Leave '{key}' out to select all.")))
            }
            _ => Ok(texts),
        }
    }

    /// A truth value.
    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>> {
        match self.get(key) {
            None => Ok(None),
            Some((line, setting)) => match &setting.value {
                SettingValue::Bool(value) => Ok(Some(*value)),
                _ => Err(error_at(self.file, line, format!("'{key}' must be true or false"))),
            },
        }
    }

    /// A whole number.
    pub(super) fn integer(&self, key: &str) -> Result<Option<u64>> {
        match self.get(key) {
            None => Ok(None),
            Some((line, setting)) => match setting.to_json().as_u64() {
                Some(value) => Ok(Some(value)),
                None => Err(error_at(self.file, line, format!("'{key}' must be a whole number"))),
            },
        }
    }

    /// One of several words, whatever its case.
    pub(super) fn choice(&self, key: &str, choices: &[&'static str]) -> Result<Option<&'static str>> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        let choice = choices.iter().find(|choice| choice.eq_ignore_ascii_case(&text));
        choice.map(|choice| Some(*choice)).ok_or_else(|| {
            self.error_in(key, format!("'{key}' is one of {}, not '{text}'", choices.join(", ")))
        })
    }

    /// A list.
    pub(super) fn list(&self, key: &str) -> Result<Option<&'a [Setting]>> {
        match self.get(key) {
            None => Ok(None),
            Some((line, setting)) => match &setting.value {
                SettingValue::List(items) => Ok(Some(items)),
                _ => Err(error_at(self.file, line, format!("'{key}' must be a list"))),
            },
        }
    }

    /// The members of an object.
    pub(super) fn members(&self, key: &str) -> Result<&'a [(u64, String, Setting)]> {
        match self.get(key) {
            None => Ok(&[]),
            Some((line, setting)) => match &setting.value {
                SettingValue::Map(members) => Ok(members),
                _ => {
                    Err(error_at(self.file, line, format!("'{key}' must be an object with keys and values")))
                }
            },
        }
    }

    /// An object as JSON.
    pub(super) fn object(&self, key: &str) -> Result<Map<String, Value>> {
        let members = self.members(key)?;
        Ok(members.iter().map(|(_, name, value)| (name.clone(), value.to_json())).collect())
    }
}

/// A list of texts, or a single one.
pub(super) fn texts(file: &str, key: &str, setting: &Setting) -> Result<Vec<String>> {
    let items = match &setting.value {
        SettingValue::List(items) => items.as_slice(),
        _ => std::slice::from_ref(setting),
    };
    let text = |item: &Setting| match &item.value {
        SettingValue::Text(text) if !text.is_empty() => Ok(text.clone()),
        SettingValue::Number(number) => Ok(number.to_string()),
        _ => Err(error_at(file, item.line, format!("'{key}' must be a text or a list of texts"))),
    };
    items.iter().map(text).collect()
}

/// The known key that a misspelt one is most likely meant to be: one with the same word, or a similar one.
fn nearest<'k>(key: &str, known: &[&'k str]) -> Option<&'k str> {
    let key = key.to_ascii_lowercase().replace('_', "-");
    let distance = |other: &&&str| edit_distance(&key, other);
    let nearest = known.iter().min_by_key(distance).filter(|other| edit_distance(&key, other) <= 2);
    let has_word = |text: &str, word: &str| text.split('-').any(|part| part == word);
    let with_word = || known.iter().find(|other| has_word(other, &key) || has_word(&key, other));
    nearest.filter(|other| edit_distance(&key, other) <= 1).or_else(with_word).or(nearest).copied()
}

/// How many characters have to be inserted, deleted or replaced to make one text of another.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, a) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
