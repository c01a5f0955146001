//! The `manifest.json` of `azr apim api export`, which contains the names of the exported APIs.
//!
//! With it, an exported API is registered with the ids that `import-from-apim --mode client` gives it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::location::{DefinitionFile, Location};
use azr_catalog::registration::RegistrationOptions;
use azr_core::revision::split_revision;
use azr_definitions::names;

/// The name of the file.
const MANIFEST: &str = "manifest.json";

/// The size of the largest manifest that is read; an entry has a few hundred bytes.
const MAX_SIZE: u64 = 64 << 20;

/// The title of the version of an API without versions, as in an import.
const UNVERSIONED: &str = "Original";

/// The manifests of the folders that definitions are in; None for a folder without one.
#[derive(Default)]
pub(super) struct ExportManifests(HashMap<PathBuf, Option<HashMap<String, ExportedApi>>>);

/// The API of an exported definition.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ExportedApi {
    /// The name in the center; None if it comes from the document's title.
    id: Option<String>,
    /// The title of the version.
    version: String,
}

impl ExportManifests {
    /// Whether a file is the manifest of an export.
    pub(super) fn is_manifest(&mut self, file: &DefinitionFile) -> bool {
        file.path.file_name().is_some_and(|name| name == MANIFEST) && self.of_folder_of(file).is_some()
    }

    /// The options for a definition: its ids are those of the manifest, unless the user gave others.
    pub(super) fn options_for(
        &mut self,
        location: &Location,
        options: &RegistrationOptions,
    ) -> RegistrationOptions {
        let mut options = options.clone();
        let Location::File(file) = location else { return options };
        let name = file.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let Some(exported) = self.of_folder_of(file).and_then(|apis| apis.get(&name)) else { return options };
        if options.api_id.is_none() {
            options.api_id.clone_from(&exported.id);
        }
        if options.version_id.is_none() {
            options.version_id = Some(names::version_id(&exported.version));
            options.version_title = Some(exported.version.clone());
        }
        options
    }

    fn of_folder_of(&mut self, file: &DefinitionFile) -> Option<&HashMap<String, ExportedApi>> {
        let folder = file.path.parent().unwrap_or(Path::new("")).to_owned();
        self.0.entry(folder).or_insert_with_key(|folder| read(&folder.join(MANIFEST))).as_ref()
    }
}

/// Reads a manifest; None if there is none, or another file of this name.
fn read(path: &Path) -> Option<HashMap<String, ExportedApi>> {
    let is_readable = path.metadata().is_ok_and(|data| data.is_file() && data.len() <= MAX_SIZE);
    let text = is_readable.then(|| std::fs::read(path).ok()).flatten()?;
    let entries: Vec<Value> = serde_json::from_slice(&text).ok()?;
    let is_entry = |entry: &Value| entry["apiId"].is_string() && entry["status"].is_string();
    if entries.is_empty() || !entries.iter().all(is_entry) {
        return None;
    }
    let exported = entries.iter().filter_map(|entry| {
        let file = entry["file"].as_str()?.to_owned();
        Some((file, exported_api(entry)?))
    });
    Some(exported.collect())
}

fn exported_api(entry: &Value) -> Option<ExportedApi> {
    let text = |name: &str| entry[name].as_str().filter(|text| !text.is_empty());
    let (name, revision) = split_revision(text("apiId")?);
    // An API with a version belongs to a version set, which is one API of the center. A manifest without the version
    // set does not have the name of that API.
    let source_name = match (text("versionSet"), text("version")) {
        (Some(set), _) => Some(set),
        (None, None) => Some(name),
        (None, Some(_)) => None,
    };
    let version = text("version").unwrap_or(UNVERSIONED);
    let version = match revision {
        Some(revision) => format!("{version} revision {revision}"),
        None => version.to_owned(),
    };
    Some(ExportedApi { id: source_name.map(|name| names::id_for_name(name, "api-")), version })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ids(entry: &Value) -> (Option<String>, String) {
        let exported = exported_api(entry).expect("an API");
        (exported.id, names::version_id(&exported.version))
    }

    #[test]
    fn ids_are_those_of_an_import() {
        let expect = |id: &str, version: &str| (Some(id.to_owned()), version.to_owned());
        assert_eq!(ids(&json!({"apiId": "my-api", "version": ""})), expect("my-api", "original"));
        let versioned = json!({"apiId": "orders-v1", "version": "v1", "versionSet": "orders"});
        assert_eq!(ids(&versioned), expect("orders", "version-v1"));
        assert_eq!(
            ids(&json!({"apiId": "weather;rev=2", "version": ""})),
            expect("weather", "original-revision-2")
        );
        // A manifest without version sets.
        assert_eq!(ids(&json!({"apiId": "orders-v1", "version": "v1"})), (None, "version-v1".to_owned()));
    }
}
