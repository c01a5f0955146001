//! Environment variables and the home folder, of the process or made up.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Variables, the home folder and the working folder.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    home: Option<PathBuf>,
    folder: Option<PathBuf>,
    of_process: bool,
}

impl Environment {
    /// Those of the process.
    #[must_use]
    pub fn of_process() -> Self {
        let variables = std::env::vars_os()
            .map(|(name, value)| {
                let name = name.to_string_lossy().into_owned();
                // Windows takes names in any case.
                let name = if cfg!(windows) { name.to_ascii_uppercase() } else { name };
                (name, value.to_string_lossy().into_owned())
            })
            .collect();
        Self { variables, home: std::env::home_dir(), folder: std::env::current_dir().ok(), of_process: true }
    }

    /// Made up: these variables, and this home folder.
    pub fn made_up<'a>(
        home: impl Into<PathBuf>,
        variables: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let variables = variables.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        Self { variables, home: Some(home.into()), folder: None, of_process: false }
    }

    /// Made up: these variables, and no home folder, as in a bare container.
    pub fn without_home<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self { home: None, ..Self::made_up("", variables) }
    }

    /// The same with a working folder.
    #[must_use]
    pub fn in_folder(self, folder: impl Into<PathBuf>) -> Self {
        Self { folder: Some(folder.into()), ..self }
    }

    /// A variable; one that is set to nothing counts as not set.
    #[must_use]
    pub fn var(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// Every variable with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }

    /// The home folder.
    #[must_use]
    pub fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// The working folder, where there is one.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Whether these are the process' own.
    #[must_use]
    pub fn is_of_process(&self) -> bool {
        self.of_process
    }
}

/// Names only: values may be secrets.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment")
            .field("names", &self.variables.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_never_shown() {
        let environment = Environment::made_up("/home/u", [("AZURE_CLIENT_SECRET", "hush"), ("EMPTY", "")]);
        assert_eq!(environment.var("AZURE_CLIENT_SECRET"), Some("hush"));
        assert_eq!(environment.var("EMPTY"), None);
        assert!(!format!("{environment:?}").contains("hush"));
    }
}
