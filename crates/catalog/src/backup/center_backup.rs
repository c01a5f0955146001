//! Reads a center into a backup: the collections, then the APIs, many at the same time.

use std::cell::Cell;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::stream::{self, Stream, StreamExt as _};
use tokio::sync::mpsc;

use super::api_list::ApiList;
use super::collection::{self, Collection, ListedResource};
use super::file_names::{assign_file_names, is_portable};
use super::layout::{ResourceKind, folder_of};
use super::manifest::{Manifest, Omission};
use super::resource_file::{ResourceFile, document_file_name};
use super::target::BackupTarget;
use super::writer::{BackupWriter, Part};
use crate::document;
use crate::ruleset;
use azr_arm::client::Client;
use azr_arm::large_responses::run_task;
use azr_core::error::{Error, ErrorKind, Result};
use azr_core::id::ResourceId;

/// How a backup is made.
#[derive(Debug, Clone, Copy)]
pub struct BackupOptions {
    /// How many APIs are read at the same time.
    pub concurrency: usize,
}

/// A backup of a center into a folder or an archive.
pub struct CenterBackup<'a> {
    client: &'a Client,
    center: ResourceId,
    workspace: ResourceId,
    writer: BackupWriter,
    options: BackupOptions,
}

/// An API that could not be read.
#[derive(Debug)]
pub struct FailedApi {
    /// The name.
    pub name: String,
    /// The reason.
    pub error: Error,
}

/// What a backup has read and written.
#[derive(Debug)]
pub struct BackupSummary {
    /// The manifest; None if APIs could not be read, so that the backup is not complete.
    pub manifest: Option<Manifest>,
    /// The APIs that could not be read.
    pub failed: Vec<FailedApi>,
    /// How many files were written.
    pub written: usize,
    /// How many files of an earlier backup were deleted.
    pub deleted: usize,
}

impl<'a> CenterBackup<'a> {
    /// Starts or continues a backup of a center.
    pub fn open(
        client: &'a Client,
        center: &ResourceId,
        target: &BackupTarget,
        options: BackupOptions,
    ) -> Result<Self> {
        Ok(Self {
            client,
            center: center.clone(),
            workspace: center.child("workspaces", "default"),
            writer: BackupWriter::open(target, center.as_str())?,
            options,
        })
    }

    /// Whether an interrupted backup continues.
    #[must_use]
    pub fn is_resumed(&self) -> bool {
        self.writer.is_resumed
    }

    /// Reads the center; `on_progress` receives the number of APIs read so far and that of the APIs listed so far.
    pub async fn run(self, on_progress: &dyn Fn(usize, usize)) -> Result<BackupSummary> {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let (listed, read) = (AtomicUsize::new(0), Cell::new(0));
        let on_read = || {
            read.set(read.get() + 1);
            on_progress(read.get(), listed.load(Ordering::Relaxed).max(read.get()));
        };
        let (apis, mut failed, (), (), (), ()) = futures_util::try_join!(
            run_task(self.list_apis(sender, &listed)),
            self.read_apis(stream::poll_fn(|context| receiver.poll_recv(context)), &on_read),
            run_task(self.read_files(&self.center, ResourceKind::MetadataSchema)),
            run_task(self.read_files(&self.workspace, ResourceKind::Environment)),
            run_task(self.read_files(&self.workspace, ResourceKind::ApiSource)),
            run_task(self.read_analyzers())
        )?;
        for name in &apis.invalid_names {
            let (resource, reason) = invalid_name(ResourceKind::Api, name);
            self.writer.omit(Omission { resource, reason });
        }
        // APIs that were read before another one was listed whose name differs only in case.
        for api in &apis.renamed {
            self.writer.remove_part(folder_of(&ResourceKind::Api.path("", &api.name)));
            failed.retain(|failure: &FailedApi| failure.name != api.name);
        }
        let rest = stream::iter(apis.with_other_names());
        failed.extend(self.read_apis(rest, &on_read).await?);
        if !failed.is_empty() {
            failed.sort_by(|a, b| a.name.cmp(&b.name));
            return Ok(BackupSummary { manifest: None, failed, written: 0, deleted: 0 });
        }
        let (manifest, changes) = self.writer.finish()?;
        let (written, deleted) = (changes.written, changes.deleted);
        Ok(BackupSummary { manifest: Some(manifest), failed, written, deleted })
    }

    /// Lists the APIs, and sends those whose files have their names as soon as they are listed.
    async fn list_apis(
        &self,
        sender: mpsc::UnboundedSender<(Arc<ListedResource>, String)>,
        listed: &AtomicUsize,
    ) -> Result<ApiList> {
        let mut list = ApiList::default();
        let mut add = |api: ListedResource| {
            if let Some(api) = list.add(api) {
                let path = ResourceKind::Api.path("", &api.name);
                // The receiver ends only with the backup.
                let _ = sender.send((api, path));
            }
            listed.fetch_add(1, Ordering::Relaxed);
        };
        collection::for_each(self.client, &self.workspace, ResourceKind::Api, &mut add).await?;
        Ok(list)
    }

    /// Reads APIs, many at the same time, each into a path; returns those that could not be read.
    async fn read_apis(
        &self,
        apis: impl Stream<Item = (Arc<ListedResource>, String)>,
        on_read: &dyn Fn(),
    ) -> Result<Vec<FailedApi>> {
        let reads = apis.map(|(api, path)| async move {
            let outcome = run_task(self.read_api(&api, &path)).await;
            (api, outcome)
        });
        let mut reads = pin!(reads.buffer_unordered(self.options.concurrency.max(1)));
        let mut failed = Vec::new();
        while let Some((api, outcome)) = reads.next().await {
            on_read();
            if let Err(error) = outcome {
                if !is_of_one_api(&error) {
                    return Err(error);
                }
                failed.push(FailedApi { name: api.name.clone(), error });
            }
        }
        Ok(failed)
    }

    /// Reads a collection; one that is not available in this cloud or region is left out.
    async fn read_available(
        &self,
        part: &Part,
        parent: &ResourceId,
        kind: ResourceKind,
    ) -> Result<Collection> {
        match collection::read(self.client, parent, kind).await {
            Err(error) if collection::is_unavailable(&error, kind) => {
                part.omit(format!("every {}", kind.label()), error.described());
                Ok(Collection::default())
            }
            outcome => outcome,
        }
    }

    /// Reads a collection whose resources are one file each.
    async fn read_files(&self, parent: &ResourceId, kind: ResourceKind) -> Result<()> {
        let part = Part::new(&format!("{}/", kind.folder()));
        let collection = self.read_available(&part, parent, kind).await?;
        self.write_files(&part, "", kind, &collection, &self.center)?;
        self.writer.complete(part)
    }

    /// Writes the files of a collection; `owner` is the resource that has it, for messages.
    fn write_files(
        &self,
        part: &Part,
        parent: &str,
        kind: ResourceKind,
        collection: &Collection,
        owner: &ResourceId,
    ) -> Result<()> {
        omit_invalid_names(part, kind, collection, owner);
        for (resource, path) in with_paths(parent, kind, collection) {
            let mut file = ResourceFile::new(&resource.name, &resource.properties());
            if collection.resources.len() == 1 {
                file.remove_default_flag();
            }
            if kind == ResourceKind::ApiSource {
                let mut secrets = file.remove_secrets();
                secrets.sort_unstable();
                if !secrets.is_empty() {
                    let name = format!("{} {}", kind.label(), resource.name);
                    part.omit(name, format!("a backup never has credentials: {}", secrets.join(", ")));
                }
            }
            self.writer.write(part, &path, &file.to_bytes()?)?;
        }
        Ok(())
    }

    /// Reads the configurations of API analysis with their rulesets.
    async fn read_analyzers(&self) -> Result<()> {
        let kind = ResourceKind::Analyzer;
        let part = Part::new(&format!("{}/", kind.folder()));
        let collection = self.read_available(&part, &self.workspace, kind).await?;
        omit_invalid_names(&part, kind, &collection, &self.center);
        for (analyzer, path) in with_paths("", kind, &collection) {
            let id = self.workspace.child("analyzerConfigs", &analyzer.name);
            let members = ruleset::read_in_center(self.client, &id).await?;
            let mut file = ResourceFile::new(&analyzer.name, &analyzer.properties());
            let members = members.filter(|members| !members.is_empty());
            let folder = folder_of(&path);
            if let Some(members) = members {
                let are_portable = members.iter().all(|member| member.name.split('/').all(is_portable));
                if are_portable {
                    file.ruleset = Some("ruleset".to_owned());
                    for member in &members {
                        let name = format!("{folder}ruleset/{}", member.name);
                        self.writer.write(&part, &name, &member.content)?;
                    }
                } else {
                    file.ruleset = Some("ruleset.zip".to_owned());
                    let archive = ruleset::pack(&members)?;
                    self.writer.write(&part, &format!("{folder}ruleset.zip"), &archive)?;
                }
            }
            self.writer.write(&part, &path, &file.to_bytes()?)?;
        }
        self.writer.complete(part)
    }

    /// Reads an API with everything below it, one request after the other, so that one document at a time is in memory.
    async fn read_api(&self, api: &ListedResource, path: &str) -> Result<()> {
        let folder = folder_of(path);
        if self.writer.resume(folder) {
            return Ok(());
        }
        let part = Part::new(folder);
        let id = self.workspace.child("apis", &api.name);
        let file = ResourceFile::new(&api.name, &api.properties());
        self.writer.write(&part, path, &file.to_bytes()?)?;
        match self.read_api_children(&part, &id, folder).await {
            Err(error) if error.is_not_found() => {
                if collection::exists(self.client, &id, ResourceKind::Api).await? {
                    return Err(error);
                }
                self.writer.discard(&part);
                let part = Part::new(folder);
                part.omit(format!("API {}", api.name), "it was deleted during the backup".to_owned());
                self.writer.complete(part)
            }
            Err(error) => Err(error),
            Ok(()) => self.writer.complete(part),
        }
    }

    async fn read_api_children(&self, part: &Part, api: &ResourceId, folder: &str) -> Result<()> {
        let deployments = collection::read(self.client, api, ResourceKind::Deployment).await?;
        self.write_files(part, folder, ResourceKind::Deployment, &deployments, api)?;
        drop(deployments);
        let versions = collection::read(self.client, api, ResourceKind::Version).await?;
        omit_invalid_names(part, ResourceKind::Version, &versions, api);
        for (version, path) in with_paths(folder, ResourceKind::Version, &versions) {
            self.read_version(part, api, version, path, versions.resources.len() == 1).await?;
        }
        Ok(())
    }

    async fn read_version(
        &self,
        part: &Part,
        api: &ResourceId,
        version: &ListedResource,
        path: String,
        is_only: bool,
    ) -> Result<()> {
        let id = api.child("versions", &version.name);
        let definitions = match collection::read(self.client, &id, ResourceKind::Definition).await {
            Ok(definitions) => definitions,
            Err(error) if error.is_not_found() => {
                if collection::exists(self.client, &id, ResourceKind::Version).await? {
                    return Err(error);
                }
                part.omit(
                    format!("version {} of API {}", version.name, api.name()),
                    "it was deleted during the backup".to_owned(),
                );
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let mut file = ResourceFile::new(&version.name, &version.properties());
        if is_only {
            file.remove_default_flag();
        }
        self.writer.write(part, &path, &file.to_bytes()?)?;
        omit_invalid_names(part, ResourceKind::Definition, &definitions, &id);
        for (definition, path) in with_paths(folder_of(&path), ResourceKind::Definition, &definitions) {
            self.read_definition(part, &id, definition, path).await?;
        }
        Ok(())
    }

    async fn read_definition(
        &self,
        part: &Part,
        version: &ResourceId,
        definition: &ListedResource,
        path: String,
    ) -> Result<()> {
        let id = version.child("definitions", &definition.name);
        let document = document::read_in_center(self.client, &id).await?;
        if document.is_none() && !collection::exists(self.client, &id, ResourceKind::Definition).await? {
            let api = version.parent();
            part.omit(
                format!(
                    "definition {} of version {} of API {}",
                    definition.name,
                    version.name(),
                    api.as_ref().map_or("", ResourceId::name)
                ),
                "it was deleted during the backup".to_owned(),
            );
            return Ok(());
        }
        let mut file = ResourceFile::new(&definition.name, &definition.properties());
        if let Some(document) = document {
            let name = document_file_name(&document, &file.properties["specification"]);
            self.writer.write(part, &format!("{}{name}", folder_of(&path)), &document)?;
            file.document = Some(name);
        }
        self.writer.write(part, &path, &file.to_bytes()?)
    }
}

/// The resources of a collection with the paths of their files.
fn with_paths<'c>(
    parent: &str,
    kind: ResourceKind,
    collection: &'c Collection,
) -> impl Iterator<Item = (&'c ListedResource, String)> + use<'c> {
    let names: Vec<&str> = collection.resources.iter().map(|resource| resource.name.as_str()).collect();
    let files = assign_file_names(&names).into_iter();
    let parent = parent.to_owned();
    collection.resources.iter().zip(files.map(move |file| kind.path(&parent, &file)))
}

fn omit_invalid_names(part: &Part, kind: ResourceKind, collection: &Collection, owner: &ResourceId) {
    for name in &collection.invalid_names {
        let (resource, reason) = invalid_name(kind, name);
        part.omit(format!("{resource} of {}", owner.name()), reason);
    }
}

/// What is said about a resource whose name cannot be that of a resource.
fn invalid_name(kind: ResourceKind, name: &str) -> (String, String) {
    let resource = format!("{} '{}'", kind.label(), name.escape_default());
    (resource, "the service returned a name that is not valid".to_owned())
}

/// Whether an error concerns one API, so that the others can be read.
fn is_of_one_api(error: &Error) -> bool {
    error.service_error().is_some_and(|error| error.status != 401)
        || matches!(error.kind(), ErrorKind::InvalidResponse | ErrorKind::LimitExceeded)
}
