//! The built-in roles that matter to API Management and API Center.
//!
//! Names and ids are those of Azure's published list of built-in roles; they are the same in every tenant.

use serde_json::{Value, json};

use crate::response::{self, Response};

/// A built-in role.
pub(super) struct Role {
    /// The name of the definition, a UUID.
    pub id: &'static str,
    /// The name people use.
    pub name: &'static str,
    description: &'static str,
    actions: &'static [&'static str],
    data_actions: &'static [&'static str],
}

const fn role(
    id: &'static str,
    name: &'static str,
    description: &'static str,
    actions: &'static [&'static str],
) -> Role {
    Role { id, name, description, actions, data_actions: &[] }
}

/// The roles the emulator knows.
pub(super) const BUILT_IN: &[Role] = &[
    role("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner", "Manages everything, access included.", &["*"]),
    role("b24988ac-6180-42a0-ab88-20f7382dd24c", "Contributor", "Manages everything but access.", &["*"]),
    role("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader", "Reads everything.", &["*/read"]),
    role(
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "User Access Administrator",
        "Manages access.",
        &["*/read", "Microsoft.Authorization/*"],
    ),
    role(
        "312a565d-c81f-4fd8-895a-4e21e48d571c",
        "API Management Service Contributor",
        "Manages services and their APIs.",
        &["Microsoft.ApiManagement/service/*"],
    ),
    role(
        "e022efe7-f5ba-4159-bbe4-b44f577e9b61",
        "API Management Service Operator Role",
        "Manages services, not their APIs.",
        &["Microsoft.ApiManagement/service/*/read", "Microsoft.ApiManagement/service/write"],
    ),
    role(
        "71522526-b88f-4d52-b57f-d31fc3546d0d",
        "API Management Service Reader Role",
        "Reads services and their APIs.",
        &["Microsoft.ApiManagement/service/*/read", "Microsoft.ApiManagement/service/read"],
    ),
    Role {
        id: "c7244dfb-f447-457d-b2ba-3999044d1706",
        name: "Azure API Center Data Reader",
        description: "Reads the data plane of API centers.",
        actions: &[],
        data_actions: &["Microsoft.ApiCenter/services/*/read"],
    },
    role(
        "dd24193f-ef65-44e5-8a7e-6fa6e03f7713",
        "Azure API Center Service Contributor",
        "Manages API centers.",
        &["Microsoft.ApiCenter/services/*"],
    ),
    role(
        "6cba8790-29c5-48e5-bab1-c7541b01cb04",
        "Azure API Center Service Reader",
        "Reads API centers.",
        &["Microsoft.ApiCenter/services/*/read"],
    ),
    role(
        "ede9aaa3-4627-494e-be13-4aa7c256148d",
        "Azure API Center Compliance Manager",
        "Manages API compliance in API centers.",
        &["Microsoft.ApiCenter/services/*/read", "Microsoft.ApiCenter/services/workspaces/apis/versions/*"],
    ),
];

/// The roles that let a principal read the APIs of an API Management service.
pub(crate) const APIM_READER_ROLES: &[&str] = &[
    "71522526-b88f-4d52-b57f-d31fc3546d0d",
    "312a565d-c81f-4fd8-895a-4e21e48d571c",
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7",
];

impl Role {
    /// The definition as a resource, seen from a subscription (empty for the tenant).
    #[must_use]
    pub(super) fn body(&self, subscription: &str) -> Value {
        json!({
            "properties": {
                "roleName": self.name,
                "type": "BuiltInRole",
                "description": self.description,
                "assignableScopes": ["/"],
                "permissions": [{
                    "actions": self.actions,
                    "notActions": [],
                    "dataActions": self.data_actions,
                    "notDataActions": [],
                }],
            },
            "id": format!("{subscription}/providers/Microsoft.Authorization/roleDefinitions/{}", self.id),
            "type": "Microsoft.Authorization/roleDefinitions",
            "name": self.id,
        })
    }
}

/// The answer for a definition that is not there.
#[must_use]
pub(super) fn missing(id: &str) -> Response {
    let text = format!("The specified role definition with ID '{id}' does not exist.");
    response::error(404, "RoleDefinitionDoesNotExist", &text)
}
