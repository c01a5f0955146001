//! The folders that azr reads and writes: az's configuration folder, and its own state, cache and data folders.

use std::path::{Path, PathBuf};

use super::Context;
use crate::error::{Error, Result};

/// The variable that replaces all folders of azr.
const STATE_DIR_VARIABLE: &str = "AZR_STATE_DIR";

impl Context {
    /// az's configuration folder: `AZURE_CONFIG_DIR`, else `~/.azure`.
    pub fn config_dir(&self) -> Result<PathBuf> {
        match self.var("AZURE_CONFIG_DIR") {
            Some(dir) => Ok(self.expand_home(dir)),
            None => Ok(self.home()?.join(".azure")),
        }
    }

    /// The folder of data that must survive a run (journals, logins, tokens); it may not exist yet.
    pub fn state_dir(&self) -> Result<PathBuf> {
        self.azr_dir("state", |dirs| dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir()).to_owned())
    }

    /// The folder of data that can be fetched again.
    pub fn cache_dir(&self) -> Result<PathBuf> {
        self.azr_dir("cache", |dirs| dirs.cache_dir().to_owned())
    }

    /// The folder of the user's data, such as the state of the emulator.
    pub(crate) fn data_dir(&self) -> Result<PathBuf> {
        self.azr_dir("data", |dirs| dirs.data_local_dir().to_owned())
    }

    /// The state file of the built-in emulator: `AZR_EMULATOR_STATE`, else `emulator.json` in the data folder.
    pub fn emulator_state(&self) -> Result<PathBuf> {
        match self.var("AZR_EMULATOR_STATE") {
            Some(file) => Ok(self.expand_home(file)),
            None => Ok(self.data_dir()?.join("emulator.json")),
        }
    }

    fn home(&self) -> Result<&Path> {
        self.environment().home().ok_or_else(|| {
            Error::missing_prerequisite("the home folder is unknown")
                .with_hint("Set HOME, or set AZURE_CONFIG_DIR and AZR_STATE_DIR to folders.")
        })
    }

    /// Expands a leading `~/` (on Windows also `~\`) as az does: a shell does not expand it in the middle of a word or in a
    /// settings file.
    fn expand_home(&self, path: &str) -> PathBuf {
        let rest = path.strip_prefix('~').and_then(|rest| rest.strip_prefix(std::path::is_separator));
        match (rest, self.environment().home()) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(path),
        }
    }

    fn azr_dir(
        &self,
        kind: &str,
        system_dir: impl Fn(&directories::ProjectDirs) -> PathBuf,
    ) -> Result<PathBuf> {
        if let Some(dir) = self.var(STATE_DIR_VARIABLE) {
            let dir = self.expand_home(dir);
            return Ok(if kind == "state" { dir } else { dir.join(kind) });
        }
        let is_from_process = self.environment().is_from_process();
        match directories::ProjectDirs::from("", "", "azr").filter(|_| is_from_process) {
            Some(dirs) => Ok(system_dir(&dirs)),
            None => Ok(self.home()?.join(".azr").join(kind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::context::{Context, Environment, Terminal};
    use std::path::Path;

    fn context(variables: &[(&str, &str)]) -> Context {
        Context::new(Environment::for_test("/h", variables.iter().copied()), Terminal::default())
    }

    #[test]
    fn variables_set_the_folders() {
        let default = context(&[]);
        assert_eq!(default.config_dir().unwrap(), Path::new("/h/.azure"));
        assert_eq!(default.state_dir().unwrap(), Path::new("/h/.azr/state"));
        let custom = context(&[
            ("AZURE_CONFIG_DIR", "~/az"),
            ("AZR_STATE_DIR", "/s"),
            ("AZR_EMULATOR_STATE", "/e.json"),
        ]);
        assert_eq!(custom.config_dir().unwrap(), Path::new("/h/az"));
        assert_eq!(custom.state_dir().unwrap(), Path::new("/s"));
        assert_eq!(custom.cache_dir().unwrap(), Path::new("/s/cache"));
        assert_eq!(custom.emulator_state().unwrap(), Path::new("/e.json"));
    }
}
