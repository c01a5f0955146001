//! What `azr apic api register` will do: the requests in their order, before any is sent.
//!
//! An API, a version, a definition, the document itself, and with an environment one deployment a server.
//! Every step but the import is a PUT under an id that follows from the document alone, and the import replaces
//! what is there: running the same plan again completes what a broken run left out.

mod bodies;
mod deployments;
mod limits;

use serde_json::{Value, json};

use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER_API, CENTER_DEFINITION, CENTER_VERSION};
use azr_definitions::{ApiKind, Definition, names};

/// The largest document that goes into the request: 3 MiB, az's own limit.
pub const INLINE_LIMIT: usize = 3 * 1024 * 1024;

/// az's lifecycle stage for a registered version.
const DEFAULT_STAGE: &str = "design";

/// az's version for a document that has none.
const DEFAULT_VERSION: &str = "v1";

/// What the user decides instead of the document.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `--api-id`.
    pub api_id: Option<String>,
    /// `--version-id`.
    pub version_id: Option<String>,
    /// `--definition-id`.
    pub definition_id: Option<String>,
    /// `--lifecycle-stage`.
    pub lifecycle_stage: Option<String>,
    /// `--title`.
    pub title: Option<String>,
    /// `--environment-id`: the name of an environment of the center, or its id.
    pub environment_id: Option<String>,
    /// Whether there are other definitions, so that `--title` cannot be given.
    pub among_others: bool,
}

/// Where the document comes from, which decides how it is imported.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file: its text is sent.
    File {
        /// The file's name.
        name: String,
    },
    /// A URL: the service reads it itself, as with az, whatever the size.
    Url(String),
}

/// The requests of a registration.
#[derive(Debug, Clone)]
pub struct RegisterPlan {
    /// The API that is created or updated.
    pub api: ResourceId,
    /// Its version.
    pub version: ResourceId,
    /// The version's definition.
    pub definition: ResourceId,
    /// The API's title.
    pub title: String,
    /// The API's kind.
    pub kind: ApiKind,
    /// The version's title.
    pub version_title: String,
    /// The requests, each after those it needs.
    pub steps: Vec<Step>,
    /// What was shortened or left out, one sentence each.
    pub notes: Vec<String>,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Step {
    /// What it makes, for people: `version 1-0-0`.
    pub label: String,
    /// `PUT`, or `POST` for the import, which may answer 202 and be waited for.
    pub method: &'static str,
    /// The resource it makes or acts on.
    pub id: ResourceId,
    /// The path of the request; for the import the resource's id with its action.
    pub path: String,
    /// The value of `api-version`.
    pub api_version: &'static str,
    /// What is sent.
    pub content: Content,
}

/// The content of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// All of it.
    Body(Value),
    /// The document, which is kept apart: it may be megabytes, and so is held only while it is sent.
    Document {
        /// Its format and version, as `specification` of the body.
        specification: Value,
    },
}

impl Step {
    fn put(label: String, id: ResourceId, api_version: &'static str, body: Value) -> Self {
        let path = id.as_str().to_owned();
        Self { label, method: "PUT", path, id, api_version, content: Content::Body(body) }
    }

    /// The body of the request, for the document `text`.
    #[must_use]
    pub fn body(&self, text: &str) -> Value {
        match &self.content {
            Content::Body(body) => body.clone(),
            Content::Document { specification } => {
                json!({"format": "inline", "specification": specification, "value": text})
            }
        }
    }
}

impl RegisterPlan {
    /// Gives the deployments names that tell the version, for one that is not the only version of its API.
    pub fn name_deployments_by_version(&mut self) {
        let version = self.version.name().to_owned();
        deployments::name_by_version(&mut self.steps, &version);
    }
}

/// Refuses ids and titles that the user gave and the service would refuse.
pub fn check(center_workspace: &ResourceId, options: &Options) -> Result<()> {
    chosen("--api-id", options.api_id.as_ref(), String::new)?;
    chosen("--version-id", options.version_id.as_ref(), String::new)?;
    chosen("--definition-id", options.definition_id.as_ref(), String::new)?;
    options.title.as_deref().map(limits::given_title).transpose()?;
    let environment = options.environment_id.as_deref();
    environment.map(|given| deployments::environment_id(center_workspace, given)).transpose()?;
    Ok(())
}

/// Plans the registration of `definition` in the workspace `center_workspace` of an API center.
///
/// Fails for ids and titles that the service would refuse, and for a file that is too large to be sent.
pub fn plan(
    center_workspace: &ResourceId,
    definition: &Definition,
    source: &Source,
    options: &Options,
) -> Result<RegisterPlan> {
    check_size(definition, source)?;
    let mut notes = Vec::new();
    let own_title = definition.title.clone().unwrap_or_else(|| {
        let title = stem(source);
        if options.title.is_none() {
            let mend = limits::title_mend(options.among_others);
            notes.push(format!("the document has no title: '{title}' is taken from its name{mend}"));
        }
        title
    });
    let title = match &options.title {
        Some(title) => limits::given_title(title)?,
        None => limits::title(&own_title, options.among_others, &mut notes),
    };
    let api_name = chosen("--api-id", options.api_id.as_ref(), || names::api_id(&own_title))?;
    let (version_name, version_title) = version(definition, options, &mut notes)?;
    let definition_name =
        chosen("--definition-id", options.definition_id.as_ref(), || definition.format.as_str().to_owned())?;

    let api = center_workspace.child("apis", &api_name);
    let version = api.child("versions", &version_name);
    let definition_id = version.child("definitions", &definition_name);
    let description = limits::description(definition.description.as_deref(), &mut notes);
    let stage = options.lifecycle_stage.as_deref().unwrap_or(DEFAULT_STAGE);

    let mut steps = vec![
        Step::put(
            format!("API {api_name}"),
            api.clone(),
            CENTER_API.api_version,
            bodies::api(definition, &title, &description, &mut notes),
        ),
        Step::put(
            format!("version {version_name}"),
            version.clone(),
            CENTER_VERSION.api_version,
            json!({"properties": {"title": version_title, "lifecycleStage": stage}}),
        ),
        Step::put(
            format!("definition {definition_name}"),
            definition_id.clone(),
            CENTER_DEFINITION.api_version,
            json!({"properties": {"title": limits::truncate(&definition_name, limits::TITLE), "description": description}}),
        ),
        import(&definition_id, definition, source),
    ];
    if let Some(environment) = &options.environment_id {
        let place = deployments::Place { workspace: center_workspace, api: &api, definition: &definition_id };
        steps.extend(deployments::steps(&place, environment, definition, &mut notes)?);
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
        Source::File { name } if size > INLINE_LIMIT => Err(too_large(name, size as u64)),
        _ => Ok(()),
    }
}

/// The error for a file of so many bytes, which are more than [`INLINE_LIMIT`].
pub fn too_large(name: &str, size: u64) -> Error {
    Error::limit_exceeded(format!(
        "{name} is {} KiB; API Center takes {} KiB in a request",
        size.div_ceil(1024),
        INLINE_LIMIT / 1024
    ))
    .with_hint(
        "Put the file where the service can read it without signing in, and register its URL: --api-location https://…",
    )
}

fn version(definition: &Definition, options: &Options, notes: &mut Vec<String>) -> Result<(String, String)> {
    let own = definition.version.as_deref().unwrap_or_else(|| {
        if options.version_id.is_none() {
            notes.push(format!(
                "the document has no version: '{DEFAULT_VERSION}' is used (--version-id sets another)"
            ));
        }
        DEFAULT_VERSION
    });
    let id = chosen("--version-id", options.version_id.as_ref(), || names::version_id(own))?;
    // az shows the id as the title; where the id had to differ from the version, the title says the version.
    let plain = options.version_id.is_some() || names::is_plain_version(own);
    let title = limits::truncate(if plain { &id } else { own }, limits::TITLE).to_owned();
    Ok((id, title))
}

fn import(id: &ResourceId, definition: &Definition, source: &Source) -> Step {
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
        method: "POST",
        id: id.clone(),
        path: format!("{id}/importSpecification"),
        api_version: CENTER_DEFINITION.api_version,
        content,
    }
}

/// The user's id where there is one, else the one that follows from the document.
///
/// Length is left to the service, as az does; a character that no id has would change the path of the request.
fn chosen(option: &str, given: Option<&String>, derived: impl FnOnce() -> String) -> Result<String> {
    let Some(id) = given else { return Ok(derived()) };
    if id.is_empty() || !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Err(Error::invalid(format!("{option} '{id}' is not an id"))
            .with_hint("An id has 3 to 90 letters, digits and hyphens."));
    }
    Ok(id.clone())
}

/// The last part of the file's name or the URL's path, without its ending.
fn stem(source: &Source) -> String {
    let name = match source {
        Source::File { name } => name.rsplit(['/', '\\']).next(),
        Source::Url(url) => {
            url.split(['?', '#']).next().and_then(|u| u.trim_end_matches('/').rsplit('/').next())
        }
    };
    let name = name.unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem).trim();
    if stem.is_empty() { "API".to_owned() } else { stem.to_owned() }
}

#[cfg(test)]
mod tests;
