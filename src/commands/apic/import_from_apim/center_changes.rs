//! Determines the result of each API of an import by the service: compares the center before and after.
//!
//! The service gives the APIs it creates numbers as names and keeps their titles, so APIs are matched by title.

use std::collections::HashMap;

use serde_json::Value;

use super::expected_apis::ExpectedApi;
use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_catalog::report::{ApiResult, Status};
use azr_core::error::Result;
use azr_core::id::ResourceId;
use azr_core::resource::CENTER_API;
use azr_definitions::limits::{TITLE, truncate};

/// An API of the center, with what shows whether it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CenterApi {
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

/// Lists the APIs of a center.
pub(super) async fn list_apis(client: &Client, center: &ResourceId) -> Result<Vec<CenterApi>> {
    let target = Target::new(format!("{center}/workspaces/default/apis"), CENTER_API.api_version);
    let listed = pager::list(client, &target, None, None).await?;
    Ok(listed.items.iter().filter_map(CenterApi::read).collect())
}

/// The results of the expected APIs in their order, and of others that were created or updated.
///
/// `missing_reason` is the reason of expected APIs that are missing. If it is not known what to expect, only created and
/// updated APIs have results. How long each took is not known.
pub(super) fn results(
    expected: Option<&[ExpectedApi]>,
    before: &[CenterApi],
    after: &[CenterApi],
    missing_reason: &str,
) -> Vec<ApiResult> {
    let expected = expected.unwrap_or_default();
    let mut matcher = Matcher::new(before, after);
    let mut results: Vec<ApiResult> = expected
        .iter()
        .map(|expected_api| match matcher.claim(expected_api) {
            Some((api, status)) => result(api, status, Some(expected_api)),
            None => ApiResult {
                name: expected_api.name.clone(),
                title: expected_api.titles.first().cloned().unwrap_or_default(),
                kind: expected_api.kind.clone(),
                status: Status::Failed,
                sources: expected_api.sources.clone(),
                versions: expected_api.versions.clone(),
                reason: Some(missing_reason.to_owned()),
                ..ApiResult::default()
            },
        })
        .collect();
    let mut expected_by_title: HashMap<&str, &ExpectedApi> = HashMap::new();
    for expected_api in expected {
        for title in &expected_api.titles {
            expected_by_title.entry(title_key(title)).or_insert(expected_api);
        }
    }
    for (api, status) in matcher.unclaimed_changes() {
        results.push(result(api, status, expected_by_title.get(title_key(&api.title)).copied()));
    }
    results
}

/// How many of the expected APIs are in the center.
pub(super) fn count_arrived(expected: &[ExpectedApi], before: &[CenterApi], after: &[CenterApi]) -> usize {
    let mut matcher = Matcher::new(before, after);
    expected.iter().filter(|expected_api| matcher.claim(expected_api).is_some()).count()
}

fn result(api: &CenterApi, status: Status, expected: Option<&ExpectedApi>) -> ApiResult {
    ApiResult {
        name: api.name.clone(),
        title: api.title.clone(),
        kind: api.kind.clone(),
        status,
        sources: expected.map(|expected| expected.sources.clone()).unwrap_or_default(),
        versions: expected.map(|expected| expected.versions.clone()).unwrap_or_default(),
        ..ApiResult::default()
    }
}

/// A title shortened as in the center.
fn title_key(title: &str) -> &str {
    truncate(title.trim(), TITLE).trim_end()
}

/// Matches APIs of the center to expected ones, each at most once.
struct Matcher<'a> {
    apis: Vec<(&'a CenterApi, Status)>,
    claimed: Vec<bool>,
    by_title: HashMap<&'a str, Vec<usize>>,
    by_name: HashMap<String, usize>,
}

impl<'a> Matcher<'a> {
    fn new(before: &[CenterApi], after: &'a [CenterApi]) -> Self {
        let previous: HashMap<String, &CenterApi> =
            before.iter().map(|api| (api.name.to_lowercase(), api)).collect();
        let status = |api: &CenterApi| match previous.get(&api.name.to_lowercase()) {
            None => Status::Created,
            Some(api_before) if *api_before == api => Status::Unchanged,
            Some(_) => Status::Updated,
        };
        let mut apis: Vec<(&CenterApi, Status)> = after.iter().map(|api| (api, status(api))).collect();
        // Of several APIs with one title, the import most likely created the new ones and updated the changed ones.
        apis.sort_by_key(|(_, status)| match status {
            Status::Created => 0,
            Status::Updated => 1,
            _ => 2,
        });
        let mut by_title: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, (api, _)) in apis.iter().enumerate() {
            by_title.entry(title_key(&api.title)).or_default().push(index);
        }
        let by_name =
            apis.iter().enumerate().map(|(index, (api, _))| (api.name.to_lowercase(), index)).collect();
        Self { claimed: vec![false; apis.len()], apis, by_title, by_name }
    }

    /// Claims the API that matches an expected one: by title, or else by the name that azr's own import would give it.
    fn claim(&mut self, expected: &ExpectedApi) -> Option<(&'a CenterApi, Status)> {
        let with_title =
            expected.titles.iter().filter_map(|title| self.by_title.get(title_key(title))).flatten();
        let with_name = self.by_name.get(&expected.name.to_lowercase());
        let index = with_title.chain(with_name).copied().find(|index| !self.claimed[*index])?;
        self.claimed[index] = true;
        Some(self.apis[index])
    }

    /// Created and updated APIs that match no expected one.
    fn unclaimed_changes(&self) -> impl Iterator<Item = (&'a CenterApi, Status)> {
        let all = self.apis.iter().zip(&self.claimed);
        all.filter(|((_, status), claimed)| !**claimed && *status != Status::Unchanged).map(|(api, _)| *api)
    }
}

#[cfg(test)]
mod tests;
