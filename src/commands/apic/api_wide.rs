//! `azr apic api list -o wide`: the APIs with what is below each.

use std::future::Future;
use std::pin::{Pin, pin};

use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::inventory::contents::{self, Contents};
use crate::session::Session;
use azr_core::error::Result;
use azr_core::id::ResourceId;
use azr_output::progress::Progress;

/// The rows: a request or more for each API, many at once; one that is gone since it was listed is left out.
pub fn rows<'a>(
    session: &'a Session,
    listed: &'a Value,
) -> Pin<Box<dyn Future<Output = Result<Value>> + 'a>> {
    Box::pin(async move {
        let apis = listed.as_array().map_or(&[][..], Vec::as_slice);
        let ids: Vec<ResourceId> =
            apis.iter().map(|api| api["id"].as_str().unwrap_or_default().parse()).collect::<Result<_>>()?;
        let progress = Progress::bar("Counting", ids.len());
        let mut rows = vec![None; ids.len()];
        let mut read = pin!(contents::read(session.client()?, &ids, contents::AT_ONCE));
        while let Some((at, contents)) = read.next().await {
            progress.advance();
            rows[at] = contents?.map(|contents| row(&apis[at], &contents));
        }
        Ok(rows.into_iter().flatten().collect())
    })
}

/// One API; nothing in it is null, as a null in the first row would move its column to the end.
fn row(api: &Value, contents: &Contents) -> Value {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    json!({
        "Name": text(&api["name"]),
        "Title": text(&api["title"]),
        "Kind": text(&api["kind"]),
        "Stage": text(&api["lifecycleStage"]),
        "Versions": contents.versions.len(),
        "Definitions": contents.definitions(),
        "Deployments": contents.deployments.len(),
        "Updated": minute(&text(&api["systemData"]["lastModifiedAt"])),
    })
}

/// A time to its minute: `2026-11-24 14:25`; a text that is no time stays as it is.
fn minute(time: &str) -> String {
    match (time.get(..10), time.get(10..11), time.get(11..16)) {
        (Some(day), Some("T"), Some(minute)) => format!("{day} {minute}"),
        _ => time.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::minute;

    #[test]
    fn a_time_is_shown_to_its_minute() {
        assert_eq!(minute("2025-05-26T07:39:30.0725883Z"), "2025-05-26 07:39");
        for text in ["", "yesterday", "äääääääääääääääääää"] {
            assert_eq!(minute(text), text);
        }
    }
}
