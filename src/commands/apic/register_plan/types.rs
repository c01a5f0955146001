//! The options of a registration, and the steps it consists of.

use serde_json::{Value, json};

use azr_core::id::ResourceId;
use azr_definitions::ApiKind;

/// Names and texts that replace those of the document.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlanOptions {
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
    /// `--environment-id`: the name or id of an environment of the center.
    pub environment_id: Option<String>,
    /// Whether several definitions are registered, so that `--title` cannot be given.
    pub is_one_of_several: bool,
}

/// The source of the document, which decides how it is imported.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// A file, whose text is sent.
    File {
        /// The name of the file.
        name: String,
    },
    /// A URL, which the service reads itself, as with az, whatever its size.
    Url(String),
}

/// The steps of a registration.
#[derive(Debug, Clone)]
pub(crate) struct RegisterPlan {
    /// The API to create or update.
    pub api: ResourceId,
    /// The version.
    pub version: ResourceId,
    /// The definition.
    pub definition: ResourceId,
    /// The title of the API.
    pub title: String,
    /// The kind of the API.
    pub kind: ApiKind,
    /// The title of the version.
    pub version_title: String,
    /// The steps, each after those it depends on.
    pub steps: Vec<Step>,
    /// What was shortened or left out, one sentence each.
    pub notes: Vec<String>,
}

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// The resource for messages: `version 1-0-0`.
    pub label: String,
    /// The method of the request.
    pub method: StepMethod,
    /// The resource it writes or acts on.
    pub id: ResourceId,
    /// The path of the request: the id of the resource, for the import with the action.
    pub path: String,
    /// The value of `api-version`.
    pub api_version: &'static str,
    /// What is sent.
    pub content: Content,
    /// Members that are set only on a new resource, because the document does not specify them.
    pub initial_members: Vec<&'static str>,
}

/// The method of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepMethod {
    /// Creates or replaces a resource.
    Put,
    /// Imports a document; the operation may be long-running.
    Post,
}

/// The content of a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    /// The body.
    Body(Value),
    /// The document, which may have megabytes and is in memory only while it is sent.
    Document {
        /// The format and its version: `specification` of the body.
        specification: Value,
    },
}

impl Step {
    pub(super) fn put(label: String, id: ResourceId, api_version: &'static str, body: Value) -> Self {
        let path = id.as_str().to_owned();
        let content = Content::Body(body);
        Self { label, method: StepMethod::Put, path, id, api_version, content, initial_members: Vec::new() }
    }

    /// The step, with a member that is set only on a new resource if the condition holds.
    pub(super) fn initially_if(mut self, condition: bool, member: &'static str) -> Self {
        if condition {
            self.initial_members.push(member);
        }
        self
    }

    /// The body of the request, for the document `text`.
    #[must_use]
    pub(crate) fn body(&self, text: &str) -> Value {
        match &self.content {
            Content::Body(body) => body.clone(),
            Content::Document { specification } => {
                json!({"format": "inline", "specification": specification, "value": text})
            }
        }
    }
}
