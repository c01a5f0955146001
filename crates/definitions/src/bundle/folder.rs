//! The files on disk that a definition may refer to.

use std::path::{Component, Path, PathBuf};

use super::files::Files;
use crate::MAX_DOCUMENT;
use azr_core::error::{Error, Result};
use azr_core::files::display_path;

/// The files below the working directory, or those of the definition's own folder if that is elsewhere.
///
/// A definition below the working directory is usually part of a project, whose folders refer to each other. Everything
/// else is refused, also if a link leads there, because a definition may come from somebody else: what it refers to becomes
/// part of the published document. For the same reason, hidden files are read only in the definition's own folder.
#[derive(Debug)]
pub struct DefinitionFolder {
    /// The folder as the user knows it; empty for the working directory.
    name: PathBuf,
    /// The canonical path of the folder.
    root: PathBuf,
    /// The canonical path of the definition's own folder.
    own: PathBuf,
    definition: String,
}

impl DefinitionFolder {
    /// The folder for the definition in the file `definition`; `own_folder` is the folder in which it was found.
    pub fn new(definition: &Path, own_folder: &Path) -> Result<Self> {
        let current = Path::new(".").canonicalize().map_err(|e| Error::read(".", e))?;
        Self::with_working_directory(definition, own_folder, &current)
    }

    /// The folder for a definition that was given by its name.
    pub fn for_file(definition: &Path) -> Result<Self> {
        Self::new(definition, parent_folder(definition))
    }

    fn with_working_directory(definition: &Path, own_folder: &Path, current: &Path) -> Result<Self> {
        let canonical = |path: &Path| path.canonicalize().map_err(|e| Error::read(path, e));
        // A pipe has no folder: what comes from it refers to the working directory.
        let is_pipe = definition.metadata().is_ok_and(|data| !data.is_file());
        let parent = if is_pipe { current.to_owned() } else { canonical(parent_folder(definition))? };
        let own = if is_pipe { current.to_owned() } else { canonical(own_folder)? };
        // Everything is below the root of the file system.
        let is_project = parent.starts_with(current) && current.parent().is_some();
        let (name, root) = if is_project || is_pipe {
            (PathBuf::new(), current.to_owned())
        } else if parent.starts_with(&own) {
            (own_folder.to_owned(), own.clone())
        } else {
            (parent_folder(definition).to_owned(), parent.clone())
        };
        let file_name = definition.file_name().unwrap_or_default();
        let relative = parent.strip_prefix(&root).unwrap_or(Path::new("")).join(file_name);
        Ok(Self { name, root, own, definition: slashed(&relative) })
    }

    /// The path of the definition in the folder, with slashes.
    #[must_use]
    pub fn definition_path(&self) -> &str {
        &self.definition
    }

    fn path(&self, relative: &str) -> PathBuf {
        if self.name == Path::new(".") { PathBuf::from(relative) } else { self.name.join(relative) }
    }

    /// The absolute path of a file, whose path is relative to the folder.
    #[must_use]
    pub fn absolute_path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Fails unless a file with this canonical path may be read.
    fn check_access(&self, real: &Path, name: &Path) -> Result<()> {
        let Ok(relative) = real.strip_prefix(&self.root) else {
            return Err(Error::invalid(format!(
                "{} is a link that leads out of {}",
                display_path(name),
                self.root_name()
            ))
            .with_hint("Replace the link by the file."));
        };
        let is_hidden = |part: Component<'_>| part.as_os_str().to_string_lossy().starts_with('.');
        if !real.starts_with(&self.own) && relative.components().any(is_hidden) {
            return Err(Error::invalid(format!(
                "{} is a hidden file outside of the definition's folder",
                display_path(name)
            ))
            .with_hint("Move it, or rename it without the leading dot, if it may be published."));
        }
        Ok(())
    }
}

impl Files for DefinitionFolder {
    fn read(&self, relative: &str) -> Result<Vec<u8>> {
        let path = self.path(relative);
        // On Windows a colon follows a drive, or precedes the name of a stream of a file.
        if relative.contains('\0') || (cfg!(windows) && relative.contains(':')) {
            return Err(Error::invalid(format!("{relative:?} is not a valid path")));
        }
        let failed = |e| Error::read(&path, e);
        let real = self.absolute_path(relative).canonicalize().map_err(failed)?;
        self.check_access(&real, &path)?;
        let data = real.metadata().map_err(failed)?;
        let reason = match data.len() {
            _ if data.is_dir() => "is a folder".to_owned(),
            _ if !data.is_file() => "is not a regular file".to_owned(),
            size if size > MAX_DOCUMENT as u64 => format!("has more than {} MiB", MAX_DOCUMENT >> 20),
            _ => return std::fs::read(&real).map_err(failed),
        };
        // The folder itself has no path relative to it.
        let shown = if path.as_os_str().is_empty() { ".".to_owned() } else { display_path(&path) };
        Err(Error::invalid(format!("{shown} {reason}")))
    }

    fn display_name(&self, relative: &str) -> String {
        display_path(&self.path(relative))
    }

    fn scope(&self) -> String {
        // Which hidden files may be read depends on the definition's own folder.
        format!("{}\0{}", self.root.display(), self.own.display())
    }

    fn root_name(&self) -> String {
        if self.name.as_os_str().is_empty() {
            "the working directory".to_owned()
        } else {
            format!("the folder {}", self.name.display())
        }
    }
}

fn parent_folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A relative path with slashes.
fn slashed(path: &Path) -> String {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, text: &str) {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        std::fs::write(path, text).expect("written");
    }

    fn error(folder: &DefinitionFolder, relative: &str) -> String {
        folder.read(relative).expect_err(relative).to_string()
    }

    #[test]
    fn a_definition_below_the_working_directory_refers_to_files_below_it() {
        let outer = tempfile::tempdir().expect("a folder");
        let current = outer.path().canonicalize().expect("a path").join("project");
        for file in ["../secret", "api/v1/a.yaml", "api/.own", "common/b.yaml", ".env", ".git/config"] {
            write(&current.join(file), file);
        }
        let folder = DefinitionFolder::with_working_directory(
            &current.join("api/v1/a.yaml"),
            &current.join("api"),
            &current,
        )
        .expect("a folder");
        assert_eq!(folder.definition_path(), "api/v1/a.yaml");
        assert_eq!(folder.read("common/b.yaml").expect("read"), b"common/b.yaml");
        assert_eq!(folder.display_name("common/b.yaml"), "common/b.yaml");
        assert!(folder.read("api/.own").is_ok());
        assert!(error(&folder, ".env").contains("hidden"));
        assert!(error(&folder, ".git/config").contains("hidden"));
        assert!(error(&folder, "common").contains("is a folder"));
        assert_eq!(error(&folder, "."), ". is a folder");
        assert!(error(&folder, "missing").contains("missing"));
        assert!(error(&folder, "a\0b").contains("not a valid path"));
        for path in ["C:/Windows/win.ini", "common/b.yaml:stream", "common/b.yaml::$DATA"] {
            let reason = if cfg!(windows) { "not a valid path" } else { path };
            assert!(error(&folder, path).contains(reason), "{path}");
        }
        #[cfg(unix)]
        {
            let link = |to: &str, name: &str| {
                std::os::unix::fs::symlink(current.join(to), current.join(name)).expect("a link");
            };
            link("../secret", "out");
            link(".env", "visible");
            link("common", "shared");
            assert!(error(&folder, "out").contains("leads out of the working directory"));
            assert!(error(&folder, "visible").contains("hidden"));
            assert!(folder.read("shared/b.yaml").is_ok());
        }
    }

    #[test]
    fn a_definition_elsewhere_refers_to_files_of_its_folder() {
        let outer = tempfile::tempdir().expect("a folder");
        let base = outer.path().canonicalize().expect("a path");
        for file in ["specs/a/x.yaml", "specs/b/y.yaml", "secret", "here/z"] {
            write(&base.join(file), file);
        }
        let folder = DefinitionFolder::with_working_directory(
            &base.join("specs/a/x.yaml"),
            &base.join("specs"),
            &base.join("here"),
        )
        .expect("a folder");
        assert_eq!(folder.definition_path(), "a/x.yaml");
        assert!(folder.read("b/y.yaml").is_ok());
        assert!(error(&folder, "../secret").contains("leads out of the folder"));
        let root = DefinitionFolder::with_working_directory(
            &base.join("specs/a/x.yaml"),
            &base.join("specs/a"),
            Path::new("/"),
        )
        .expect("a folder");
        assert_eq!(root.definition_path(), "x.yaml", "everything is below the root of the file system");
    }
}
