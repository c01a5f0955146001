//! The files that a definition may refer to.

use std::path::{Path, PathBuf};

use azr_core::error::{Error, Result};
use azr_definitions::MAX_DOCUMENT;
use azr_definitions::bundle::Files;

/// Reads files of a folder, and nothing outside it.
pub(super) struct Folder<'a>(pub &'a Path);

impl Folder<'_> {
    fn path(&self, below: &str) -> PathBuf {
        if self.0 == Path::new(".") { PathBuf::from(below) } else { self.0.join(below) }
    }
}

impl Files for Folder<'_> {
    fn read(&self, below: &str) -> Result<Vec<u8>> {
        let path = self.path(below);
        let failed = |e| Error::read(&path, e);
        let base = self.0.canonicalize().map_err(|e| Error::read(self.0, e))?;
        let real = path.canonicalize().map_err(failed)?;
        if !real.starts_with(&base) {
            return Err(Error::invalid(format!("{} is a link that leads out of the folder", path.display()))
                .with_hint("Replace the link by the file."));
        }
        let data = real.metadata().map_err(failed)?;
        if !data.is_file() || data.len() > MAX_DOCUMENT as u64 {
            return Err(Error::invalid(format!(
                "{} is not a file of at most {} MiB",
                path.display(),
                MAX_DOCUMENT >> 20
            )));
        }
        std::fs::read(&real).map_err(failed)
    }

    fn display_name(&self, below: &str) -> String {
        self.path(below).display().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_in_the_folder_are_read() {
        let outer = tempfile::tempdir().expect("a folder");
        let inner = outer.path().join("in");
        std::fs::create_dir(&inner).expect("made");
        std::fs::write(outer.path().join("secret"), "s").expect("written");
        std::fs::write(inner.join("a.yaml"), "a").expect("written");
        let folder = Folder(&inner);
        assert_eq!(folder.read("a.yaml").expect("read"), b"a");
        assert!(folder.read("../secret").expect_err("outside").to_string().contains("leads out"));
        assert!(folder.read("").expect_err("a folder").to_string().contains("not a file"));
        assert!(folder.read("missing").expect_err("missing").to_string().contains("missing"));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(outer.path().join("secret"), inner.join("link")).expect("a link");
            assert!(folder.read("link").expect_err("a link").to_string().contains("leads out"));
        }
    }
}
