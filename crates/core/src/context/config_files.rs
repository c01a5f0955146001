//! az's config files as a user works on them: `azr config` and `azr configure`.
//!
//! There is one for everything, and one in each folder of the configuration folder's name (`.azure`) from the working
//! folder upwards, for what is done below it. A variable `AZURE_{SECTION}_{KEY}` goes before all of them.

use std::path::{Path, PathBuf};

use super::ini::{self, Ini};
use super::{Context, Environment, text_of};
use crate::error::{Error, Result};
use crate::files::{Draft, private};

/// Which of the files a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The one in the configuration folder.
    Global,
    /// Those of the folders from the working folder upwards, before that one; what is set goes into the working
    /// folder's.
    Local,
}

/// A value that is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its key.
    pub name: String,
    /// What it is set to.
    pub value: String,
    /// The file, or the variable.
    pub source: String,
}

/// What the files and the variables say.
pub struct Config<'a> {
    environment: &'a Environment,
    /// The one that goes before the others first.
    files: Vec<(PathBuf, Ini)>,
}

impl Config<'_> {
    /// The sections of the files, in the order of the alphabet.
    #[must_use]
    pub fn sections(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.files.iter().flat_map(|(_, file)| file.sections()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What is set in a section: by variables, then in the files.
    #[must_use]
    pub fn items(&self, section: &str) -> Vec<Item> {
        let prefix = format!("AZURE_{}_", section.to_ascii_uppercase());
        let is_key = |key: &&str| {
            !key.is_empty() && key.bytes().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'Z' | b'_'))
        };
        let of_variables = self.environment.iter().filter_map(|(variable, value)| {
            let key = variable.strip_prefix(&prefix).filter(is_key)?;
            Some(Item {
                name: key.to_ascii_lowercase(),
                value: value.to_owned(),
                source: variable.to_owned(),
            })
        });
        let mut items: Vec<Item> = of_variables.collect();
        for (path, file) in &self.files {
            for (key, value) in file.items(section) {
                if !items.iter().any(|item| item.name == key) {
                    let source = path.display().to_string();
                    items.push(Item { name: key.to_owned(), value: value.to_owned(), source });
                }
            }
        }
        items
    }
}

impl Context {
    /// What is set, as the files are now.
    pub fn config_files(&self, scope: Scope) -> Result<Config<'_>> {
        let read = |path: PathBuf| Ini::read(&path).map(|file| (path, file));
        let files = self.config_paths(scope)?.into_iter().map(read).collect::<Result<_>>()?;
        Ok(Config { environment: self.environment(), files })
    }

    /// Sets a value.
    pub fn set_config(&self, scope: Scope, section: &str, key: &str, value: &str) -> Result<()> {
        let file = match scope {
            Scope::Global => self.global_config()?,
            Scope::Local => self.local_config()?,
        };
        change(&file, |text| ini::set(text, section, &key.to_lowercase(), value))
    }

    /// Takes a value out of the first file that sets it; there may be none.
    pub fn unset_config(&self, scope: Scope, section: &str, key: &str) -> Result<()> {
        let key = key.to_lowercase();
        let files = self.config_files(scope)?.files;
        let is_set = |(_, file): &&(PathBuf, Ini)| file.items(section).iter().any(|(name, _)| *name == key);
        match files.iter().find(is_set) {
            Some((path, _)) => change(path, |text| ini::unset(text, section, &key)),
            None => Ok(()),
        }
    }

    /// The files that count, the one that goes before the others first.
    fn config_paths(&self, scope: Scope) -> Result<Vec<PathBuf>> {
        let mut files = match scope {
            Scope::Global => Vec::new(),
            Scope::Local => self.local_configs(),
        };
        files.push(self.global_config()?);
        Ok(files)
    }

    /// The files of the folders from the working folder upwards, as far as there may be any.
    pub(super) fn local_configs(&self) -> Vec<PathBuf> {
        let (Ok(own), Some(folder)) = (self.config_dir(), self.environment().folder()) else {
            return Vec::new();
        };
        let name = own.file_name().unwrap_or_default().to_owned();
        let folders = folder.ancestors().map(|above| above.join(&name));
        folders.take_while(|folder| *folder != own).map(|folder| folder.join("config")).collect()
    }

    fn global_config(&self) -> Result<PathBuf> {
        Ok(self.config_dir()?.join("config"))
    }

    fn local_config(&self) -> Result<PathBuf> {
        match self.local_configs().into_iter().next() {
            Some(file) => Ok(file),
            // The working folder is where the configuration folder is.
            None => self.global_config(),
        }
    }
}

/// Changes a file, or makes it for the user alone.
fn change(file: &Path, by: impl FnOnce(&str) -> String) -> Result<()> {
    let text = match text_of(file) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(Error::read(file, e)),
    };
    let new = by(&text);
    // A link (settings kept elsewhere) stays one: its target is replaced.
    let target = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    if let Some(folder) = target.parent() {
        private::add_folder(folder).map_err(|e| Error::write(&target, e))?;
    }
    let mut draft = Draft::private(&target)?;
    std::io::Write::write_all(&mut draft, new.as_bytes()).map_err(|e| Error::write(&target, e))?;
    draft.publish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Terminal;

    #[test]
    fn a_variable_goes_before_the_nearest_file() {
        let home = tempfile::tempdir().unwrap();
        let work = home.path().join("project/src");
        std::fs::create_dir_all(&work).unwrap();
        let variables = [("AZURE_DEFAULTS_APIC", "of-variable"), ("AZURE_DEFAULTS_x", "no")];
        let context =
            Context::new(Environment::made_up(home.path(), variables).in_folder(&work), Terminal::default());
        context.set_config(Scope::Global, "defaults", "Group", "global").unwrap();
        context.set_config(Scope::Global, "defaults", "location", "west").unwrap();
        context.set_config(Scope::Local, "defaults", "group", "local").unwrap();
        context.set_config(Scope::Global, "core", "output", "table").unwrap();
        let said = |scope| -> Vec<(String, String)> {
            let items = context.config_files(scope).unwrap().items("defaults");
            items.into_iter().map(|item| (item.name, item.value)).collect()
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let variable = pair("apic", "of-variable");
        assert_eq!(
            said(Scope::Global),
            [variable.clone(), pair("group", "global"), pair("location", "west")]
        );
        assert_eq!(said(Scope::Local), [variable, pair("group", "local"), pair("location", "west")]);
        assert_eq!(context.config_files(Scope::Local).unwrap().sections(), ["core", "defaults"]);
        assert!(work.join(".azure/config").is_file());
        context.unset_config(Scope::Local, "defaults", "GROUP").unwrap();
        context.unset_config(Scope::Local, "defaults", "nothing").unwrap();
        assert_eq!(said(Scope::Local)[1].1, "global");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_one_and_a_new_file_is_for_the_user_alone() {
        use std::os::unix::fs::PermissionsExt;

        let home = tempfile::tempdir().unwrap();
        let context = Context::new(Environment::made_up(home.path(), []), Terminal::default());
        context.set_config(Scope::Global, "core", "output", "table").unwrap();
        let config = home.path().join(".azure/config");
        assert_eq!(config.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let elsewhere = home.path().join("dotfiles");
        std::fs::rename(&config, &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &config).unwrap();
        context.set_config(Scope::Global, "core", "output", "tsv").unwrap();
        assert!(config.is_symlink());
        assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), "[core]\noutput = tsv\n");
    }
}
