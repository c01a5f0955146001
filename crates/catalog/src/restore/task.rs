//! The task of restoring, or deleting, one API.

use std::cell::OnceCell;
use std::collections::HashMap;

use serde_json::Value;

use super::api_files::ApiFiles;
use super::api_plan;
use super::context::Restore;
use super::prune;
use crate::backup::ResourceFile;
use crate::deletion_guard::ApprovedDeletions;
use crate::document::{Document, INLINE_LIMIT};
use crate::inventory;
use crate::plan::{DocumentSource, PlannedApi};
use crate::report::{ApiResult, Status};
use crate::snapshot::{ApiChildren, CenterApi};
use crate::writer::WriteTask;
use azr_core::error::{Error, Result};

/// An API to restore, or to delete because the backup does not have it.
#[derive(Debug)]
pub(super) enum TaskSource {
    /// An API of the backup.
    Api {
        /// The path of its file.
        path: String,
        /// Its name.
        name: String,
    },
    /// An API of the center only.
    Orphan {
        /// Its name.
        name: String,
    },
}

impl TaskSource {
    /// The name of the API.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Api { name, .. } | Self::Orphan { name } => name,
        }
    }

    /// The result of an API that has not been planned.
    pub(super) fn unplanned_result(&self, status: Status, reason: String) -> ApiResult {
        ApiResult { name: self.name().to_owned(), status, reason: Some(reason), ..ApiResult::default() }
    }
}

/// What the tasks share.
pub(super) struct TaskContext<'a> {
    pub(super) restore: Restore<'a>,
    /// The APIs of the center by name in lower case.
    pub(super) apis: HashMap<String, CenterApi>,
    /// What may be deleted below APIs, once that has been reviewed.
    pub(super) approved: Option<ApprovedDeletions>,
}

/// The task of one API.
pub(super) struct RestoreTask<'r> {
    context: &'r TaskContext<'r>,
    source: &'r TaskSource,
    files: OnceCell<ApiFiles>,
}

impl<'r> RestoreTask<'r> {
    pub(super) fn new(context: &'r TaskContext<'r>, source: &'r TaskSource) -> Self {
        Self { context, source, files: OnceCell::new() }
    }

    /// The files of the API, which are read once.
    fn files(&self, path: &str) -> Result<&ApiFiles> {
        if let Some(files) = self.files.get() {
            return Ok(files);
        }
        let restore = &self.context.restore;
        let files = ApiFiles::read(restore.backup, path, &restore.options.mappings)?;
        Ok(self.files.get_or_init(|| files))
    }
}

impl RestoreTask<'_> {
    /// Plans the API; what may be deleted has not been restricted.
    async fn plan_api(&self, attempt: usize) -> Result<Option<PlannedApi>> {
        let restore = &self.context.restore;
        let id = restore.workspace.child("apis", self.source.name());
        let is_orphan = matches!(self.source, TaskSource::Orphan { .. });
        // What is deleted must not be judged by a snapshot.
        let existing = if attempt == 0 && !is_orphan {
            self.context.apis.get(&self.source.name().to_ascii_lowercase()).map(CenterApi::properties)
        } else {
            let current = inventory::read_center_api(restore.client, &id).await?;
            current.as_ref().map(CenterApi::properties)
        };
        // An API that was deleted since it was listed is created again.
        let (existing, children) =
            inventory::read_listed_api(restore.client, &id, existing, |_| true).await?;
        let TaskSource::Api { path, .. } = self.source else {
            let Some(existing) = existing else { return Ok(None) };
            let file = ResourceFile {
                name: self.source.name().to_owned(),
                properties: existing,
                document: None,
                ruleset: None,
            };
            let files = ApiFiles { api: file, versions: Vec::new(), deployments: Vec::new() };
            let existing = Some(&files.api.properties);
            let mut planned = api_plan::plan_api(&files, &id, existing, &ApiChildren::default(), false);
            planned.deletions.push(prune::plan_api(&id, &files.api.properties, &children));
            return Ok(Some(planned));
        };
        let files = self.files(path)?;
        Ok(Some(api_plan::plan_api(
            files,
            &id,
            existing.as_ref(),
            &children,
            restore.options.max_deletions.is_some(),
        )))
    }

    /// The digest of a document of the backup.
    pub(super) fn document_digest(&self, source: &DocumentSource) -> Result<String> {
        let (path, _) = self.document(source)?;
        let entry = self.context.restore.backup.files().get(path);
        Ok(entry.map(|entry| entry.sha256.clone()).unwrap_or_default())
    }

    /// The path of a document of the backup, and the properties of its definition.
    fn document(&self, source: &DocumentSource) -> Result<(&str, &Value)> {
        let missing = || Error::unexpected("the document is not in the backup");
        let (TaskSource::Api { path, .. }, DocumentSource::Definition(index)) = (self.source, source) else {
            return Err(missing());
        };
        let files = self.files(path)?.with_document().nth(*index).ok_or_else(missing)?;
        let path = files.document.as_deref().ok_or_else(missing)?;
        Ok((path, &files.definition.properties))
    }
}

impl WriteTask for RestoreTask<'_> {
    async fn plan(&self, attempt: usize) -> Result<Option<PlannedApi>> {
        let mut planned = self.plan_api(attempt).await?;
        if let (Some(planned), Some(approved)) = (&mut planned, &self.context.approved) {
            approved.restrict(planned);
        }
        Ok(planned)
    }

    async fn read_document(&self, source: &DocumentSource) -> Result<Document> {
        let restore = &self.context.restore;
        let (path, properties) = self.document(source)?;
        let specification = &properties["specification"];
        let bytes = restore.backup.read_file(path)?;
        if bytes.len() > INLINE_LIMIT {
            let url = restore.options.documents_url.as_deref().ok_or_else(|| {
                Error::limit_exceeded(format!(
                    "the document {path} is larger than 3 MB, the most that API Center accepts without a link; \
                     upload the backup and give its address with --documents-url"
                ))
            })?;
            let url = format!("{}/{path}", url.trim_end_matches('/'));
            return Ok(Document::link(&url, self.document_digest(source)?, specification));
        }
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| Error::invalid(format!("the document {path} is not valid UTF-8")))?;
        Ok(Document::inline(text, specification))
    }

    fn is_own(&self, _: &CenterApi) -> bool {
        // The backup decides about every API that has the name.
        true
    }

    fn unplanned_result(&self, status: Status, reason: String) -> ApiResult {
        self.source.unplanned_result(status, reason)
    }
}
