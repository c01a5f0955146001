//! Subscriptions, as az's profile and azr's own logins hold them.

use serde_json::{Value, json};

/// The subscription of the emulator, which needs no login.
const EXAMPLE_ID: &str = "00000000-0000-0000-0000-000000000000";
const EXAMPLE_TENANT: &str = "22222222-2222-2222-2222-222222222222";

/// A subscription the user is signed in to, or named by its id.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscription {
    /// Its id.
    pub id: String,
    /// Its name; the id where only that is known.
    pub name: String,
    /// `Enabled`, `Disabled`, …
    pub state: Option<String>,
    /// The tenant that tokens come from, where it is known.
    pub tenant_id: Option<String>,
    /// The tenant the subscription belongs to.
    pub home_tenant_id: Option<String>,
    /// The cloud it is in.
    pub environment_name: String,
    /// Whether it is the one used where nothing is said.
    pub is_default: bool,
    /// Whether it is the one that az uses where nothing is said.
    pub is_default_of_az: bool,
    /// Whether azr's own login found it.
    pub is_own: bool,
    /// The user's name, where somebody signed in.
    pub user: Option<String>,
    shown: Value,
}

impl Subscription {
    /// An entry of the profile; none without an id.
    pub(super) fn of_profile(entry: &Value) -> Option<Self> {
        let text = |key: &str| entry[key].as_str().map(str::to_owned);
        let id = text("id")?;
        Some(Self {
            name: text("name").unwrap_or_else(|| id.clone()),
            state: text("state"),
            tenant_id: text("tenantId"),
            home_tenant_id: text("homeTenantId"),
            environment_name: text("environmentName").unwrap_or_default(),
            is_default: entry["isDefault"].as_bool().unwrap_or_default(),
            is_default_of_az: entry["isDefault"].as_bool().unwrap_or_default(),
            is_own: false,
            user: entry["user"]["name"].as_str().map(str::to_owned),
            shown: entry.clone(),
            id,
        })
    }

    /// The same as one that azr's own login found.
    pub(super) fn own(self) -> Self {
        Self { is_own: true, is_default_of_az: false, ..self }
    }

    /// The same as the one that is used where nothing is said, or not.
    pub(super) fn marked_default(mut self, is_default: bool) -> Self {
        self.is_default = is_default;
        if let Some(shown) = self.shown.as_object_mut() {
            shown.insert("isDefault".to_owned(), json!(is_default));
        }
        self
    }

    /// A subscription of which only the id is known.
    pub(super) fn of_id(id: &str, cloud: &str) -> Self {
        let id = id.to_ascii_lowercase();
        let entry = json!({ "environmentName": cloud, "id": id, "isDefault": false, "name": id });
        Self::of_profile(&entry).unwrap_or_else(|| unreachable!("the entry has an id"))
    }

    /// The subscription of the emulator.
    pub(super) fn example() -> Self {
        let entry = json!({
            "environmentName": super::EMULATOR,
            "homeTenantId": EXAMPLE_TENANT,
            "id": EXAMPLE_ID,
            "isDefault": true,
            "managedByTenants": [],
            "name": "Example Sub",
            "state": "Enabled",
            "tenantId": EXAMPLE_TENANT,
            "user": { "name": "11111111-0000-0000-0000-000000000000", "type": "servicePrincipal" },
        });
        Self::of_profile(&entry).unwrap_or_else(|| unreachable!("the entry has an id"))
    }

    /// What `az account show` prints.
    #[must_use]
    pub fn shown(&self) -> &Value {
        &self.shown
    }

    /// What `az account list` prints: the cloud is `cloudName` there.
    #[must_use]
    pub fn listed(&self) -> Value {
        let mut shown = self.shown.clone();
        if let Some(map) = shown.as_object_mut() {
            let cloud = map.shift_remove("environmentName").unwrap_or_default();
            map.insert("cloudName".to_owned(), cloud);
        }
        shown
    }

    /// Whether both are one subscription of one cloud.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.id.eq_ignore_ascii_case(&other.id) && self.environment_name == other.environment_name
    }

    /// Whether `given` is its id or its name.
    #[must_use]
    pub fn is_called(&self, given: &str) -> bool {
        self.id.eq_ignore_ascii_case(given) || self.name.to_lowercase() == given.to_lowercase()
    }
}
