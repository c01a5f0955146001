//! The regions of Azure that the emulator lists.

use serde_json::{Value, json};

/// A region.
pub(crate) struct Location {
    /// The name in requests, such as `eastus`.
    pub name: &'static str,
    /// The name that people read, such as `East US`.
    pub display_name: &'static str,
    /// The part of the world.
    group: &'static str,
}

const fn location(name: &'static str, display_name: &'static str, group: &'static str) -> Location {
    Location { name, display_name, group }
}

/// Some of the regions.
pub(crate) const LOCATIONS: &[Location] = &[
    location("eastus", "East US", "US"),
    location("eastus2", "East US 2", "US"),
    location("centralus", "Central US", "US"),
    location("southcentralus", "South Central US", "US"),
    location("westus", "West US", "US"),
    location("westus2", "West US 2", "US"),
    location("westus3", "West US 3", "US"),
    location("canadacentral", "Canada Central", "Canada"),
    location("brazilsouth", "Brazil South", "South America"),
    location("northeurope", "North Europe", "Europe"),
    location("westeurope", "West Europe", "Europe"),
    location("francecentral", "France Central", "Europe"),
    location("germanywestcentral", "Germany West Central", "Europe"),
    location("swedencentral", "Sweden Central", "Europe"),
    location("switzerlandnorth", "Switzerland North", "Europe"),
    location("uksouth", "UK South", "Europe"),
    location("centralindia", "Central India", "Asia Pacific"),
    location("eastasia", "East Asia", "Asia Pacific"),
    location("japaneast", "Japan East", "Asia Pacific"),
    location("southeastasia", "Southeast Asia", "Asia Pacific"),
    location("australiaeast", "Australia East", "Asia Pacific"),
    location("southafricanorth", "South Africa North", "Africa"),
    location("uaenorth", "UAE North", "Middle East"),
    location("centraluseuap", "Central US EUAP", "US"),
];

/// The region of this name in lower case.
pub(crate) fn find(name: &str) -> Option<&'static Location> {
    LOCATIONS.iter().find(|location| location.name == name)
}

/// The body of `/subscriptions/{id}/locations`.
pub(crate) fn list(subscription: &str) -> Value {
    let values = LOCATIONS.iter().map(|location| {
        json!({
            "id": format!("{subscription}/locations/{}", location.name),
            "name": location.name,
            "type": "Region",
            "displayName": location.display_name,
            "regionalDisplayName": format!("({}) {}", location.group, location.display_name),
            "metadata": {
                "regionType": "Physical",
                "regionCategory": "Recommended",
                "geographyGroup": location.group,
            },
        })
    });
    json!({"value": values.collect::<Vec<_>>()})
}
