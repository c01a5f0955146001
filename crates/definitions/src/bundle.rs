//! Bundling of a definition that is spread over several files into one document.
//!
//! API Center accepts one document, but many definitions consist of several files that refer to each other with `$ref`. The
//! target of a reference to another file becomes a component of the document if its kind is known from the position of the
//! reference; otherwise it replaces the reference. References to URLs are kept.
//!
//! Files are read through [`Files`], such as a [`DefinitionFolder`], and only those in the folder are requested. There is no crate that bundles `OpenAPI`,
//! Swagger and `AsyncAPI`; those for JSON Schema do not support components.

mod anchor;
mod cache;
mod component_names;
mod components;
mod external;
mod files;
mod folder;
mod grammar;
mod inline;
mod library;
mod node_type;
mod reference;
mod source_file;
mod write;
mod yaml_writer;

use super::{Definition, detect, stack};
use azr_core::error::{Error, Result};

pub use cache::DocumentCache;
pub use external::{ExternalReferences, external_references, references_in_document};
pub use files::{Files, MAX_EXPANDED};
pub use folder::DefinitionFolder;
pub use source_file::SourceFile;

use crate::parse::is_json;
use node_type::Dialect;

/// A bundled definition.
#[derive(Debug)]
pub struct Bundled {
    /// The definition, whose text is the new document: JSON if the original is JSON, else YAML.
    pub definition: Definition,
    /// The paths of the files that were included, in the order of the first reference to each.
    pub included: Vec<String>,
    /// The distinct URLs that it still refers to.
    pub remote: Vec<String>,
}

/// Bundles a definition with the files that it refers to.
///
/// The order of members is kept; comments and the notation of numbers are lost. Fails if the target of a reference does not
/// exist or is outside of the folder, or if a limit of this module is exceeded.
pub fn bundle(definition: &Definition, source: &SourceFile<'_>) -> Result<Bundled> {
    let name = source.files.display_name(source.path);
    let Some(dialect) = Dialect::from_definition(definition) else {
        return Err(Error::unexpected(format!("{name}: {} has no $ref", definition.format.as_str())));
    };
    stack::with_large_stack(|| {
        let root = source.parse(definition)?;
        let inline::Inlined { mut document, included, remote } =
            inline::inline_references(&root, source, dialect)?;
        write::restore_versions(&mut document, definition);
        let text = write::format_document(&document, is_json(&definition.text), &name)?;
        let definition = detect::read_document(&document, text, &name)?;
        Ok(Bundled { definition, included, remote })
    })
    .unwrap_or_else(|reason| Err(Error::unexpected(format!("{name}: {reason}"))))
}

#[cfg(test)]
mod tests;
