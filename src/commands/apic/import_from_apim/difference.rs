//! What came of each API of an import by the service: its center before and after, compared.
//!
//! The service names the APIs it makes by numbers and keeps their titles, so titles tell what comes from where.

use std::collections::HashMap;

use serde_json::Value;

use super::expected::Expected;
use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_catalog::report::{ApiResult, Status};
use azr_core::error::Result;
use azr_core::id::ResourceId;
use azr_core::resource::CENTER_API;
use azr_definitions::limits::{TITLE, truncate};

/// An API of the center, as far as it can be seen to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CenterApi {
    name: String,
    title: String,
    kind: String,
    changed_at: String,
}

impl CenterApi {
    fn read(item: &Value) -> Option<Self> {
        let text =
            |pointer: &str| item.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(Self {
            name: item["name"].as_str()?.to_owned(),
            title: text("/properties/title"),
            kind: text("/properties/kind").to_ascii_lowercase(),
            changed_at: text("/systemData/lastModifiedAt"),
        })
    }
}

/// Reads the APIs of a center.
pub async fn list(client: &Client, center: &ResourceId) -> Result<Vec<CenterApi>> {
    let at = Target::new(format!("{center}/workspaces/default/apis"), CENTER_API.api_version);
    let listed = pager::list(client, &at, None, None).await?;
    Ok(listed.items.iter().filter_map(CenterApi::read).collect())
}

/// What came of each API: of those expected, in their order, and of others that have appeared or changed.
///
/// `why` is the reason of those that were expected and are not there. Where nothing is known to be expected, only
/// what has appeared or changed is told. How long each took cannot be seen.
pub fn results(
    expected: Option<&[Expected]>,
    before: &[CenterApi],
    after: &[CenterApi],
    why: &str,
) -> Vec<ApiResult> {
    let expected = expected.unwrap_or_default();
    let mut found = Found::new(before, after);
    let mut results: Vec<ApiResult> = expected
        .iter()
        .map(|wanted| match found.claim(wanted) {
            Some((api, status)) => result(api, status, Some(wanted)),
            None => ApiResult {
                name: wanted.name.clone(),
                title: wanted.titles.first().cloned().unwrap_or_default(),
                kind: wanted.kind.clone(),
                status: Status::Failed,
                sources: wanted.sources.clone(),
                versions: wanted.versions.clone(),
                reason: Some(why.to_owned()),
                ..ApiResult::default()
            },
        })
        .collect();
    let mut by_title: HashMap<&str, &Expected> = HashMap::new();
    for wanted in expected {
        for title in &wanted.titles {
            by_title.entry(key(title)).or_insert(wanted);
        }
    }
    for (api, status) in found.others() {
        results.push(result(api, status, by_title.get(key(&api.title)).copied()));
    }
    results
}

/// How many of the expected APIs are in the center.
pub fn arrived(expected: &[Expected], before: &[CenterApi], after: &[CenterApi]) -> usize {
    let mut found = Found::new(before, after);
    expected.iter().filter(|wanted| found.claim(wanted).is_some()).count()
}

fn result(api: &CenterApi, status: Status, of: Option<&Expected>) -> ApiResult {
    ApiResult {
        name: api.name.clone(),
        title: api.title.clone(),
        kind: api.kind.clone(),
        status,
        sources: of.map(|of| of.sources.clone()).unwrap_or_default(),
        versions: of.map(|of| of.versions.clone()).unwrap_or_default(),
        ..ApiResult::default()
    }
}

/// A title as the center may have shortened it.
fn key(title: &str) -> &str {
    truncate(title.trim(), TITLE).trim_end()
}

/// The APIs of the center, each of which answers to one expectation.
struct Found<'a> {
    apis: Vec<(&'a CenterApi, Status)>,
    claimed: Vec<bool>,
    by_title: HashMap<&'a str, Vec<usize>>,
    by_name: HashMap<String, usize>,
}

impl<'a> Found<'a> {
    fn new(before: &[CenterApi], after: &'a [CenterApi]) -> Self {
        let old: HashMap<String, &CenterApi> =
            before.iter().map(|api| (api.name.to_lowercase(), api)).collect();
        let status = |api: &CenterApi| match old.get(&api.name.to_lowercase()) {
            None => Status::Created,
            Some(there) if *there == api => Status::Unchanged,
            Some(_) => Status::Updated,
        };
        let mut apis: Vec<(&CenterApi, Status)> = after.iter().map(|api| (api, status(api))).collect();
        // Of several with one title the import is likely to have made what is new, and to have written what changed.
        apis.sort_by_key(|(_, status)| match status {
            Status::Created => 0,
            Status::Updated => 1,
            _ => 2,
        });
        let mut by_title: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, (api, _)) in apis.iter().enumerate() {
            by_title.entry(key(&api.title)).or_default().push(at);
        }
        let by_name = apis.iter().enumerate().map(|(at, (api, _))| (api.name.to_lowercase(), at)).collect();
        Self { claimed: vec![false; apis.len()], apis, by_title, by_name }
    }

    /// The API that an expectation has come to: by title, or else by the name that an import by azr gives it.
    fn claim(&mut self, wanted: &Expected) -> Option<(&'a CenterApi, Status)> {
        let titled = wanted.titles.iter().filter_map(|title| self.by_title.get(key(title))).flatten();
        let named = self.by_name.get(&wanted.name.to_lowercase());
        let at = titled.chain(named).copied().find(|at| !self.claimed[*at])?;
        self.claimed[at] = true;
        Some(self.apis[at])
    }

    /// What has appeared or changed, and nobody has claimed.
    fn others(&self) -> impl Iterator<Item = (&'a CenterApi, Status)> {
        let all = self.apis.iter().zip(&self.claimed);
        all.filter(|((_, status), claimed)| !**claimed && *status != Status::Unchanged).map(|(api, _)| *api)
    }
}

#[cfg(test)]
mod tests;
