//! `azr apic api list -o wide`: the APIs with the number of versions, definitions and deployments.

use std::pin::pin;

use futures_util::future::LocalBoxFuture;
use futures_util::{FutureExt as _, StreamExt as _};
use serde_json::{Value, json};

use super::inventory::contents::{self, Contents};
use crate::session::Session;
use azr_core::error::Result;
use azr_core::id::ResourceId;
use azr_output::progress::Progress;

/// The rows, which take several concurrent requests per API; an API that was deleted since it was listed is omitted.
pub(super) fn rows<'a>(session: &'a Session, listed: &'a Value) -> LocalBoxFuture<'a, Result<Value>> {
    async move {
        let apis = listed.as_array().map_or(&[][..], Vec::as_slice);
        let ids: Vec<ResourceId> =
            apis.iter().map(|api| api["id"].as_str().unwrap_or_default().parse()).collect::<Result<_>>()?;
        let progress = Progress::bar("Counting", ids.len());
        let mut rows = vec![None; ids.len()];
        let mut read = pin!(contents::read(session.client()?, &ids, contents::DEFAULT_CONCURRENCY));
        while let Some((index, contents)) = read.next().await {
            progress.advance();
            rows[index] = contents?.map(|contents| row(&apis[index], &contents));
        }
        Ok(rows.into_iter().flatten().collect())
    }
    .boxed_local()
}

/// The row of an API.
///
/// No value is null, because a null in the first row would move its column to the end.
fn row(api: &Value, contents: &Contents) -> Value {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    json!({
        "Name": text(&api["name"]),
        "Title": text(&api["title"]),
        "Kind": text(&api["kind"]),
        "Stage": text(&api["lifecycleStage"]),
        "Versions": contents.versions.len(),
        "Definitions": contents.definition_count(),
        "Deployments": contents.deployments.len(),
        "Updated": to_minute(&text(&api["systemData"]["lastModifiedAt"])),
    })
}

/// A time without seconds, as in `2026-11-24 14:25`; any other text stays as it is.
fn to_minute(time: &str) -> String {
    match (time.get(..10), time.get(10..11), time.get(11..16)) {
        (Some(day), Some("T"), Some(minute)) => format!("{day} {minute}"),
        _ => time.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::to_minute;

    #[test]
    fn a_time_is_shown_to_its_minute() {
        assert_eq!(to_minute("2025-05-26T07:39:30.0725883Z"), "2025-05-26 07:39");
        for text in ["", "yesterday", "äääääääääääääääääää"] {
            assert_eq!(to_minute(text), text);
        }
    }
}
