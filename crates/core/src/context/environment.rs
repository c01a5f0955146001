//! Environment variables, the home folder and the working folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Environment variables, the home folder and the working folder, of the process or of a test.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    home: Option<PathBuf>,
    working_dir: Option<PathBuf>,
    is_from_process: bool,
}

impl Environment {
    /// The environment of the process.
    #[must_use]
    pub fn from_process() -> Self {
        let variables = std::env::vars_os()
            .map(|(name, value)| {
                let name = name.to_string_lossy().into_owned();
                // Names are not case-sensitive on Windows.
                let name = if cfg!(windows) { name.to_ascii_uppercase() } else { name };
                (name, value.to_string_lossy().into_owned())
            })
            .collect();
        Self {
            variables,
            home: std::env::home_dir(),
            working_dir: std::env::current_dir().ok(),
            is_from_process: true,
        }
    }

    /// An environment with these variables and this home folder.
    pub fn for_test<'a>(
        home: impl Into<PathBuf>,
        variables: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let variables = variables.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        Self { variables, home: Some(home.into()), working_dir: None, is_from_process: false }
    }

    /// An environment with these variables and no home folder, as in a minimal container.
    pub fn without_home<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self { home: None, ..Self::for_test("", variables) }
    }

    /// The same environment with a working folder.
    #[must_use]
    pub fn with_working_dir(self, path: impl Into<PathBuf>) -> Self {
        Self { working_dir: Some(path.into()), ..self }
    }

    /// The value of a variable; `None` if it is unset or empty.
    #[must_use]
    pub fn var(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// All variables with their values, also empty ones.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }

    /// The home folder.
    #[must_use]
    pub fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// The working folder, if it exists.
    #[must_use]
    pub fn working_dir(&self) -> Option<&Path> {
        self.working_dir.as_deref()
    }

    /// Whether this is the environment of the process.
    #[must_use]
    pub fn is_from_process(&self) -> bool {
        self.is_from_process
    }
}

/// Prints names only, because values may be secrets.
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
    fn values_are_not_printed() {
        let environment = Environment::for_test("/home/u", [("AZURE_CLIENT_SECRET", "hush"), ("EMPTY", "")]);
        assert_eq!(environment.var("AZURE_CLIENT_SECRET"), Some("hush"));
        assert_eq!(environment.var("EMPTY"), None);
        assert!(!format!("{environment:?}").contains("hush"));
    }
}
