//! Writing results to files: whole or not at all.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Writes a file through a temporary beside it, which takes its place once all is written.
///
/// A reader sees the old content or the new, never a part; after an error the old content is still there.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let failed = |e: std::io::Error| Error::write(path, e);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".azr-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // What a file created without asking for a mode gets, less the process's umask.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    file.write_all(content).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|e| failed(e.error))?;
    Ok(())
}

/// The file that `--file-path` means, for a document that is called `name` where it means a folder.
///
/// An existing folder, a path that ends in a separator and one without an ending mean a folder, which is made if
/// it is not there; anything else is the file itself.
pub fn in_folder_or_as(given: &Path, name: &str) -> Result<PathBuf> {
    let text = given.to_string_lossy();
    let folder = given.is_dir() || text.ends_with(std::path::is_separator) || given.extension().is_none();
    if !folder {
        return Ok(given.to_owned());
    }
    std::fs::create_dir_all(given).map_err(|e| Error::write(given, e))?;
    Ok(given.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.json");
        write(&path, b"one").expect("written");
        write(&path, b"two").expect("written again");
        assert_eq!(std::fs::read(&path).expect("read"), b"two");
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1);
    }

    #[test]
    fn a_missing_folder_is_an_error_that_names_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("no/a.json");
        let error = write(&path, b"x").expect_err("no folder");
        assert!(error.to_string().contains("a.json"), "{error}");
    }

    #[test]
    fn a_path_means_a_folder_unless_it_ends_like_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |tail: &str| in_folder_or_as(&folder.path().join(tail), "doc.json").expect("a path");
        assert_eq!(at("new"), folder.path().join("new/doc.json"));
        assert!(folder.path().join("new").is_dir());
        assert_eq!(at("x.yaml"), folder.path().join("x.yaml"));
    }
}
