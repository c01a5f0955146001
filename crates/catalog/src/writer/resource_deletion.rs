//! Deletes resources that people have not edited.

use std::collections::BTreeSet;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::Value;

use super::effect::{repeat_until, without_effect};
use super::resource_writer::{
    ResourceWriter, WRITE_ATTEMPTS, WriteError, is_precondition_failed, read_resource,
};
use crate::document;
use crate::inventory;
use crate::plan::{DeletedResource, Deletion};
use azr_arm::Method;
use azr_arm::lro;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;

/// How many lists and documents are read at the same time before a resource is deleted.
const CONCURRENT_READS: usize = 8;

/// What was deleted of the resources to delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deleted {
    /// All of them.
    Completely,
    /// All before one that people edited in the meantime.
    InPart,
}

/// A resource to delete, as it is now.
enum FoundForDeletion {
    /// It does not exist.
    Missing,
    /// People have edited it, or added something below it.
    Edited,
    /// It is as it was planned.
    Unchanged {
        /// Its version for `If-Match`, if the service returns one.
        etag: Option<String>,
    },
}

impl FoundForDeletion {
    fn is_edited(&self) -> bool {
        matches!(self, Self::Edited)
    }
}

impl ResourceWriter<'_> {
    /// Deletes resources that nobody has edited; one that does not exist is deleted already.
    ///
    /// By what is deleted first, such as a deployment, edits of the rest are recognized. The rest is therefore checked
    /// before anything is deleted, and stays if people edit it afterwards: it could not be planned again.
    pub(crate) async fn delete(&self, deletion: &Deletion) -> Result<Deleted, WriteError> {
        for resource in deletion.resources.iter().skip(1) {
            if self.read_for_deletion(resource).await?.is_edited() {
                return Err(WriteError::Outdated);
            }
        }
        for (index, resource) in deletion.resources.iter().enumerate() {
            if self.delete_resource(resource).await? {
                continue;
            }
            return if index == 0 { Err(WriteError::Outdated) } else { Ok(Deleted::InPart) };
        }
        Ok(Deleted::Completely)
    }

    /// Reads a resource and everything below it at the same time, so that only one request lies between any of them and
    /// the deletion.
    async fn read_for_deletion(&self, resource: &DeletedResource) -> Result<FoundForDeletion> {
        let (current, is_edited_below) = futures_util::try_join!(
            read_resource(self.center, resource.resource_type, &resource.id),
            self.is_edited_below(resource)
        )?;
        Ok(match current {
            None => FoundForDeletion::Missing,
            Some(current) if is_edited_below || !resource.is_current(&current.properties) => {
                FoundForDeletion::Edited
            }
            Some(current) => FoundForDeletion::Unchanged { etag: current.etag },
        })
    }

    /// Deletes a resource; false if people have edited it. Fails if it still exists afterwards.
    async fn delete_resource(&self, resource: &DeletedResource) -> Result<bool, WriteError> {
        for _ in 0..WRITE_ATTEMPTS {
            let etag = match self.read_for_deletion(resource).await? {
                FoundForDeletion::Missing => return Ok(true),
                FoundForDeletion::Edited => return Ok(false),
                FoundForDeletion::Unchanged { etag } => etag,
            };
            let target = Target::new(resource.id.as_str(), resource.resource_type.api_version);
            let target = match etag {
                Some(etag) => target.header("if-match", etag),
                None => target,
            };
            match self.center.send(Method::DELETE, &target, None).await {
                Ok(first) => {
                    lro::wait_for_operation(self.center, &Method::DELETE, &target, first, &mut |_| {})
                        .await?;
                    let is_deleted = async || {
                        let current =
                            read_resource(self.center, resource.resource_type, &resource.id).await?;
                        Ok(current.is_none())
                    };
                    return if repeat_until(self.center, is_deleted).await? {
                        Ok(true)
                    } else {
                        Err(without_effect("it still exists").into())
                    };
                }
                // Somebody else has deleted it; or its parent is not visible everywhere, and it still exists.
                Err(error) if error.is_not_found() => {
                    return match read_resource(self.center, resource.resource_type, &resource.id).await? {
                        None => Ok(true),
                        Some(_) => Err(WriteError::Outdated),
                    };
                }
                // Somebody edited it after it was read; not necessarily what matters here.
                Err(error) if is_precondition_failed(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(WriteError::Outdated)
    }

    /// Whether people have added something below a resource to delete, or have replaced a document there.
    async fn is_edited_below(&self, resource: &DeletedResource) -> Result<bool> {
        let names = async |collection: String| {
            let items = match inventory::list(self.center, resource.id.as_str(), &collection).await {
                Err(error) if error.is_not_found() => Vec::new(),
                items => items?,
            };
            let path =
                |item: &Value| Some(format!("{collection}/{}", item["name"].as_str()?.to_ascii_lowercase()));
            Ok::<BTreeSet<String>, Error>(items.iter().filter_map(path).collect())
        };
        let lists = resource.collections().into_iter().map(names);
        let lists = stream::iter(lists).buffer_unordered(CONCURRENT_READS).try_concat();
        let is_replaced = async |(definition, digest): &(ResourceId, String)| {
            document::is_replaced(self.center, definition, digest).await
        };
        let documents = stream::iter(resource.documents.iter().map(is_replaced));
        let documents = documents.buffer_unordered(CONCURRENT_READS).try_collect::<Vec<bool>>();
        let (paths, replaced) = futures_util::try_join!(lists, documents)?;
        Ok(!resource.has_all(&paths) || replaced.contains(&true))
    }
}
