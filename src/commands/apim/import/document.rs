//! The document that is sent: API Management reads neither other files nor, in OpenAPI, URLs that a document refers to.

use std::path::Path;

use azr_core::error::Result;
use azr_definitions::bundle::{self, DefinitionFolder, DocumentCache, Files as _, SourceFile};
use azr_definitions::imports::list_imports;
use azr_output::message;

/// The document `text` of the file `path`, bundled with the files that it refers to.
///
/// Text that azr does not recognise as a definition is sent as it is: the service decides about it.
pub(super) fn bundle(text: String, path: &Path) -> Result<String> {
    let name = path.display().to_string();
    let Ok(definition) = azr_definitions::read(text.as_bytes(), &name) else { return Ok(text) };
    let imports = list_imports(&definition);
    if !imports.is_empty() {
        message::warn(&format!(
            "{name} imports {}, which API Management does not read; put their content into the document",
            imports.join(", ")
        ));
    }
    let folder = DefinitionFolder::for_file(path)?;
    let cache = DocumentCache::default();
    let source = SourceFile { path: folder.definition_path(), files: &folder, cache: &cache };
    let Ok(references) = bundle::external_references(&definition, &source) else { return Ok(text) };
    let (text, remote) = if references.local.is_empty() {
        (text, references.remote)
    } else {
        let bundled = bundle::bundle(&definition, &source)?;
        let names: Vec<String> = bundled.included.iter().map(|path| folder.display_name(path)).collect();
        message::info(&format!("{name} is sent as one document, bundled with {}", names.join(", ")));
        (bundled.definition.text, bundled.remote)
    };
    if !remote.is_empty() {
        message::warn(&format!("{name} refers to {}, which API Management does not read", remote.join(", ")));
    }
    Ok(text)
}
