//! Showing and changing az's settings, for `azr config` and `azr configure`.
//!
//! There is one global file, and local ones in folders of the same name (`.azure`) in the working folder and above it. A
//! variable `AZURE_{SECTION}_{KEY}` takes precedence over all of them.

use std::path::{Path, PathBuf};

use super::ini::{self, Ini};
use super::{Context, Environment, read_az_file};
use crate::error::{Error, Result};
use crate::files::private;

/// Which of the settings files a command uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigScope {
    /// The file in the configuration folder.
    Global,
    /// The files in the working folder and above it, then the global one; new values are written to the working folder.
    Local,
}

/// A setting with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigEntry {
    /// The key.
    pub name: String,
    /// The value.
    pub value: String,
    /// The path of the file, or the name of the variable, that sets it.
    pub source: String,
}

/// The settings in the files and variables.
pub struct ConfigFiles<'a> {
    environment: &'a Environment,
    /// The files, in order of precedence.
    files: Vec<(PathBuf, Ini)>,
}

impl ConfigFiles<'_> {
    /// The names of the sections, sorted.
    #[must_use]
    pub fn sections(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.files.iter().flat_map(|(_, file)| file.sections()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The settings of a section: those from variables, then those from the files.
    #[must_use]
    pub fn entries(&self, section: &str) -> Vec<ConfigEntry> {
        let prefix = format!("AZURE_{}_", section.to_ascii_uppercase());
        let is_key = |key: &&str| {
            !key.is_empty() && key.bytes().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'Z' | b'_'))
        };
        let from_variables = self.environment.iter().filter_map(|(variable, value)| {
            let key = variable.strip_prefix(&prefix).filter(is_key)?;
            Some(ConfigEntry {
                name: key.to_ascii_lowercase(),
                value: value.to_owned(),
                source: variable.to_owned(),
            })
        });
        let mut entries: Vec<ConfigEntry> = from_variables.collect();
        for (path, file) in &self.files {
            for (key, value) in file.entries(section) {
                if !entries.iter().any(|entry| entry.name == key) {
                    let source = path.display().to_string();
                    entries.push(ConfigEntry { name: key.to_owned(), value: value.to_owned(), source });
                }
            }
        }
        entries
    }
}

impl Context {
    /// Reads the settings.
    pub fn config_files(&self, scope: ConfigScope) -> Result<ConfigFiles<'_>> {
        let read_file = |path: PathBuf| Ini::read(&path).map(|file| (path, file));
        let files = self.config_paths(scope)?.into_iter().map(read_file).collect::<Result<_>>()?;
        Ok(ConfigFiles { environment: self.environment(), files })
    }

    /// Sets a value.
    pub fn set_config(&self, scope: ConfigScope, section: &str, key: &str, value: &str) -> Result<()> {
        let file = match scope {
            ConfigScope::Global => self.global_config()?,
            ConfigScope::Local => self.local_config()?,
        };
        edit_file(&file, |text| ini::set(text, section, &key.to_lowercase(), value))
    }

    /// Removes a setting from the first file that has it, if any.
    pub fn unset_config(&self, scope: ConfigScope, section: &str, key: &str) -> Result<()> {
        let key = key.to_lowercase();
        let files = self.config_files(scope)?.files;
        let is_set = |(_, file): &&(PathBuf, Ini)| file.entries(section).iter().any(|(name, _)| *name == key);
        match files.iter().find(is_set) {
            Some((path, _)) => edit_file(path, |text| ini::unset(text, section, &key)),
            None => Ok(()),
        }
    }

    /// The paths of the files, in order of precedence.
    fn config_paths(&self, scope: ConfigScope) -> Result<Vec<PathBuf>> {
        let mut files = match scope {
            ConfigScope::Global => Vec::new(),
            ConfigScope::Local => self.local_configs(),
        };
        files.push(self.global_config()?);
        Ok(files)
    }

    /// The paths of the local files, in the working folder and above it; the files may not exist.
    pub(super) fn local_configs(&self) -> Vec<PathBuf> {
        let (Ok(config_dir), Some(working_dir)) = (self.config_dir(), self.environment().working_dir())
        else {
            return Vec::new();
        };
        let name = config_dir.file_name().unwrap_or_default().to_owned();
        let folders = working_dir.ancestors().map(|parent| parent.join(&name));
        folders.take_while(|folder| *folder != config_dir).map(|folder| folder.join("config")).collect()
    }

    fn global_config(&self) -> Result<PathBuf> {
        Ok(self.config_dir()?.join("config"))
    }

    fn local_config(&self) -> Result<PathBuf> {
        match self.local_configs().into_iter().next() {
            Some(file) => Ok(file),
            // The working folder contains the configuration folder.
            None => self.global_config(),
        }
    }
}

/// Edits a settings file; a new one gets mode 0600.
fn edit_file(path: &Path, edit: impl FnOnce(&str) -> String) -> Result<()> {
    let text = match read_az_file(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(Error::read(path, e)),
    };
    let new_text = edit(&text);
    // If the path is a link (settings in a dotfiles folder, say), its target is replaced.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if let Some(folder) = target.parent() {
        private::create_folders(folder).map_err(|e| Error::write(&target, e))?;
    }
    private::write_file(&target, new_text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Terminal;

    #[test]
    fn a_variable_takes_precedence_over_the_nearest_file() {
        let home = tempfile::tempdir().unwrap();
        let working_dir = home.path().join("project/src");
        std::fs::create_dir_all(&working_dir).unwrap();
        let variables = [("AZURE_DEFAULTS_APIC", "from-variable"), ("AZURE_DEFAULTS_x", "no")];
        let context = Context::new(
            Environment::for_test(home.path(), variables).with_working_dir(&working_dir),
            Terminal::default(),
        );
        context.set_config(ConfigScope::Global, "defaults", "Group", "global").unwrap();
        context.set_config(ConfigScope::Global, "defaults", "location", "west").unwrap();
        context.set_config(ConfigScope::Local, "defaults", "group", "local").unwrap();
        context.set_config(ConfigScope::Global, "core", "output", "table").unwrap();
        let defaults = |scope| -> Vec<(String, String)> {
            let entries = context.config_files(scope).unwrap().entries("defaults");
            entries.into_iter().map(|entry| (entry.name, entry.value)).collect()
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let variable = pair("apic", "from-variable");
        assert_eq!(
            defaults(ConfigScope::Global),
            [variable.clone(), pair("group", "global"), pair("location", "west")]
        );
        assert_eq!(
            defaults(ConfigScope::Local),
            [variable, pair("group", "local"), pair("location", "west")]
        );
        assert_eq!(context.config_files(ConfigScope::Local).unwrap().sections(), ["core", "defaults"]);
        assert!(working_dir.join(".azure/config").is_file());
        context.unset_config(ConfigScope::Local, "defaults", "GROUP").unwrap();
        context.unset_config(ConfigScope::Local, "defaults", "nothing").unwrap();
        assert_eq!(defaults(ConfigScope::Local)[1].1, "global");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_kept_and_a_new_file_is_private() {
        use std::os::unix::fs::PermissionsExt;

        let home = tempfile::tempdir().unwrap();
        let context = Context::new(Environment::for_test(home.path(), []), Terminal::default());
        context.set_config(ConfigScope::Global, "core", "output", "table").unwrap();
        let config = home.path().join(".azure/config");
        assert_eq!(config.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let link_target = home.path().join("dotfiles");
        std::fs::rename(&config, &link_target).unwrap();
        std::os::unix::fs::symlink(&link_target, &config).unwrap();
        context.set_config(ConfigScope::Global, "core", "output", "tsv").unwrap();
        assert!(config.is_symlink());
        assert_eq!(std::fs::read_to_string(&link_target).unwrap(), "[core]\noutput = tsv\n");
    }
}
