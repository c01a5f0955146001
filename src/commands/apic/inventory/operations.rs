//! Reads the operations of the definitions from their documents, for `--operations`.

use std::pin::pin;

use futures_util::stream::{self, StreamExt as _};

use super::contents::Operations;
use super::model::Api;
use azr_arm::client::Client;
use azr_arm::large_responses::run_task;
use azr_catalog::document;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_definitions::list_operations;
use azr_output::progress::Progress;

/// The maximum number of operations of a definition that are listed.
const MAX_LISTED: usize = 500;

/// Adds the operations to all definitions that have a document.
///
/// At most `concurrency` documents are in memory at a time. A document that is not a valid definition does not stop the others.
pub(super) async fn read(
    client: &Client,
    workspace: &ResourceId,
    apis: &mut [Api],
    concurrency: usize,
) -> Result<()> {
    let mut definitions = Vec::new();
    for api in apis {
        let api_id = workspace.child("apis", &api.name);
        for version in &mut api.versions {
            let version_id = api_id.child("versions", &version.name);
            let with_document = version.definitions.iter_mut().filter(|d| d.specification.is_some());
            definitions.extend(with_document.map(|d| (version_id.child("definitions", &d.name), d)));
        }
    }
    let progress = Progress::bar("Reading definitions", definitions.len());
    let reads = definitions.into_iter().map(async |(id, definition)| {
        let document = document::read_in_center(client, &id).await?;
        definition.operations = document.map(|bytes| describe(&bytes, id.name()));
        Ok::<_, Error>(())
    });
    let mut reads = pin!(stream::iter(reads.map(run_task)).buffer_unordered(concurrency.max(1)));
    while let Some(result) = reads.next().await {
        result?;
        progress.advance();
    }
    progress.finish();
    Ok(())
}

fn describe(document: &[u8], name: &str) -> Operations {
    let read = || list_operations(&azr_definitions::read(document, name)?, name);
    match read() {
        Ok(mut listed) => {
            let count = listed.len();
            listed.truncate(MAX_LISTED);
            Operations { count, listed, error: None }
        }
        Err(error) => Operations { error: Some(error.to_string()), ..Operations::default() },
    }
}
