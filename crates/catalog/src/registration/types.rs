//! The options of a registration, and how it describes a definition.

use serde_json::{Map, Value};

use crate::desired::DesiredResource;
use azr_core::id::ResourceId;
use azr_definitions::Server;

/// Names and values that replace those of the document.
#[derive(Debug, Clone, Default)]
pub struct RegistrationOptions {
    /// `--api-id`.
    pub api_id: Option<String>,
    /// `--version-id`.
    pub version_id: Option<String>,
    /// The title of the version, if `version_id` comes from elsewhere than the options.
    pub version_title: Option<String>,
    /// `--definition-id`.
    pub definition_id: Option<String>,
    /// `--lifecycle-stage`.
    pub lifecycle_stage: Option<String>,
    /// `--title`.
    pub title: Option<String>,
    /// `--summary`.
    pub summary: Option<String>,
    /// `--kind`.
    pub kind: Option<String>,
    /// `--custom-properties`.
    pub custom_properties: Map<String, Value>,
    /// `--environment-id`: the name or id of an environment of the center.
    pub environment_id: Option<String>,
    /// Whether several definitions are registered, so that `--title` cannot be given.
    pub is_one_of_several: bool,
}

/// The source of a document, which decides how it is imported.
#[derive(Debug, Clone)]
pub enum DefinitionSource {
    /// A file, whose text is sent.
    File {
        /// The name of the file.
        name: String,
    },
    /// A URL, which the service reads itself, as with az, whatever its size.
    Url(String),
}

/// A version of an API, as a definition describes it.
#[derive(Debug, Clone)]
pub struct DesiredVersion {
    /// The name of the file or URL, for messages.
    pub name: String,
    /// The index of the definition.
    pub index: usize,
    /// The API, as this version describes it.
    pub api: DesiredResource,
    /// The version.
    pub version: DesiredResource,
    /// The definition.
    pub definition: DesiredResource,
    /// The format of the document and its version.
    pub specification: Value,
    /// The URL from which the service reads the document; None if its text is sent.
    pub link: Option<String>,
    /// The SHA-256 of the document, in hexadecimal digits.
    pub digest: String,
    /// The servers that become deployments, and their environment.
    pub servers: Vec<Server>,
    /// The environment of the servers, in the form in which a deployment refers to it.
    pub environment: Option<String>,
    /// The title of the API.
    pub title: String,
    /// The kind of the API.
    pub kind: String,
    /// The title of the version.
    pub version_title: String,
    /// What was shortened or left out, one sentence each.
    pub notes: Vec<String>,
}

impl DesiredVersion {
    /// The id of the API.
    #[must_use]
    pub fn api_id(&self) -> &ResourceId {
        &self.api.id
    }

    /// The name of the version.
    #[must_use]
    pub fn version_name(&self) -> &str {
        self.version.id.name()
    }
}

/// An API of the center with its versions, as definitions describe it.
#[derive(Debug, Clone)]
pub struct DesiredApi {
    /// The versions before the highest, in ascending order.
    pub earlier: Vec<DesiredVersion>,
    /// The highest version, which describes the API.
    pub highest: DesiredVersion,
}

impl DesiredApi {
    /// The versions in ascending order.
    #[must_use]
    pub fn versions(&self) -> impl DoubleEndedIterator<Item = &DesiredVersion> {
        self.earlier.iter().chain([&self.highest])
    }

    /// The index of the first of its definitions.
    #[must_use]
    pub fn index(&self) -> usize {
        self.versions().map(|version| version.index).min().unwrap_or(self.highest.index)
    }

    /// The name of the API in lower case; the center compares names case-insensitively.
    #[must_use]
    pub fn key(&self) -> String {
        self.highest.api_id().name().to_ascii_lowercase()
    }
}
