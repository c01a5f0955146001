//! The shape of an API Management service: the members that az prints and sends.

use super::shapes::{ID, NAME, TYPE, shape};
use azr_arm::schema::{Field, Kind, Schema, field, flattened, text};

const SKU: &[Field] = &[text("name"), field("capacity", Kind::Int)];

const USER_IDENTITY: &[Field] = &[text("principalId"), text("clientId")];

const IDENTITY: &[Field] = &[
    text("type"),
    text("principalId").read_only(),
    text("tenantId").read_only(),
    field("userAssignedIdentities", Kind::Map(&Kind::Object(USER_IDENTITY))),
];

const SYSTEM_DATA: &[Field] = &[
    text("createdBy"),
    text("createdByType"),
    field("createdAt", Kind::Time),
    text("lastModifiedBy"),
    text("lastModifiedByType"),
    field("lastModifiedAt", Kind::Time),
];

const CERTIFICATE_INFORMATION: &[Field] = &[field("expiry", Kind::Time), text("thumbprint"), text("subject")];

const HOSTNAME_CONFIGURATION: &[Field] = &[
    text("type"),
    text("hostName"),
    text("keyVaultId"),
    text("identityClientId"),
    text("encodedCertificate"),
    text("certificatePassword"),
    field("defaultSslBinding", Kind::Bool),
    field("negotiateClientCertificate", Kind::Bool),
    field("certificate", Kind::Object(CERTIFICATE_INFORMATION)),
    text("certificateSource"),
    text("certificateStatus"),
];

const VIRTUAL_NETWORK_CONFIGURATION: &[Field] =
    &[text("vnetid").read_only(), text("subnetname").read_only(), text("subnetResourceId")];

const ADDITIONAL_LOCATION: &[Field] = &[
    text("location"),
    field("sku", Kind::Object(SKU)),
    field("zones", Kind::List(&Kind::Text)),
    field("publicIPAddresses", Kind::List(&Kind::Text)).shown("publicIpAddresses").read_only(),
    field("privateIPAddresses", Kind::List(&Kind::Text)).shown("privateIpAddresses").read_only(),
    text("publicIpAddressId"),
    field("virtualNetworkConfiguration", Kind::Object(VIRTUAL_NETWORK_CONFIGURATION)),
    text("gatewayRegionalUrl").read_only(),
    text("natGatewayState"),
    field("outboundPublicIPAddresses", Kind::List(&Kind::Text))
        .shown("outboundPublicIpAddresses")
        .read_only(),
    field("disableGateway", Kind::Bool),
    text("platformVersion").read_only(),
];

const CERTIFICATE_CONFIGURATION: &[Field] = &[
    text("encodedCertificate"),
    text("certificatePassword"),
    text("storeName"),
    field("certificate", Kind::Object(CERTIFICATE_INFORMATION)),
];

const API_VERSION_CONSTRAINT: &[Field] = &[text("minApiVersion")];

const ARM_ID: &[Field] = &[text("id").read_only()];

const CONNECTION_STATE: &[Field] = &[text("status"), text("description"), text("actionsRequired")];

const PRIVATE_ENDPOINT_CONNECTION: &[Field] = &[
    text("id"),
    text("name"),
    text("type"),
    flattened(
        "properties",
        &[
            field("privateEndpoint", Kind::Object(ARM_ID)),
            field("privateLinkServiceConnectionState", Kind::Object(CONNECTION_STATE)),
            text("provisioningState").read_only(),
            field("groupIds", Kind::List(&Kind::Text)).read_only(),
        ],
    ),
];

/// An API Management service.
pub(super) static SERVICE: Schema = shape(&[
    ID,
    NAME,
    TYPE,
    field("tags", Kind::Map(&Kind::Text)),
    field("sku", Kind::Object(SKU)),
    field("identity", Kind::Object(IDENTITY)),
    field("systemData", Kind::Object(SYSTEM_DATA)).read_only(),
    text("location"),
    text("etag").read_only(),
    field("zones", Kind::List(&Kind::Text)),
    flattened(
        "properties",
        &[
            text("notificationSenderEmail"),
            text("provisioningState").read_only(),
            text("targetProvisioningState").read_only(),
            field("createdAtUtc", Kind::Time).read_only(),
            text("gatewayUrl").read_only(),
            text("gatewayRegionalUrl").read_only(),
            text("portalUrl").read_only(),
            text("managementApiUrl").read_only(),
            text("scmUrl").read_only(),
            text("developerPortalUrl").read_only(),
            field("hostnameConfigurations", Kind::List(&Kind::Object(HOSTNAME_CONFIGURATION))),
            field("publicIPAddresses", Kind::List(&Kind::Text)).shown("publicIpAddresses").read_only(),
            field("privateIPAddresses", Kind::List(&Kind::Text)).shown("privateIpAddresses").read_only(),
            text("publicIpAddressId"),
            text("publicNetworkAccess"),
            field("virtualNetworkConfiguration", Kind::Object(VIRTUAL_NETWORK_CONFIGURATION)),
            field("additionalLocations", Kind::List(&Kind::Object(ADDITIONAL_LOCATION))),
            field("customProperties", Kind::Map(&Kind::Text)),
            field("certificates", Kind::List(&Kind::Object(CERTIFICATE_CONFIGURATION))),
            field("enableClientCertificate", Kind::Bool),
            text("natGatewayState"),
            field("outboundPublicIPAddresses", Kind::List(&Kind::Text))
                .shown("outboundPublicIpAddresses")
                .read_only(),
            field("disableGateway", Kind::Bool),
            text("virtualNetworkType"),
            field("apiVersionConstraint", Kind::Object(API_VERSION_CONSTRAINT)),
            field("restore", Kind::Bool),
            field("privateEndpointConnections", Kind::List(&Kind::Object(PRIVATE_ENDPOINT_CONNECTION))),
            text("platformVersion").read_only(),
            text("publisherEmail"),
            text("publisherName"),
        ],
    ),
]);
