//! One document out of a definition that is spread over several files.
//!
//! API Center takes one document, and many definitions are written as several, held together by `$ref`. What a
//! reference to another file means is put into the document itself: as a component where the place of the
//! reference says of which kind, else right there. References to URLs stay as they are.
//!
//! Pure over [`Files`], which reads a file: no path is opened here, and none that leaves the folder is asked for. No
//! crate does this for `OpenAPI`, Swagger and `AsyncAPI` alike; those for JSON Schema know nothing of components.

mod grammar;
mod library;
mod names;
mod outside;
mod place;
mod reference;
mod weave;
mod write;

use super::{Definition, Format, broken, detect, stack};
use azr_core::error::{Error, Result};

pub use outside::{Outside, outside};

use place::Dialect;

/// How many files one document may be put together from.
pub const MAX_FILES: usize = 1000;

/// How many bytes those files may have together: 64 MiB, far more than API Center takes in a request.
pub const MAX_READ: usize = 64 * 1024 * 1024;

/// How large the document may become, its names and texts counted: a bomb of references ends here.
pub const MAX_EXPANDED: usize = 16 * 1024 * 1024;

/// How many references may lead to one another before something is found.
pub const MAX_HOPS: usize = 32;

/// The files that a definition may refer to: those of one folder.
pub trait Files: Sync {
    /// The bytes of a file, by its path below the folder: parts with slashes between, none of them `.` or `..`.
    ///
    /// Fails where there is no such file, and where it leads out of the folder after all, by a link.
    fn read(&self, path: &str) -> Result<Vec<u8>>;

    /// How the file is called in messages.
    fn shown(&self, path: &str) -> String {
        path.to_owned()
    }
}

/// A definition in one document.
#[derive(Debug)]
pub struct Bundled {
    /// The definition; its text is the new document: JSON where the original was, else YAML.
    pub definition: Definition,
    /// The files that were put into it, in the order they were come upon.
    pub included: Vec<String>,
    /// The URLs it still refers to, each once.
    pub remote: Vec<String>,
}

/// Puts `definition`, the file `path` of the folder, and what it refers to into one document.
///
/// Comments and the spelling of numbers are lost, the order of members is kept. Fails where something that is
/// referred to is not there or outside of the folder, and where a limit of this module is passed.
pub fn bundle(definition: &Definition, path: &str, files: &dyn Files) -> Result<Bundled> {
    let name = files.shown(path);
    let Some(dialect) = Dialect::of(definition) else {
        return Err(Error::unexpected(format!("{name}: {} has no $ref", definition.format.as_str())));
    };
    let (text, included, remote) = stack::roomy(|| {
        let root = parsed(&definition.text, &name, MAX_EXPANDED)?;
        let (mut document, included, remote) = weave::weave(root, path, dialect, files)?;
        write::versions_as_text(&mut document, definition);
        Ok((write::text(&document, is_json(&definition.text), &name)?, included, remote))
    })
    .unwrap_or_else(|why| Err(Error::unexpected(format!("{name}: {why}"))))?;
    let definition = super::read(text.as_bytes(), &name)?;
    Ok(Bundled { definition, included, remote })
}

/// The whole of a JSON or YAML document; to be called with room on the stack.
fn parsed(text: &str, name: &str, scalars: usize) -> Result<serde_json::Value> {
    if is_json(text) {
        serde_json::from_str(text).map_err(|why| broken(name, "JSON", why))
    } else {
        super::yaml::whole(text, scalars).map_err(|why| broken(name, "YAML", why))
    }
}

fn is_json(text: &str) -> bool {
    let start = text.trim_start();
    start.starts_with('[') || (start.starts_with('{') && detect::is_json(start))
}

#[cfg(test)]
mod tests;
