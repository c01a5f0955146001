//! Subscriptions, as az's profile and azr's own logins store them.

use serde_json::{Value, json};

/// The id of the emulator's subscription, which needs no login.
const EMULATOR_SUBSCRIPTION_ID: &str = "00000000-0000-0000-0000-000000000000";
const EMULATOR_TENANT_ID: &str = "22222222-2222-2222-2222-222222222222";

/// A subscription: one that the user is signed in to, or one given by its id.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscription {
    /// The subscription id.
    pub id: String,
    /// The name; the id if only that is known.
    pub name: String,
    /// `Enabled`, `Disabled`, …
    pub state: Option<String>,
    /// The tenant that issues tokens, if known.
    pub tenant_id: Option<String>,
    /// The tenant the subscription belongs to.
    pub home_tenant_id: Option<String>,
    /// The name of its cloud.
    pub environment_name: String,
    /// Whether it is the default subscription.
    pub is_default: bool,
    /// Whether it is az's default subscription.
    pub is_az_default: bool,
    /// Whether it was found by `azr login`.
    pub is_from_azr_login: bool,
    /// The name of the signed-in account.
    pub user: Option<String>,
    profile_entry: Value,
}

impl Subscription {
    /// A subscription from an entry of the profile; `None` if it has no id.
    pub(super) fn from_profile_entry(entry: &Value) -> Option<Self> {
        let text = |key: &str| entry[key].as_str().map(str::to_owned);
        let id = text("id")?;
        Some(Self {
            name: text("name").unwrap_or_else(|| id.clone()),
            state: text("state"),
            tenant_id: text("tenantId"),
            home_tenant_id: text("homeTenantId"),
            environment_name: text("environmentName").unwrap_or_default(),
            is_default: entry["isDefault"].as_bool().unwrap_or_default(),
            is_az_default: entry["isDefault"].as_bool().unwrap_or_default(),
            is_from_azr_login: false,
            user: entry["user"]["name"].as_str().map(str::to_owned),
            profile_entry: entry.clone(),
            id,
        })
    }

    /// The same subscription, marked as found by `azr login`.
    pub(super) fn found_by_azr_login(self) -> Self {
        Self { is_from_azr_login: true, is_az_default: false, ..self }
    }

    /// The same subscription, marked as the default or not.
    pub(super) fn with_default(mut self, is_default: bool) -> Self {
        self.is_default = is_default;
        if let Some(entry) = self.profile_entry.as_object_mut() {
            entry.insert("isDefault".to_owned(), json!(is_default));
        }
        self
    }

    /// A subscription of which only the id is known.
    pub(super) fn from_id(id: &str, cloud: &str) -> Self {
        let id = id.to_ascii_lowercase();
        let entry = json!({ "environmentName": cloud, "id": id, "isDefault": false, "name": id });
        Self::from_profile_entry(&entry).unwrap_or_else(|| unreachable!("the entry has an id"))
    }

    /// The subscription of the emulator.
    pub(super) fn emulator() -> Self {
        let entry = json!({
            "environmentName": super::EMULATOR_CLOUD,
            "homeTenantId": EMULATOR_TENANT_ID,
            "id": EMULATOR_SUBSCRIPTION_ID,
            "isDefault": true,
            "managedByTenants": [],
            "name": "Example Sub",
            "state": "Enabled",
            "tenantId": EMULATOR_TENANT_ID,
            "user": { "name": "11111111-0000-0000-0000-000000000000", "type": "servicePrincipal" },
        });
        Self::from_profile_entry(&entry).unwrap_or_else(|| unreachable!("the entry has an id"))
    }

    /// The output of `az account show`.
    #[must_use]
    pub fn show_output(&self) -> &Value {
        &self.profile_entry
    }

    /// The entry in the output of `az account list`, in which the cloud is `cloudName`.
    #[must_use]
    pub fn list_output(&self) -> Value {
        let mut output = self.profile_entry.clone();
        if let Some(map) = output.as_object_mut() {
            let cloud = map.shift_remove("environmentName").unwrap_or_default();
            map.insert("cloudName".to_owned(), cloud);
        }
        output
    }

    /// Whether both are the same subscription in the same cloud.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.id.eq_ignore_ascii_case(&other.id) && self.environment_name == other.environment_name
    }

    /// Whether `id_or_name` is its id or its name, ignoring case.
    #[must_use]
    pub(crate) fn has_id_or_name(&self, id_or_name: &str) -> bool {
        self.id.eq_ignore_ascii_case(id_or_name) || self.name.to_lowercase() == id_or_name.to_lowercase()
    }
}
