//! What a fresh emulator holds, so that there is something to try every command on.

mod center;
mod management;
mod synthetic;

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::apim;
use super::context::Context;
use super::options::Options;
use super::route::Route;
use super::state::State;
use crate::request::ParsedRequest;

pub use synthetic::{Synthetic, synthetic_apis};

/// The sample's subscription.
pub const SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000000";
/// The sample's tenant.
pub const TENANT_ID: &str = "22222222-2222-2222-2222-222222222222";
/// The sample's resource group.
pub const GROUP: &str = "myResourceGroup";
/// The sample's API Management service.
pub const MANAGEMENT: &str = "myAPIManagement";
/// The sample's API center.
pub const CENTER: &str = "myAPICenter";

/// Fills a state with one of everything: a subscription, a group, API Management with APIs of every kind, an API
/// center.
pub fn load(state: &mut State, now: OffsetDateTime) {
    minimal(state, now);
    management::load(state, now);
    center::load(state, now);
}

/// What the sample's API center is paid for, which limits what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// 200 APIs, 5 versions of each.
    Free,
    /// 10,000 APIs, 100 versions of each.
    Standard,
}

/// Puts the sample's API center on a plan.
pub fn set_plan(state: &mut State, plan: Plan) {
    if let Some(entry) = state.store.get_mut(&center_id()) {
        let name = match plan {
            Plan::Free => "Free",
            Plan::Standard => "Standard",
        };
        entry.body["sku"] = json!({"name": name});
    }
}

/// Fills a state with no more than a subscription and an empty resource group.
pub fn minimal(state: &mut State, _now: OffsetDateTime) {
    let id = format!("/subscriptions/{SUBSCRIPTION}");
    let body = json!({
        "id": id,
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": SUBSCRIPTION,
        "tenantId": TENANT_ID,
        "displayName": "Example Sub",
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    });
    state.store.put(&id, body);
    let id = group_id();
    let body = json!({
        "id": id,
        "name": GROUP,
        "type": "Microsoft.Resources/resourceGroups",
        "location": "eastus",
        "properties": {"provisioningState": "Succeeded"},
    });
    state.store.put(&id, body);
}

fn group_id() -> String {
    format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}")
}

/// The id of the sample's API Management service.
fn management_id() -> String {
    format!("{}/providers/Microsoft.ApiManagement/service/{MANAGEMENT}", group_id())
}

/// The id of the sample's API center.
fn center_id() -> String {
    format!("{}/providers/Microsoft.ApiCenter/services/{CENTER}", group_id())
}

/// Puts something into API Management the way a client would, so that the sample obeys the emulator's own rules.
fn put(state: &mut State, id: &str, body: &Value, now: OffsetDateTime) {
    let request = ParsedRequest {
        method: Method::PUT,
        path: id.to_owned(),
        query: vec![("api-version".to_owned(), "2022-08-01".to_owned())],
        headers: HeaderMap::new(),
        body: Bytes::from(body.to_string()),
        origin: String::new(),
        now,
    };
    let route = Route::parse(&request.path);
    let options = Options::default();
    let mut context = Context { state, request: &request, route: &route, options: &options, fetched: None };
    let answer = apim::handle(&mut context).unwrap_or_else(|refusal| refusal);
    debug_assert!(answer.status().is_success(), "{id}: {}", String::from_utf8_lossy(answer.body()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_obeys_the_rules_and_survives_being_saved() {
        let mut state = State::default();
        load(&mut state, OffsetDateTime::UNIX_EPOCH);
        let saved = serde_json::to_string(&state).expect("json");
        let again: State = serde_json::from_str(&saved).expect("a state");
        assert_eq!(again.store.len(), state.store.len());
        assert_eq!(state.store.list(&format!("{}/apis", management_id())).len(), 10);
    }

    #[test]
    fn every_api_with_a_definition_can_be_taken_to_a_center() {
        let mut state = State::default();
        load(&mut state, OffsetDateTime::UNIX_EPOCH);
        let mut without = Vec::new();
        for api in state.store.list(&format!("{}/apis", management_id())) {
            match apim::export_document(&state, &api.id) {
                Some((document, ..)) => assert!(!document.is_empty(), "{}", api.id),
                None => without.push(api.body["name"].as_str().unwrap_or_default().to_owned()),
            }
        }
        assert_eq!(without, ["ticker"]);
    }

    #[test]
    fn many_apis_are_distinct_and_exportable() {
        let mut state = State::default();
        load(&mut state, OffsetDateTime::UNIX_EPOCH);
        let before = state.store.list(&format!("{}/apis", management_id())).len();
        let synthetic = Synthetic { count: 250, version_sets: false };
        synthetic_apis(&mut state, synthetic, OffsetDateTime::UNIX_EPOCH);
        let id = |n: u32| format!("{}/apis/api-{n:05}", management_id());
        let document = |n| apim::export_document(&state, &id(n)).expect("a document").0;
        assert_ne!(document(1), document(250));
        assert!(serde_json::from_str::<Value>(&document(250)).is_ok());
        let count = |below: &str| state.store.count(&format!("{}/{below}", management_id()));
        assert_eq!(count("apis"), before + 250);
        assert_eq!(
            [count("products/bulk/apis"), count("apis/api-00002/tags"), count("apis/api-00003/tags")],
            [50, 1, 0]
        );
        assert_eq!(count("apiVersionSets"), 1, "no more than the sample's own");
    }

    #[test]
    fn synthetic_version_sets_obey_the_rules() {
        let mut state = State::default();
        load(&mut state, OffsetDateTime::UNIX_EPOCH);
        let synthetic = Synthetic { count: 31, version_sets: true };
        synthetic_apis(&mut state, synthetic, OffsetDateTime::UNIX_EPOCH);
        let properties = |n: u32| {
            let id = format!("{}/apis/api-{n:05}", management_id());
            state.store.get(&id).expect("an API").body["properties"].clone()
        };
        assert_eq!([&properties(10)["apiVersion"], &properties(11)["apiVersion"]], ["v1", "v2"]);
        assert_eq!(
            properties(31)["apiVersionSetId"],
            format!("{}/apiVersionSets/pair-00030", management_id())
        );
        assert!([1, 9, 12, 20 + 9].iter().all(|n| properties(*n).get("apiVersionSetId").is_none()));
        // What a client reads it may write back: path and version are those of one set.
        let again = json!({"properties": properties(11)});
        put(&mut state, &format!("{}/apis/api-00011", management_id()), &again, OffsetDateTime::UNIX_EPOCH);
    }
}
