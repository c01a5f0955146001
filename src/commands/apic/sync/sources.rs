//! The sources of a file, with the ids and options that they stand for.

use std::collections::BTreeSet;
use std::path::Path;

use crate::commands::apic::apim_service::ServiceName;
use crate::commands::apic::register::options::RegisterOptions;
use crate::commands::apic::service_workspaces;
use crate::session::Session;
use azr_catalog::api_type::API_KINDS;
use azr_catalog::bulk_import::ImportOptions;
use azr_catalog::deleted_workspace::read_imported_workspaces;
use azr_catalog::import_source::ImportSource;
use azr_catalog::registration::RegistrationOptions;
use azr_catalog::report::ApiResult;
use azr_catalog::sync_file::{FolderSource, ServiceSource, SyncFile, SyncSource};
use azr_catalog::writer::ExecutionOptions;
use azr_core::error::{Error, Result};
use azr_core::files;
use azr_core::glob::is_glob;
use azr_core::id::ResourceId;
use azr_core::resource::APIM_SERVICE;
use azr_output::message;

/// The largest file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 4 << 20;

/// A source of a run.
pub(crate) struct RunSource {
    /// The name for messages and reports.
    pub label: String,
    /// What is imported.
    pub work: SourceWork,
}

impl RunSource {
    /// A service or one of its workspaces as a source.
    pub(crate) fn service(work: ServiceWork) -> Self {
        Self { label: work.import.source.to_string(), work: SourceWork::Service(Box::new(work)) }
    }

    /// A result with the name of the source.
    pub(super) fn with_origin(&self, result: ApiResult) -> ApiResult {
        ApiResult { origin: Some(self.label.clone()), ..result }
    }
}

/// What is imported from a source.
pub(crate) enum SourceWork {
    /// APIs of API Management.
    Service(Box<ServiceWork>),
    /// Definitions in a folder.
    Folder(Box<FolderWork>),
}

/// An import from API Management.
pub(crate) struct ServiceWork {
    /// What to import, and how.
    pub import: ImportOptions,
    /// The tenant of the service; None for the tenant of its subscription.
    pub tenant: Option<String>,
    /// Whether to import although the center synchronizes the service by an integration.
    pub beside_link: bool,
}

/// The registration of the definitions in a folder.
pub(crate) struct FolderWork {
    /// What to register, and how.
    pub options: RegisterOptions,
    /// The folder as the file describes it.
    pub source: FolderSource,
}

/// Reads the file.
pub(super) fn read_file(path: &Path) -> Result<SyncFile> {
    let mut file = std::fs::File::open(path).map_err(|e| Error::read(path, e))?;
    let bytes = files::read_limited(&mut file, MAX_FILE_BYTES).map_err(|e| Error::read(path, e))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Error::invalid(format!("--file: {} is not UTF-8", path.display())))?;
    SyncFile::parse(text.strip_prefix('\u{feff}').unwrap_or(&text), path)
}

/// Resolves the sources of a file.
pub(crate) fn resolve(
    session: &Session,
    file: SyncFile,
    center: &ResourceId,
    execution: ExecutionOptions,
) -> Result<Vec<RunSource>> {
    let mut sources: Vec<RunSource> = Vec::with_capacity(file.sources.len());
    for source in file.sources {
        let source = match source {
            SyncSource::Service(service) => resolve_service(session, *service, center, execution)?,
            SyncSource::Folder(folder) => resolve_folder(*folder, center),
        };
        warn_about_kinds(&source);
        add_source(&mut sources, source);
    }
    Ok(sources)
}

/// Warns about kinds of APIs that azr does not know, which API Center may refuse.
fn warn_about_kinds(source: &RunSource) {
    let SourceWork::Service(work) = &source.work else { return };
    for (pattern, kind) in &work.import.plan.kinds {
        if !API_KINDS.contains(&&**kind) {
            let known = API_KINDS.join(", ");
            message::warn(&format!(
                "'kinds' of {}: azr does not know the kind '{kind}' of '{pattern}'; the known ones are {known}.",
                source.label
            ));
        }
    }
}

/// Adds a source; if another one has its label, the label gets the environment or a number.
fn add_source(sources: &mut Vec<RunSource>, mut source: RunSource) {
    let label = source.label.clone();
    let is_used = |label: &str| sources.iter().any(|other| other.label == label);
    if is_used(&label)
        && let SourceWork::Service(work) = &source.work
        && let Some(environment) = &work.import.plan.environment.id
    {
        source.label = format!("{label} ({environment})");
    }
    let mut number = 1;
    while is_used(&source.label) {
        number += 1;
        source.label = format!("{label} ({number})");
    }
    sources.push(source);
}

/// Replaces each source whose workspace is a pattern by a source for each workspace that matches.
pub(super) async fn expand_workspaces(
    session: &Session,
    center: &ResourceId,
    sources: Vec<RunSource>,
) -> Result<Vec<RunSource>> {
    let mut expanded = Vec::with_capacity(sources.len());
    for source in sources {
        let SourceWork::Service(work) = &source.work else {
            expanded.push(source);
            continue;
        };
        let Some(pattern) = work.import.source.workspace_name().filter(|name| is_glob(name)) else {
            add_source(&mut expanded, source);
            continue;
        };
        let service = work.import.source.service_id();
        let other = session.client_for_subscription(service.subscription(), work.tenant.as_deref())?;
        let client = other.as_ref().map_or_else(|| session.client(), Ok)?;
        let patterns = [pattern.to_owned()];
        let imported = if work.import.max_deletions.is_some() {
            read_imported_workspaces(session.client()?, center, &work.import.source).await?
        } else {
            BTreeSet::new()
        };
        let workspaces = service_workspaces::list_matching(client, service, &patterns, &imported, "--file");
        for workspace in workspaces.await? {
            let work = ServiceWork {
                import: ImportOptions { source: workspace, ..work.import.clone() },
                tenant: work.tenant.clone(),
                beside_link: work.beside_link,
            };
            add_source(&mut expanded, RunSource::service(work));
        }
    }
    Ok(expanded)
}

fn resolve_service(
    session: &Session,
    source: ServiceSource,
    center: &ResourceId,
    execution: ExecutionOptions,
) -> Result<RunSource> {
    let service = if source.apim.contains('/') {
        let id: ResourceId = source.apim.parse()?;
        if !APIM_SERVICE.matches(&id) {
            return Err(Error::invalid(format!(
                "--file: '{id}' is not the resource id of an API Management service"
            )));
        }
        id
    } else {
        let name = ServiceName {
            name: &source.apim,
            subscription: source.subscription.as_deref(),
            resource_group: source.resource_group.as_deref(),
        };
        name.resource_id(session, center.subscription().unwrap_or_default(), center.group())?
    };
    let service = ImportSource::service(service);
    let import_source = match &source.workspace {
        Some(workspace) => service.in_workspace(workspace),
        None => service,
    };
    let import = ImportOptions {
        source: import_source,
        patterns: if source.apis.is_empty() { vec!["*".to_owned()] } else { source.apis },
        tags: source.tags,
        products: source.products,
        revisions: source.revisions,
        shard: None,
        plan: source.plan,
        // The limit is for all sources together.
        max_deletions: source.prune.then_some(usize::MAX),
        execution,
    };
    Ok(RunSource::service(ServiceWork { import, tenant: source.tenant, beside_link: source.beside_link }))
}

fn resolve_folder(source: FolderSource, center: &ResourceId) -> RunSource {
    let mut locations = vec![source.folder.to_string_lossy().into_owned()];
    locations.extend(source.exclude.iter().map(|pattern| format!("!{pattern}")));
    let registration = RegistrationOptions {
        lifecycle_stage: source.lifecycle_stage.clone(),
        custom_properties: source.custom_properties.clone(),
        environment_id: source.environment.clone(),
        is_one_of_several: true,
        ..RegistrationOptions::default()
    };
    let options = RegisterOptions::for_folder(center, locations, source.recursive, registration);
    RunSource {
        label: files::display_path(&source.folder),
        work: SourceWork::Folder(Box::new(FolderWork { options, source })),
    }
}
