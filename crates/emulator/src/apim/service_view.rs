//! What responses show of a service: many more members than a request may have, as recorded.

use serde_json::{Map, Value, json};

use crate::store::Entry;

/// Who created and changed every service: the emulator does not know who sent a request.
const USER: &str = "apis@contoso.com";

/// The names of locations, which requests may write in lower case and without spaces.
const LOCATIONS: &[&str] = &[
    "Australia East",
    "Australia Southeast",
    "Brazil South",
    "Canada Central",
    "Canada East",
    "Central India",
    "Central US",
    "East Asia",
    "East US",
    "East US 2",
    "France Central",
    "Germany West Central",
    "Japan East",
    "Japan West",
    "Korea Central",
    "North Central US",
    "North Europe",
    "Norway East",
    "South Africa North",
    "South Central US",
    "South India",
    "Southeast Asia",
    "Sweden Central",
    "Switzerland North",
    "UAE North",
    "UK South",
    "UK West",
    "West Central US",
    "West Europe",
    "West India",
    "West US",
    "West US 2",
    "West US 3",
];

/// The body of a service in a response; `is_activating` until its creation has ended.
pub(super) fn service_in_view(entry: &Entry, is_activating: bool) -> Value {
    let stored = &entry.body;
    let mut body = Map::new();
    body.insert("etag".to_owned(), stored["etag"].clone());
    body.insert("properties".to_owned(), properties_in_view(stored, is_activating));
    for member in ["sku", "identity"] {
        if !stored[member].is_null() {
            body.insert(member.to_owned(), stored[member].clone());
        }
    }
    body.insert("zones".to_owned(), stored["zones"].clone());
    let created = &stored["properties"]["createdAtUtc"];
    let modified = Some(&entry.hidden["modified"]).filter(|time| !time.is_null()).unwrap_or(created);
    let system_data = json!({
        "createdBy": USER,
        "createdByType": "User",
        "createdAt": created,
        "lastModifiedBy": USER,
        "lastModifiedByType": "User",
        "lastModifiedAt": modified,
    });
    body.insert("systemData".to_owned(), system_data);
    for member in ["id", "name", "type"] {
        body.insert(member.to_owned(), stored[member].clone());
    }
    let location = stored["location"].as_str().unwrap_or_default();
    body.insert("location".to_owned(), json!(display_name(location)));
    let tags = stored.get("tags").cloned().unwrap_or_else(|| json!({}));
    body.insert("tags".to_owned(), tags);
    Value::Object(body)
}

/// The stored properties, with those that the service always shows; a Consumption service has fewer endpoints.
fn properties_in_view(stored: &Value, is_activating: bool) -> Value {
    let name = stored["name"].as_str().unwrap_or_default().to_ascii_lowercase();
    let location = normalize(stored["location"].as_str().unwrap_or_default());
    let is_consumption = stored["sku"]["name"] == "Consumption";
    let unless_consumption = |value: Value| if is_consumption { Value::Null } else { value };
    let endpoint = |part: &str| unless_consumption(json!(format!("https://{name}.{part}azure-api.net")));
    let mut shown = json!({
        "publisherEmail": null,
        "publisherName": null,
        "notificationSenderEmail": "apimgmt-noreply@mail.windowsazure.com",
        "provisioningState": null,
        "targetProvisioningState": if is_activating || is_consumption { "Activating" } else { "" },
        "createdAtUtc": null,
        "gatewayUrl": null,
        "gatewayRegionalUrl": unless_consumption(json!(format!("https://{name}-{location}-01.regional.azure-api.net"))),
        "portalUrl": endpoint("portal."),
        "developerPortalUrl": endpoint("developer."),
        "managementApiUrl": endpoint("management."),
        "scmUrl": endpoint("scm."),
        "hostnameConfigurations": [{
            "type": "Proxy",
            "hostName": format!("{name}.azure-api.net"),
            "encodedCertificate": null,
            "keyVaultId": null,
            "certificatePassword": null,
            "negotiateClientCertificate": false,
            "certificate": null,
            "defaultSslBinding": true,
            "identityClientId": null,
            "certificateSource": "BuiltIn",
            "certificateStatus": null,
        }],
        "publicIPAddresses": null,
        "privateIPAddresses": null,
        "additionalLocations": null,
        "virtualNetworkConfiguration": null,
        "customProperties": null,
        "virtualNetworkType": "None",
        "certificates": null,
        "disableGateway": false,
        "natGatewayState": "Disabled",
        "outboundPublicIPAddresses": null,
        "apiVersionConstraint": {"minApiVersion": null},
        "publicIpAddressId": null,
        "publicNetworkAccess": "Enabled",
        "privateEndpointConnections": null,
        "platformVersion": null,
    });
    for (member, value) in stored["properties"].as_object().into_iter().flatten() {
        shown[member] = value.clone();
    }
    if is_activating {
        shown["provisioningState"] = json!("Activating");
    }
    shown
}

fn normalize(location: &str) -> String {
    location.replace(' ', "").to_ascii_lowercase()
}

/// The name of a location as responses write it.
fn display_name(location: &str) -> &str {
    let normalized = normalize(location);
    LOCATIONS.iter().find(|name| normalize(name) == normalized).copied().unwrap_or(location)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_have_their_display_names() {
        for location in ["westus", "West US", "WestUS"] {
            assert_eq!(display_name(location), "West US");
        }
        assert_eq!(display_name("elsewhere"), "elsewhere");
    }
}
