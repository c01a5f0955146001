//! Registers APIs from definitions: describes each definition, groups them into APIs, and writes the APIs.
//!
//! [`describe`] turns a definition into a [`DesiredVersion`] without any request, [`group_into_apis`] makes APIs of all
//! versions, and a [`Registration`] compares them with the center and writes what differs. The names depend only on the
//! documents, so that the same definitions complete an interrupted registration.

mod deployments;
mod fields;
mod grouping;
mod limits;
mod plan;
mod run;
mod types;

use serde_json::json;

use crate::desired::DesiredResource;
use crate::digest::sha256_hex;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER_API, CENTER_DEFINITION, CENTER_VERSION};
use azr_definitions::{Definition, names, titles};

pub use deployments::parse_environment_id;
pub use grouping::{Collision, collision_error, group_into_apis};
pub use run::{DefinitionTexts, PlannedRegistration, Registration};
pub use types::{DefinitionSource, DesiredApi, DesiredVersion, RegistrationOptions};

/// The largest document that is sent in a request, in bytes: 3 MiB, as in az.
pub const INLINE_LIMIT: usize = 3 * 1024 * 1024;

/// The lifecycle stage of a registered version, as in az.
const DEFAULT_STAGE: &str = "design";

/// The version of a document without one, as in az.
const DEFAULT_VERSION: &str = "v1";

/// Fails if an id or title in the options is not valid.
pub fn check_options(workspace: &ResourceId, options: &RegistrationOptions) -> Result<()> {
    id_or("--api-id", options.api_id.as_ref(), String::new)?;
    id_or("--version-id", options.version_id.as_ref(), String::new)?;
    id_or("--definition-id", options.definition_id.as_ref(), String::new)?;
    options.title.as_deref().map(limits::check_title).transpose()?;
    options.summary.as_deref().map(limits::check_summary).transpose()?;
    let environment = options.environment_id.as_deref();
    environment.map(|id| parse_environment_id(workspace, id)).transpose()?;
    Ok(())
}

/// Describes the version of an API that a definition becomes in a workspace of a center.
///
/// `name` is the file or URL, for messages. Fails if an id or title in the options is not valid, or the file is too large
/// to be sent.
pub fn describe(
    workspace: &ResourceId,
    name: &str,
    definition: &Definition,
    source: &DefinitionSource,
    options: &RegistrationOptions,
) -> Result<DesiredVersion> {
    if let DefinitionSource::File { name } = source {
        check_file_size(name, definition.text.len())?;
    }
    let mut notes = Vec::new();
    let document_title = definition.title.clone().unwrap_or_else(|| {
        let location = match source {
            DefinitionSource::File { name } => name,
            DefinitionSource::Url(url) => url,
        };
        let title = titles::title_from_location(location);
        if options.title.is_none() {
            let option = limits::title_option_note(options.is_one_of_several);
            notes.push(format!("the document does not have a title; '{title}' comes from its path{option}"));
        }
        title
    });
    let title = match &options.title {
        Some(title) => limits::check_title(title)?,
        None => limits::fit_title(&document_title, options.is_one_of_several, &mut notes),
    };
    let api_name = id_or("--api-id", options.api_id.as_ref(), || names::api_id(&document_title))?;
    let (version_name, version_title) = version(definition, options, &mut notes)?;
    let definition_name =
        id_or("--definition-id", options.definition_id.as_ref(), || definition.format.as_str().to_owned())?;

    let mut api =
        DesiredResource::new(format!("API {api_name}"), workspace.child("apis", &api_name), &CENTER_API);
    fields::set_api_fields(&mut api, definition, options, &title, &mut notes);
    let id = api.id.child("versions", &version_name);
    let mut version = DesiredResource::new(format!("version {version_name}"), id, &CENTER_VERSION);
    version.set("title", json!(version_title));
    match &options.lifecycle_stage {
        Some(stage) => version.set("lifecycleStage", json!(stage)),
        None => version.set_initially("lifecycleStage", json!(DEFAULT_STAGE)),
    }
    let id = version.id.child("definitions", &definition_name);
    let mut desired_definition =
        DesiredResource::new(format!("definition {definition_name}"), id, &CENTER_DEFINITION);
    desired_definition.set("title", json!(limits::truncate(&definition_name, limits::TITLE)));
    // The API's description has the note.
    fields::set_description(&mut desired_definition, definition, &mut Vec::new());

    let environment = options.environment_id.as_deref();
    let environment = environment.map(|id| parse_environment_id(workspace, id)).transpose()?;
    let servers = match environment {
        Some(_) => deployments::distinct_servers(definition, &mut notes),
        None => Vec::new(),
    };
    let mut specification = json!({"name": definition.format.as_str()});
    if let Some(version) = &definition.format_version {
        specification["version"] = json!(version);
    }
    let kind = options.kind.as_deref().unwrap_or_else(|| definition.kind.as_str());
    Ok(DesiredVersion {
        name: name.to_owned(),
        index: 0,
        api,
        version,
        definition: desired_definition,
        specification,
        link: match source {
            DefinitionSource::File { .. } => None,
            DefinitionSource::Url(url) => Some(url.clone()),
        },
        digest: sha256_hex(definition.text.as_bytes()),
        servers,
        environment,
        title,
        kind: kind.to_owned(),
        version_title,
        notes,
    })
}

/// Fails if a file has more bytes than [`INLINE_LIMIT`].
pub fn check_file_size(name: &str, size: usize) -> Result<()> {
    if size > INLINE_LIMIT { Err(too_large_error(name, size as u64)) } else { Ok(()) }
}

/// The error for a file that is larger than [`INLINE_LIMIT`].
#[must_use]
pub fn too_large_error(name: &str, size: u64) -> Error {
    Error::limit_exceeded(format!(
        "{name} has {} KiB, and API Center accepts {} KiB in a request",
        size.div_ceil(1024),
        INLINE_LIMIT / 1024
    ))
    .with_hint(
        "Publish the file at a URL that does not need a sign-in, and register the URL: --api-location https://…",
    )
}

fn version(
    definition: &Definition,
    options: &RegistrationOptions,
    notes: &mut Vec<String>,
) -> Result<(String, String)> {
    let document_version = definition.version.as_deref().unwrap_or_else(|| {
        if options.version_id.is_none() {
            notes.push(format!(
                "the document does not have a version; '{DEFAULT_VERSION}' is used (--version-id sets another)"
            ));
        }
        DEFAULT_VERSION
    });
    let id = id_or("--version-id", options.version_id.as_ref(), || names::version_id(document_version))?;
    // As with az, the title is the id, unless the id had to differ from the document's version.
    let is_plain = options.version_id.is_some() || names::is_plain_version(document_version);
    let title = match &options.version_title {
        Some(title) => title,
        None if is_plain => &id,
        None => document_version,
    };
    let title = limits::truncate(title, limits::TITLE).to_owned();
    Ok((id, title))
}

/// The id in the options, else the id derived from the document.
///
/// As with az, the service checks the length; other characters could change the path of the request.
fn id_or(option: &str, value: Option<&String>, derived: impl FnOnce() -> String) -> Result<String> {
    let Some(id) = value else { return Ok(derived()) };
    if id.is_empty() || !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Err(Error::invalid(format!("{option} '{id}' is not a valid id"))
            .with_hint("An id has 3 to 90 letters, digits and hyphens."));
    }
    Ok(id.clone())
}

#[cfg(test)]
mod tests;
