//! The folders azr reads and writes: az's configuration, and its own state, cache and data.

use std::path::{Path, PathBuf};

use super::Context;
use crate::error::{Error, Result};

/// Replaces every folder of azr's own.
const STATE_DIR: &str = "AZR_STATE_DIR";

impl Context {
    /// az's configuration folder: `AZURE_CONFIG_DIR`, else `~/.azure`.
    pub fn config_dir(&self) -> Result<PathBuf> {
        match self.var("AZURE_CONFIG_DIR") {
            Some(dir) => Ok(self.under_home(dir)),
            None => Ok(self.home()?.join(".azure")),
        }
    }

    /// What azr remembers from one run to the next (journals, tokens); not there before something is written.
    pub fn state_dir(&self) -> Result<PathBuf> {
        self.own("state", |dirs| dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir()).to_owned())
    }

    /// What azr can find out again.
    pub fn cache_dir(&self) -> Result<PathBuf> {
        self.own("cache", |dirs| dirs.cache_dir().to_owned())
    }

    /// What the user gave azr to keep, such as the emulator's world.
    pub fn data_dir(&self) -> Result<PathBuf> {
        self.own("data", |dirs| dirs.data_local_dir().to_owned())
    }

    /// The file that holds the state of the emulator in this process: `AZR_EMULATOR_STATE`, else one of azr's own.
    pub fn emulator_state(&self) -> Result<PathBuf> {
        match self.var("AZR_EMULATOR_STATE") {
            Some(file) => Ok(self.under_home(file)),
            None => Ok(self.data_dir()?.join("emulator.json")),
        }
    }

    fn home(&self) -> Result<&Path> {
        self.environment().home().ok_or_else(|| {
            Error::invalid("there is no home folder")
                .with_hint("Set AZURE_CONFIG_DIR and AZR_STATE_DIR to folders.")
        })
    }

    /// A leading `~/` is the home folder, as in az: variables set outside a shell often hold one.
    fn under_home(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), self.environment().home()) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(path),
        }
    }

    fn own(&self, kind: &str, of_system: impl Fn(&directories::ProjectDirs) -> PathBuf) -> Result<PathBuf> {
        if let Some(dir) = self.var(STATE_DIR) {
            let dir = self.under_home(dir);
            return Ok(if kind == "state" { dir } else { dir.join(kind) });
        }
        let of_process = self.environment().is_of_process();
        match directories::ProjectDirs::from("", "", "azr").filter(|_| of_process) {
            Some(dirs) => Ok(of_system(&dirs)),
            None => Ok(self.home()?.join(".azr").join(kind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::context::{Context, Environment, Terminal};
    use std::path::Path;

    fn context(variables: &[(&str, &str)]) -> Context {
        Context::new(Environment::made_up("/h", variables.iter().copied()), Terminal::default())
    }

    #[test]
    fn folders_follow_their_variables() {
        let plain = context(&[]);
        assert_eq!(plain.config_dir().unwrap(), Path::new("/h/.azure"));
        assert_eq!(plain.state_dir().unwrap(), Path::new("/h/.azr/state"));
        let set = context(&[
            ("AZURE_CONFIG_DIR", "~/az"),
            ("AZR_STATE_DIR", "/s"),
            ("AZR_EMULATOR_STATE", "/e.json"),
        ]);
        assert_eq!(set.config_dir().unwrap(), Path::new("/h/az"));
        assert_eq!(set.state_dir().unwrap(), Path::new("/s"));
        assert_eq!(set.cache_dir().unwrap(), Path::new("/s/cache"));
        assert_eq!(set.emulator_state().unwrap(), Path::new("/e.json"));
    }
}
