//! Sample data: the state of a new emulator.

mod center;
mod ids;
mod management;
mod put_resource;
mod synthetic;

use serde_json::json;
use time::OffsetDateTime;

use crate::state::State;
use crate::subscriptions::{add_group, add_subscription};

use ids::center_id;

pub use ids::{CENTER, GROUP, MANAGEMENT, SUBSCRIPTION};
pub use synthetic::{SyntheticApis, add_synthetic_apis};

/// Adds the sample data: a subscription, a resource group, an API Management service with APIs of every kind, an API
/// center.
pub fn load_sample(state: &mut State, now: OffsetDateTime) {
    load_minimal(state);
    management::load_service(state, now);
    center::load_center(state, now);
}

/// The plan of the sample's API center, which limits how much it can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Up to 200 APIs with 5 versions each.
    Free,
    /// Up to 10,000 APIs with 100 versions each.
    Standard,
}

/// Sets the plan of the sample's API center.
pub fn set_plan(state: &mut State, plan: Plan) {
    if let Some(entry) = state.store.get_mut(&center_id()) {
        let name = match plan {
            Plan::Free => "Free",
            Plan::Standard => "Standard",
        };
        entry.body["sku"] = json!({"name": name});
    }
}

/// Adds a subscription and an empty resource group only.
pub fn load_minimal(state: &mut State) {
    add_subscription(state, SUBSCRIPTION, "Example Sub");
    add_group(state, SUBSCRIPTION, GROUP, "eastus");
}

#[cfg(test)]
mod tests {
    use super::ids::service_id;
    use super::put_resource::{SAMPLE_VERSION, put_resource};
    use super::*;
    use crate::apim;

    #[test]
    fn the_sample_is_valid_and_can_be_saved() {
        let mut state = State::default();
        load_sample(&mut state, OffsetDateTime::UNIX_EPOCH);
        let saved = serde_json::to_string(&state).expect("json");
        let again: State = serde_json::from_str(&saved).expect("a state");
        assert_eq!(again.store.len(), state.store.len());
        let apis = format!("{}/apis", service_id());
        assert_eq!(state.store.list_in_version(&apis, "2022-08-01").len(), 10);
        assert_eq!(state.store.list_in_version(&apis, SAMPLE_VERSION).len(), 13);
        assert_eq!(state.store.count(&format!("{}/workspaces/billing/apis", service_id())), 1);
    }

    #[test]
    fn every_api_with_a_definition_can_be_exported() {
        let mut state = State::default();
        load_sample(&mut state, OffsetDateTime::UNIX_EPOCH);
        let mut without = Vec::new();
        for api in state.store.list(&format!("{}/apis", service_id())) {
            match apim::export_document(&state, &api.id) {
                Some((document, ..)) => assert!(!document.is_empty(), "{}", api.id),
                None => without.push(api.body["name"].as_str().unwrap_or_default().to_owned()),
            }
        }
        assert_eq!(without, ["ticker", "library-tools", "handbook-search", "concierge"]);
    }

    #[test]
    fn many_apis_are_distinct_and_exportable() {
        let mut state = State::default();
        load_sample(&mut state, OffsetDateTime::UNIX_EPOCH);
        let before = state.store.list(&format!("{}/apis", service_id())).len();
        let synthetic = SyntheticApis { count: 250, version_sets: false };
        add_synthetic_apis(&mut state, synthetic, OffsetDateTime::UNIX_EPOCH);
        let id = |n: u32| format!("{}/apis/api-{n:05}", service_id());
        let document = |n| apim::export_document(&state, &id(n)).expect("a document").0;
        assert_ne!(document(1), document(250));
        assert!(serde_json::from_str::<serde_json::Value>(&document(250)).is_ok());
        let count = |below: &str| state.store.count(&format!("{}/{below}", service_id()));
        assert_eq!(count("apis"), before + 250);
        assert_eq!(
            [count("products/bulk/apis"), count("apis/api-00002/tags"), count("apis/api-00003/tags")],
            [50, 1, 0]
        );
        assert_eq!(count("apiVersionSets"), 1, "no more than the sample's own");
    }

    #[test]
    fn synthetic_version_sets_are_valid() {
        let mut state = State::default();
        load_sample(&mut state, OffsetDateTime::UNIX_EPOCH);
        let synthetic = SyntheticApis { count: 31, version_sets: true };
        add_synthetic_apis(&mut state, synthetic, OffsetDateTime::UNIX_EPOCH);
        let properties = |n: u32| {
            let id = format!("{}/apis/api-{n:05}", service_id());
            state.store.get(&id).expect("an API").body["properties"].clone()
        };
        assert_eq!([&properties(10)["apiVersion"], &properties(11)["apiVersion"]], ["v1", "v2"]);
        assert_eq!(properties(31)["apiVersionSetId"], format!("{}/apiVersionSets/pair-00030", service_id()));
        assert!([1, 9, 12, 20 + 9].iter().all(|n| properties(*n).get("apiVersionSetId").is_none()));
        // What a client reads it may write back: path and version are those of one set.
        let again = json!({"properties": properties(11)});
        put_resource(
            &mut state,
            &format!("{}/apis/api-00011", service_id()),
            &again,
            OffsetDateTime::UNIX_EPOCH,
        );
    }
}
