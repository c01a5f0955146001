//! Plans the requests of `azr apic api register` before any is sent.
//!
//! The steps write an API, a version, a definition, its document and, with an environment, one deployment per server.
//! The ids depend only on the document, and every step replaces what is there, so that the same plan completes an
//! interrupted registration.

mod bodies;
mod deployments;
mod limits;
mod types;

use serde_json::json;

use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER_API, CENTER_DEFINITION, CENTER_VERSION};
use azr_definitions::{Definition, names, titles};

pub(super) use types::{Content, PlanOptions, RegisterPlan, Source, Step, StepMethod};

/// The largest document that is sent in a request, in bytes: 3 MiB, as in az.
pub(super) const INLINE_LIMIT: usize = 3 * 1024 * 1024;

/// The lifecycle stage of a registered version, as in az.
const DEFAULT_STAGE: &str = "design";

/// The version of a document without one, as in az.
const DEFAULT_VERSION: &str = "v1";

/// Fails if an id or title in the options is not valid.
pub(super) fn check_options(workspace: &ResourceId, options: &PlanOptions) -> Result<()> {
    id_or("--api-id", options.api_id.as_ref(), String::new)?;
    id_or("--version-id", options.version_id.as_ref(), String::new)?;
    id_or("--definition-id", options.definition_id.as_ref(), String::new)?;
    options.title.as_deref().map(limits::check_title).transpose()?;
    let environment = options.environment_id.as_deref();
    environment.map(|id| deployments::parse_environment_id(workspace, id)).transpose()?;
    Ok(())
}

/// Plans the registration of a definition in a workspace of a center.
///
/// Fails if an id or title in the options is not valid, or the file is too large to be sent.
pub(super) fn plan(
    workspace: &ResourceId,
    definition: &Definition,
    source: &Source,
    options: &PlanOptions,
) -> Result<RegisterPlan> {
    check_size(definition, source)?;
    let mut notes = Vec::new();
    let document_title = definition.title.clone().unwrap_or_else(|| {
        let location = match source {
            Source::File { name } => name,
            Source::Url(url) => url,
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

    let api = workspace.child("apis", &api_name);
    let version = api.child("versions", &version_name);
    let definition_id = version.child("definitions", &definition_name);
    let description = limits::description(definition.description.as_deref(), &mut notes);
    let has_description = definition.description.is_some();
    let stage = options.lifecycle_stage.as_deref().unwrap_or(DEFAULT_STAGE);

    let mut steps = vec![
        Step::put(
            format!("API {api_name}"),
            api.clone(),
            CENTER_API.api_version,
            bodies::api_body(definition, &title, &description, &mut notes),
        )
        .initially_if(!has_description, "description")
        .initially_if(definition.external_docs.is_none(), "externalDocumentation"),
        Step::put(
            format!("version {version_name}"),
            version.clone(),
            CENTER_VERSION.api_version,
            json!({"properties": {"title": version_title, "lifecycleStage": stage}}),
        )
        .initially_if(options.lifecycle_stage.is_none(), "lifecycleStage"),
        Step::put(
            format!("definition {definition_name}"),
            definition_id.clone(),
            CENTER_DEFINITION.api_version,
            json!({"properties": {"title": limits::truncate(&definition_name, limits::TITLE), "description": description}}),
        )
        .initially_if(!has_description, "description"),
        import_step(&definition_id, definition, source),
    ];
    if let Some(environment) = &options.environment_id {
        let context = deployments::DeploymentContext { workspace, api: &api, definition: &definition_id };
        steps.extend(deployments::deployment_steps(&context, environment, definition, &mut notes)?);
    }
    Ok(RegisterPlan {
        api,
        version,
        definition: definition_id,
        title,
        kind: definition.kind,
        version_title,
        steps,
        notes,
    })
}

fn check_size(definition: &Definition, source: &Source) -> Result<()> {
    let size = definition.text.len();
    match source {
        Source::File { name } if size > INLINE_LIMIT => Err(too_large_error(name, size as u64)),
        _ => Ok(()),
    }
}

/// The error for a file that is larger than [`INLINE_LIMIT`].
pub(super) fn too_large_error(name: &str, size: u64) -> Error {
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
    options: &PlanOptions,
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
    let title = limits::truncate(if is_plain { &id } else { document_version }, limits::TITLE).to_owned();
    Ok((id, title))
}

fn import_step(id: &ResourceId, definition: &Definition, source: &Source) -> Step {
    let mut specification = json!({"name": definition.format.as_str()});
    if let Some(version) = &definition.format_version {
        specification["version"] = json!(version);
    }
    let (format, content) = match source {
        Source::File { .. } => ("inline", Content::Document { specification }),
        Source::Url(url) => {
            let body = json!({"format": "link", "specification": specification, "value": url});
            ("link", Content::Body(body))
        }
    };
    Step {
        label: format!("specification ({format})"),
        method: StepMethod::Post,
        id: id.clone(),
        path: format!("{id}/importSpecification"),
        api_version: CENTER_DEFINITION.api_version,
        content,
        initial_members: Vec::new(),
    }
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
