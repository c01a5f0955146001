//! `azr apim backend`.

use super::shapes::{ID, NAME, TYPE, shape};
use crate::commands::names;
use crate::commands::resource::{NameArg, Resource, Segment, arg};
use crate::commands::tree::{Example, Node};
use crate::commands::verbs::{self, SDK, VerbConfig};
use azr_arm::schema::{Field, Kind, Schema, field, flattened, text};
use azr_core::resource::APIM_BACKEND;

const X509_CERTIFICATE_NAME: &[Field] = &[text("name"), text("issuerCertificateThumbprint")];

const SERVICE_FABRIC: &[Field] = &[
    text("clientCertificateId"),
    text("clientCertificatethumbprint"),
    field("maxPartitionResolutionRetries", Kind::Int),
    field("managementEndpoints", Kind::List(&Kind::Text)),
    field("serverCertificateThumbprints", Kind::List(&Kind::Text)),
    field("serverX509Names", Kind::List(&Kind::Object(X509_CERTIFICATE_NAME))),
];

const PROPERTIES: &[Field] = &[field("serviceFabricCluster", Kind::Object(SERVICE_FABRIC))];

const AUTHORIZATION: &[Field] = &[text("scheme"), text("parameter")];

const CREDENTIALS: &[Field] = &[
    field("certificateIds", Kind::List(&Kind::Text)),
    field("certificate", Kind::List(&Kind::Text)),
    field("query", Kind::Map(&Kind::List(&Kind::Text))),
    field("header", Kind::Map(&Kind::List(&Kind::Text))),
    field("authorization", Kind::Object(AUTHORIZATION)),
];

const PROXY: &[Field] = &[text("url"), text("username"), text("password")];

const TLS: &[Field] =
    &[field("validateCertificateChain", Kind::Bool), field("validateCertificateName", Kind::Bool)];

static SHAPE: Schema = shape(&[
    ID,
    NAME,
    TYPE,
    flattened(
        "properties",
        &[
            text("title"),
            text("description"),
            text("resourceId"),
            field("properties", Kind::Object(PROPERTIES)),
            field("credentials", Kind::Object(CREDENTIALS)),
            field("proxy", Kind::Object(PROXY)),
            field("tls", Kind::Object(TLS)),
            text("url"),
            text("protocol"),
        ],
    ),
]);

static BACKEND_ID: NameArg = names::apim("backend-id", &["backend-id"], "Backend");

static BACKEND: Resource = Resource {
    noun: "backend",
    plural: "backends",
    resource_type: &APIM_BACKEND,
    segments: &[Segment::Name(&names::APIM), Segment::Name(&BACKEND_ID)],
    schema: &SHAPE,
    args: &[
        arg("url", "url", "URL of the backend").required(),
        arg("protocol", "protocol", "Protocol").kind(Kind::Choice(&["http", "soap"])).required(),
        arg("description", "description", "Description"),
    ],
};

const CREATE: VerbConfig = VerbConfig { default_if_match: Some("*"), ..SDK };
const UPDATE: VerbConfig = VerbConfig { default_if_match: Some(""), ..SDK };

/// `azr apim backend …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        verbs::create(&BACKEND, CREATE)
            .examples(&[Example { summary: "Create a backend", command: "azr apim backend create -g myResourceGroup --service-name myAPIManagement --backend-id orders --url https://orders.example.com --protocol http" }])
            .into(),
        verbs::delete(&BACKEND, CREATE)
            .examples(&[Example { summary: "Delete a backend", command: "azr apim backend delete -g myResourceGroup --service-name myAPIManagement --backend-id orders --yes" }])
            .into(),
        verbs::list(&BACKEND, SDK)
            .examples(&[Example { summary: "List the backends", command: "azr apim backend list -g myResourceGroup --service-name myAPIManagement" }])
            .into(),
        verbs::show(&BACKEND, SDK)
            .examples(&[Example { summary: "Show a backend", command: "azr apim backend show -g myResourceGroup --service-name myAPIManagement --backend-id orders" }])
            .into(),
        verbs::update(&BACKEND, UPDATE)
            .examples(&[Example { summary: "Move a backend", command: "azr apim backend update -g myResourceGroup --service-name myAPIManagement --backend-id orders --url https://orders2.example.com" }])
            .into(),
    ]
}
