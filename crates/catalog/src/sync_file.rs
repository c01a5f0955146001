//! The file of `azr apic sync`: the sources of a center, and how each of them appears in it.
//!
//! The keys are the names of the options of `import-from-apim --mode client`. A key that does not exist, a repeated key and
//! a value of another type are errors that name the line. `docs/sync.md` describes the file, and `azr schema azr.yaml` is
//! its JSON schema.

mod fields;
mod write;

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::api_type::{API_KINDS, is_kind};
use crate::plan::{
    ENVIRONMENT_KINDS, EnvironmentOptions, MatchKey, MatchRules, MetadataMapping, OnCollision, OnInvalid,
    PlanOptions,
};
use crate::source_inventory::Revisions;
use azr_core::error::{Error, Result};
use azr_definitions::settings::{self, Setting, SettingValue};
use fields::Fields;
pub use write::service_to_json;

/// The version of the file format.
pub const FORMAT_VERSION: u64 = 1;

/// The lifecycle stages of a version.
const STAGES: [&str; 7] =
    ["deprecated", "design", "development", "preview", "production", "retired", "testing"];

/// A file with the sources of a center.
#[derive(Debug, Clone)]
pub struct SyncFile {
    /// Whether metadata schemas that the center does not have are created.
    pub create_metadata: bool,
    /// The sources in the order of the file.
    pub sources: Vec<SyncSource>,
}

/// A source of a center.
#[derive(Debug, Clone)]
pub enum SyncSource {
    /// The APIs of an API Management service or one of its workspaces.
    Service(Box<ServiceSource>),
    /// The definitions in a folder.
    Folder(Box<FolderSource>),
}

/// The APIs of an API Management service, or of one of its workspaces.
#[derive(Debug, Clone)]
pub struct ServiceSource {
    /// The name or resource id of the service.
    pub apim: String,
    /// The resource group of the service; None for the center's.
    pub resource_group: Option<String>,
    /// The name or id of the subscription of the service; None for the center's.
    pub subscription: Option<String>,
    /// The tenant of the service; None for the tenant of its subscription.
    pub tenant: Option<String>,
    /// The workspace, or a pattern for several; None for the APIs that are not in a workspace.
    pub workspace: Option<String>,
    /// The names of APIs and patterns for them.
    pub apis: Vec<String>,
    /// Only APIs with one of these tags, if there are any.
    pub tags: Vec<String>,
    /// Only APIs in one of these products, if there are any.
    pub products: Vec<String>,
    /// The revisions to import.
    pub revisions: Revisions,
    /// How the APIs appear in the center.
    pub plan: PlanOptions,
    /// Whether to delete what was imported before and the source no longer has.
    pub prune: bool,
    /// Whether to import although the center synchronizes the service by an integration.
    pub beside_link: bool,
}

/// The definitions in a folder.
#[derive(Debug, Clone)]
pub struct FolderSource {
    /// The folder, relative to the file if it was not absolute.
    pub folder: PathBuf,
    /// Whether subfolders are included.
    pub recursive: bool,
    /// Patterns for files that are left out.
    pub exclude: Vec<String>,
    /// The environment of the servers in the definitions, which must exist.
    pub environment: Option<String>,
    /// The lifecycle stage, which is set in every run.
    pub lifecycle_stage: Option<String>,
    /// Custom metadata of the APIs.
    pub custom_properties: Map<String, Value>,
}

impl SyncFile {
    /// Parses the text of a file; `path` is for messages, and relative folders start at its folder.
    pub fn parse(text: &str, path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let root = settings::parse(text)
            .map_err(|reason| Error::invalid(format!("--file: {name} cannot be read: {reason}")))?;
        let root = Fields::read(&name, &root, "the file", &["version", "create-metadata", "sources"])?;
        match root.integer("version")? {
            Some(FORMAT_VERSION) => {}
            Some(version) => {
                return Err(root
                    .error_in("version", format!("version {version} is not supported"))
                    .with_hint(format!("This version of azr reads version {FORMAT_VERSION}.")));
            }
            None => return Err(root.error("'version' is missing").with_hint("Add the line: version: 1")),
        }
        let create_metadata = root.flag("create-metadata")?.unwrap_or(false);
        let items = root.list("sources")?.filter(|items| !items.is_empty());
        let items = items.ok_or_else(|| root.error("'sources' is missing or empty"))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let read = |item: &Setting| read_source(&name, item, folder, create_metadata);
        Ok(Self { create_metadata, sources: items.iter().map(read).collect::<Result<_>>()? })
    }
}

impl FolderSource {
    /// The folder as a source of a file in the current folder.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut value = serde_json::json!({"folder": self.folder.to_string_lossy()});
        if self.recursive {
            value["recursive"] = Value::Bool(true);
        }
        if !self.exclude.is_empty() {
            value["exclude"] = serde_json::json!(self.exclude);
        }
        if let Some(environment) = &self.environment {
            value["environment"] = serde_json::json!(environment);
        }
        if let Some(stage) = &self.lifecycle_stage {
            value["lifecycle-stage"] = serde_json::json!(stage);
        }
        if !self.custom_properties.is_empty() {
            value["custom-properties"] = serde_json::json!(self.custom_properties);
        }
        value
    }
}

const SERVICE_KEYS: [&str; 22] = [
    "apim",
    "resource-group",
    "subscription",
    "tenant",
    "workspace",
    "apis",
    "tags",
    "products",
    "revisions",
    "environment",
    "lifecycle-stage",
    "match",
    "metadata",
    "custom-properties",
    "portal-links",
    "kinds",
    "on-collision",
    "on-invalid",
    "require-documents",
    "prune",
    "beside-link",
    "folder",
];

const FOLDER_KEYS: [&str; 7] =
    ["folder", "recursive", "exclude", "environment", "lifecycle-stage", "custom-properties", "apim"];

fn read_source(file: &str, item: &Setting, folder: &Path, create_metadata: bool) -> Result<SyncSource> {
    let SettingValue::Map(members) = &item.value else {
        return Err(fields::error_at(
            file,
            item.line,
            "a source is an object with the key 'apim' or 'folder'",
        ));
    };
    let has = |key: &str| members.iter().any(|(_, name, _)| name == key);
    match (has("apim"), has("folder")) {
        (true, false) => {
            read_service(&Fields::read(file, item, "a service", &SERVICE_KEYS)?, create_metadata)
        }
        (false, true) => read_folder(&Fields::read(file, item, "a folder", &FOLDER_KEYS)?, folder),
        (true, true) => {
            Err(fields::error_at(file, item.line, "a source has either 'apim' or 'folder', not both"))
        }
        (false, false) => Err(fields::error_at(file, item.line, "a source needs the key 'apim' or 'folder'")),
    }
}

fn read_service(fields: &Fields<'_>, create_metadata: bool) -> Result<SyncSource> {
    let apim = fields.text("apim")?.ok_or_else(|| fields.error("'apim' is empty"))?;
    let mut plan = PlanOptions {
        on_collision: fields
            .choice("on-collision", &["suffix", "merge", "fail"])?
            .map(|word| match word {
                "merge" => OnCollision::Merge,
                "fail" => OnCollision::Fail,
                _ => OnCollision::Suffix,
            })
            .unwrap_or_default(),
        on_invalid: fields
            .choice("on-invalid", &["truncate", "skip", "fail"])?
            .map(|word| match word {
                "skip" => OnInvalid::Skip,
                "fail" => OnInvalid::Fail,
                _ => OnInvalid::Truncate,
            })
            .unwrap_or_default(),
        lifecycle_stage: fields.choice("lifecycle-stage", &STAGES)?.map(str::to_owned),
        custom_properties: fields.object("custom-properties")?,
        create_metadata,
        portal_links: fields.flag("portal-links")?.unwrap_or(false),
        require_documents: fields.flag("require-documents")?.unwrap_or(false),
        ..PlanOptions::default()
    };
    plan.environment = read_environment(fields)?;
    plan.match_rules = read_match_rules(fields)?;
    for (line, name, template) in fields.members("metadata")? {
        let template = match &template.value {
            SettingValue::Text(text) => text.clone(),
            SettingValue::Number(number) => number.to_string(),
            SettingValue::Bool(value) => value.to_string(),
            _ => return Err(fields.error_at(*line, format!("the metadata '{name}' is not a text"))),
        };
        let mapping = MetadataMapping::parse(name, &template)
            .map_err(|error| with_hint_of(&error, fields.error_at(*line, error.to_string())))?;
        plan.metadata.push(mapping);
    }
    for (line, pattern, kind) in fields.members("kinds")? {
        let name = kind.to_json().as_str().unwrap_or_default().to_owned();
        if !is_kind(&name) {
            let text = format!("'{name}' is not a kind; the known ones are {}", API_KINDS.join(", "));
            return Err(fields.error_at(*line, text));
        }
        plan.kinds.push((pattern.clone(), name.to_ascii_lowercase()));
    }
    let source = ServiceSource {
        apim,
        resource_group: fields.text("resource-group")?,
        subscription: fields.text("subscription")?,
        tenant: fields.text("tenant")?,
        workspace: fields.text("workspace")?,
        apis: fields.selection("apis")?,
        tags: fields.selection("tags")?,
        products: fields.selection("products")?,
        revisions: match fields.choice("revisions", &["current", "all"])? {
            Some("all") => Revisions::All,
            _ => Revisions::Current,
        },
        prune: fields.flag("prune")?.unwrap_or(false),
        beside_link: fields.flag("beside-link")?.unwrap_or(false),
        plan,
    };
    if source.prune && !(source.tags.is_empty() && source.products.is_empty()) {
        return Err(fields
            .error_in("prune", "'prune' cannot be combined with 'tags' or 'products'".to_owned())
            .with_hint("A deleted API has neither tags nor products; select APIs by name with 'apis'."));
    }
    Ok(SyncSource::Service(Box::new(source)))
}

/// The environment of a service: its name, or an object with `id`, `title` and `kind`.
fn read_environment(fields: &Fields<'_>) -> Result<EnvironmentOptions> {
    let Some((line, setting)) = fields.get("environment") else { return Ok(EnvironmentOptions::default()) };
    let environment = if let SettingValue::Text(id) = &setting.value {
        EnvironmentOptions { id: Some(id.clone()), ..EnvironmentOptions::default() }
    } else {
        let members = Fields::read(fields.file(), setting, "an environment", &["id", "title", "kind"])?;
        EnvironmentOptions {
            id: members.text("id")?,
            title: members.text("title")?,
            kind: members.choice("kind", &ENVIRONMENT_KINDS)?.map(str::to_owned),
        }
    };
    check_environment_name(environment.id.as_deref()).map_err(|reason| fields.error_at(line, reason))?;
    environment.check_title().map_err(|reason| fields.error_at(line, format!("the title {reason}")))?;
    Ok(environment)
}

fn check_environment_name(name: Option<&str>) -> Result<(), String> {
    let is_valid = |name: &str| {
        (1..=90).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    match name.filter(|name| !is_valid(name)) {
        Some(name) => Err(format!(
            "'{name}' is not a valid name of an environment: 1 to 90 letters, digits and hyphens"
        )),
        None => Ok(()),
    }
}

fn read_match_rules(fields: &Fields<'_>) -> Result<MatchRules> {
    let Some((line, setting)) = fields.get("match") else { return Ok(MatchRules::default()) };
    let mut rules = MatchRules::default();
    let keys = match &setting.value {
        SettingValue::Map(_) => {
            let members =
                Fields::read(fields.file(), setting, "match rules", &["by", "prefixes", "suffixes"])?;
            rules.prefixes = members.texts("prefixes")?;
            rules.suffixes = members.texts("suffixes")?;
            members.texts("by")?
        }
        _ => fields::texts(fields.file(), "match", setting)?,
    };
    for key in keys {
        rules.keys.push(key.parse().map_err(|error: Error| fields.error_at(line, error.to_string()))?);
    }
    rules.check().map_err(|reason| fields.error_at(line, reason))?;
    if rules.keys.is_empty() {
        let names = MatchKey::NAMES.map(|(name, _)| name).join(", ");
        return Err(fields.error_at(line, format!("'match' needs at least one of {names}")));
    }
    Ok(rules)
}

fn read_folder(fields: &Fields<'_>, base: &Path) -> Result<SyncSource> {
    let folder = fields.text("folder")?.ok_or_else(|| fields.error("'folder' is empty"))?;
    let environment = fields.text("environment")?;
    check_environment_name(environment.as_deref())
        .map_err(|reason| fields.error_in("environment", reason))?;
    Ok(SyncSource::Folder(Box::new(FolderSource {
        folder: base.join(folder),
        recursive: fields.flag("recursive")?.unwrap_or(false),
        exclude: fields.texts("exclude")?,
        environment,
        lifecycle_stage: fields.choice("lifecycle-stage", &STAGES)?.map(str::to_owned),
        custom_properties: fields.object("custom-properties")?,
    })))
}

/// An error with the hint of another one.
fn with_hint_of(other: &Error, error: Error) -> Error {
    match other.hint() {
        Some(hint) => error.with_hint(hint.to_owned()),
        None => error,
    }
}

#[cfg(test)]
mod tests;
