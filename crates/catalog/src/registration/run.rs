//! Compares the APIs of a registration with the center, and writes what differs.

use std::collections::HashMap;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::{Map, Value};

use super::plan::{MissingMetadata, plan_api};
use super::types::{DesiredApi, DesiredVersion};
use crate::approved_steps::changed_error;
use crate::desired::Change;
use crate::document::{self, Document};
use crate::inventory;
use crate::journal::Journal;
use crate::metadata_value::check_custom_properties;
use crate::plan::{DocumentSource, ExistingDocument, PlannedApi};
use crate::report::{ApiResult, Status};
use crate::snapshot::{CenterApi, MetadataSchema};
use crate::writer::{self, ExecutionOptions, WriteOutcome, WriteTask, Writer};
use azr_arm::client::Client;
use azr_arm::large_responses::run_task;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::{APIC, CENTER_API, CENTER_ENVIRONMENT, CENTER_METADATA, ResourceType};

/// How many APIs are read at the same time.
const CONCURRENT_READS: usize = 8;

/// The texts of the definitions, which are read when they are needed.
pub trait DefinitionTexts {
    /// Reads the text of the definition with this index.
    fn read_text(&self, index: usize) -> Result<String>;
}

/// APIs to register in a center.
pub struct Registration<'a> {
    /// The client of the center.
    pub client: &'a Client,
    /// The workspace of the center.
    pub workspace: ResourceId,
    /// The APIs.
    pub apis: Vec<DesiredApi>,
    /// `--custom-properties`.
    pub custom_properties: Map<String, Value>,
    /// The texts of the definitions.
    pub texts: &'a dyn DefinitionTexts,
}

/// A registration that has been compared with the center.
pub struct PlannedRegistration<'a> {
    registration: Registration<'a>,
    schemas: Vec<MetadataSchema>,
    /// The plans of the APIs.
    pub plans: Vec<PlannedApi>,
}

impl<'a> Registration<'a> {
    /// Reads the center and plans all APIs.
    ///
    /// Fails if the center does not have the environment, or requires metadata that is missing, so that nothing is
    /// registered in part.
    pub async fn plan(self) -> Result<PlannedRegistration<'a>> {
        let (schemas, existing, ()) = futures_util::try_join!(
            self.read_metadata_schemas(),
            self.read_apis(),
            self.check_environments()
        )?;
        let plans = self.apis.iter().map(|api| {
            let (registration, schemas) = (&self, &schemas);
            let existing = existing.get(&api.key());
            async move { registration.plan_api(api, existing, schemas).await }
        });
        let plans =
            stream::iter(plans.map(run_task)).buffered(CONCURRENT_READS).try_collect::<Vec<_>>().await?;
        Ok(PlannedRegistration { registration: self, schemas, plans })
    }

    fn center(&self) -> ResourceId {
        self.workspace.parent().unwrap_or_else(|| self.workspace.clone())
    }

    /// Reads the metadata schemas; fails if the user sets metadata that does not exist, or a value that is not valid.
    async fn read_metadata_schemas(&self) -> Result<Vec<MetadataSchema>> {
        let center = self.center();
        let target = Target::new(format!("{center}/metadataSchemas"), CENTER_METADATA.api_version);
        let items = pager::list(self.client, &target, None, None).await?.items;
        let schemas: Vec<MetadataSchema> = items.iter().filter_map(MetadataSchema::read).collect();
        check_custom_properties(&self.custom_properties, &schemas, center.name())?;
        Ok(schemas)
    }

    /// Reads the properties of the APIs that exist, by name in lower case.
    async fn read_apis(&self) -> Result<HashMap<String, Value>> {
        if let [api] = &self.apis[..] {
            let existing = self.read_properties(&CENTER_API, api.highest.api_id()).await?;
            return Ok(existing.map(|properties| (api.key(), properties)).into_iter().collect());
        }
        let target = Target::new(format!("{}/apis", self.workspace), CENTER_API.api_version);
        let listed = pager::list(self.client, &target, None, None).await?.items;
        let named =
            |mut api: Value| Some((api["name"].as_str()?.to_ascii_lowercase(), api["properties"].take()));
        Ok(listed.into_iter().filter_map(named).collect())
    }

    async fn read_properties(&self, resource_type: &ResourceType, id: &ResourceId) -> Result<Option<Value>> {
        let resource = writer::read_resource(self.client, resource_type, id).await?;
        Ok(resource.map(|resource| resource.properties))
    }

    /// Fails if the environment of the deployments does not exist.
    async fn check_environments(&self) -> Result<()> {
        let mut versions = self.apis.iter().flat_map(DesiredApi::versions);
        let Some(environment) = versions.find_map(|version| version.environment.as_deref()) else {
            return Ok(());
        };
        let name = environment.rsplit('/').next().unwrap_or(environment);
        let id = self.workspace.child("environments", name);
        if self.read_properties(&CENTER_ENVIRONMENT, &id).await?.is_some() {
            return Ok(());
        }
        // Whoever may not read the workspace cannot know what it contains.
        let workspace = Target::new(self.workspace.as_str(), APIC);
        match self.client.send(azr_arm::Method::GET, &workspace, None).await {
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Err(Error::no_match(format!(
                "--environment-id: {} does not have an environment '{name}'",
                self.center().name()
            ))
            .with_hint("azr apic environment list lists the environments; nothing was registered.")),
        }
    }

    /// Reads what is below an API, and plans it.
    async fn plan_api(
        &self,
        api: &DesiredApi,
        existing: Option<&Value>,
        schemas: &[MetadataSchema],
    ) -> Result<PlannedApi> {
        let is_registered =
            |name: &str| api.versions().any(|version| version.version_name().eq_ignore_ascii_case(name));
        let id = api.highest.api_id();
        // An API that was deleted since it was listed is created again.
        let (existing, children) =
            inventory::read_listed_api(self.client, id, existing, is_registered).await?;
        plan_api(api, existing, &children, schemas, &self.custom_properties).map_err(|missing| {
            let MissingMetadata { name, entity } = missing;
            Error::invalid(format!(
                "{}: {} requires the metadata '{name}' of every {entity}",
                api.highest.name,
                self.center().name()
            ))
            .with_hint(format!("Set it with --custom-properties {name}=…; nothing was registered."))
        })
    }
}

impl PlannedRegistration<'_> {
    /// The APIs, in the order of the plans.
    #[must_use]
    pub fn apis(&self) -> &[DesiredApi] {
        &self.registration.apis
    }

    /// Compares the documents with those in the center, for a dry run.
    pub async fn compare_documents(&mut self) -> Result<()> {
        let client = self.registration.client;
        for (api, plan) in self.registration.apis.iter().zip(&mut self.plans) {
            for (version, planned) in api.versions().zip(&mut plan.versions) {
                for step in &mut planned.documents {
                    if step.existing != ExistingDocument::Unknown {
                        continue;
                    }
                    let existing = document::digest_in_center(client, step.definition.id()).await?;
                    if existing.as_ref() != Some(&version.digest) {
                        step.definition.change = step.definition.change.or(Change::Update);
                        step.document_change = existing.map_or(Change::Create, |_| Change::Update);
                    }
                }
            }
        }
        Ok(())
    }

    /// The results if no API is registered, each with the index of its first definition.
    pub fn skipped_results(&self, reason: &str) -> impl Iterator<Item = (usize, ApiResult)> {
        self.registration.apis.iter().zip(&self.plans).map(move |(api, plan)| {
            let mut result = ApiResult::from(plan);
            result.finish(Status::Skipped, Some(reason.to_owned()));
            (api.index(), result)
        })
    }

    /// Registers the APIs; `on_outcome` receives each outcome with the index of its API.
    pub async fn execute(
        &self,
        journal: Option<&Journal>,
        options: ExecutionOptions,
        on_outcome: &mut dyn FnMut(usize, WriteOutcome),
    ) -> Result<()> {
        let tasks = (0..self.plans.len()).map(|index| RegistrationTask { planned: self, index });
        let writer = Writer::new(self.registration.client, journal);
        let mut on_outcome = |index, outcome: Option<WriteOutcome>| {
            if let Some(outcome) = outcome {
                on_outcome(index, outcome);
            }
            Ok(())
        };
        writer.write_all(tasks, options, &mut on_outcome).await
    }
}

/// One API of a registration.
struct RegistrationTask<'p> {
    planned: &'p PlannedRegistration<'p>,
    index: usize,
}

impl RegistrationTask<'_> {
    fn api(&self) -> &DesiredApi {
        &self.planned.registration.apis[self.index]
    }

    fn version(&self, index: usize) -> Result<&DesiredVersion> {
        let mut versions = self.api().versions();
        versions
            .nth(index)
            .ok_or_else(|| Error::unexpected(format!("{} has no version {index}", self.api().key())))
    }
}

impl WriteTask for RegistrationTask<'_> {
    async fn plan(&self, attempt: usize) -> Result<Option<PlannedApi>> {
        if attempt == 0 {
            return Ok(Some(self.planned.plans[self.index].clone()));
        }
        if self.planned.plans[self.index].api.is_exact {
            return Err(changed_error("somebody is changing it"));
        }
        let PlannedRegistration { registration, schemas, .. } = self.planned;
        let id = self.api().highest.api_id();
        let existing = registration.read_properties(&CENTER_API, id).await?;
        registration.plan_api(self.api(), existing.as_ref(), schemas).await.map(Some)
    }

    async fn read_document(&self, source: &DocumentSource) -> Result<Document> {
        let DocumentSource::Definition(index) = source else {
            return Err(Error::unexpected("the document is not a definition"));
        };
        let version = self.version(*index)?;
        if let Some(url) = &version.link {
            return Ok(Document::link(url, version.digest.clone(), &version.specification));
        }
        let text = self.planned.registration.texts.read_text(version.index)?;
        Ok(Document::inline(&text, &version.specification))
    }

    fn is_own(&self, _: &CenterApi) -> bool {
        // A registration has no provenance to compare.
        true
    }

    fn unplanned_result(&self, status: Status, reason: String) -> ApiResult {
        let mut result = ApiResult::from(&self.planned.plans[self.index]);
        result.finish(status, Some(reason));
        result
    }
}
