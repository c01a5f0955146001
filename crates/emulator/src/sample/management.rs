//! The sample's API Management service, with an API of every kind.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::ids::service_id;
use super::put_resource::put_resource;
use crate::state::State;

const LIBRARY: &str = include_str!("my-api.yaml");
const ORDERS_V1: &str = include_str!("orders-v1.json");
const ORDERS_V2: &str = include_str!("orders-v2.json");
const WEATHER: &str = include_str!("weather.json");
const STOCK: &str = include_str!("stock.wsdl");
const MUSEUM: &str = include_str!("museum.graphql");
const UNICODE: &str = include_str!("unicode.yaml");

/// Adds the service and its resources.
pub(super) fn load_service(state: &mut State, now: OffsetDateTime) {
    let service = json!({
        "sku": {"name": "Developer", "capacity": 1},
        "location": "eastus",
        "properties": {"publisherEmail": "apis@contoso.com", "publisherName": "Contoso"},
    });
    put_resource(state, &service_id(), &service, now);
    for (path, properties) in resources() {
        put_resource(state, &format!("{}/{path}", service_id()), &json!({"properties": properties}), now);
    }
    for link in ["products/starter/apis/my-api", "products/starter/apis/orders-v2", "apis/my-api/tags/public"]
    {
        put_resource(state, &format!("{}/{link}", service_id()), &json!({}), now);
    }
}

/// The resources below the service, in an order in which they can be created: path and properties.
fn resources() -> Vec<(&'static str, Value)> {
    let mut all = vec![
        ("tags/public", json!({"displayName": "public"})),
        (
            "apiVersionSets/orders",
            json!({"displayName": "Orders", "versioningScheme": "Segment", "description": "Both lives of the orders API."}),
        ),
        (
            "products/starter",
            json!({"displayName": "Starter", "description": "Enough to begin with.", "state": "published",
                   "subscriptionRequired": true, "approvalRequired": false}),
        ),
        (
            "namedValues/library-key",
            json!({"displayName": "library-key", "value": "not-really-a-secret", "secret": true, "tags": ["library"]}),
        ),
        (
            "backends/library",
            json!({"url": "https://api.library.example.com/v1", "protocol": "http", "title": "Library"}),
        ),
    ];
    all.extend(rest_apis());
    all.extend(other_apis());
    all.extend(mcp_servers_and_agents());
    all.extend(workspace());
    all
}

fn rest_apis() -> Vec<(&'static str, Value)> {
    vec![
        ("apis/my-api", json!({"path": "library", "format": "openapi", "value": LIBRARY})),
        (
            "apis/orders-v1",
            json!({"path": "orders", "format": "openapi+json", "value": ORDERS_V1,
                   "apiVersion": "v1", "apiVersionSetId": "/apiVersionSets/orders"}),
        ),
        (
            "apis/orders-v2",
            json!({"path": "orders", "format": "openapi+json", "value": ORDERS_V2,
                   "apiVersion": "v2", "apiVersionSetId": "/apiVersionSets/orders"}),
        ),
        ("apis/weather", json!({"path": "weather", "format": "swagger-json", "value": WEATHER})),
        (
            "apis/weather;rev=2",
            json!({"path": "weather", "sourceApiId": "/apis/weather", "apiRevisionDescription": "Names the pressure, too."}),
        ),
        (
            "apis/weather;rev=2/operations/pressure",
            json!({"displayName": "Air pressure in a city", "method": "GET", "urlTemplate": "/pressure/{city}",
                   "templateParameters": [{"name": "city", "type": "string", "required": true}],
                   "responses": [{"statusCode": 200, "description": "Hectopascal."}]}),
        ),
        (
            "apis/warehouse",
            json!({"path": "warehouse", "displayName": "Warehouse inventory, replenishment and returns management API",
                   "description": "Made by hand, operation by operation.", "serviceUrl": "https://warehouse.example.com",
                   "protocols": ["https"]}),
        ),
        (
            "apis/warehouse/operations/stock",
            json!({"displayName": "Stock of an article", "method": "GET", "urlTemplate": "/articles/{id}/stock",
                   "templateParameters": [{"name": "id", "description": "Format - int32.", "type": "integer", "required": true}],
                   "responses": [{"statusCode": 200, "description": "How many there are."}]}),
        ),
        ("apis/unicode", json!({"path": "unicode", "format": "openapi", "value": UNICODE})),
    ]
}

fn other_apis() -> Vec<(&'static str, Value)> {
    vec![
        ("apis/stock", json!({"path": "stock", "format": "wsdl", "value": STOCK, "apiType": "soap"})),
        (
            "apis/museum",
            json!({"path": "museum", "displayName": "Museum", "type": "graphql", "protocols": ["https"],
                   "serviceUrl": "https://museum.example.com/graphql"}),
        ),
        (
            "apis/museum/schemas/graphql",
            json!({"contentType": "application/vnd.ms-azure-apim.graphql.schema", "document": {"value": MUSEUM}}),
        ),
        (
            "apis/museum/resolvers/paintings",
            json!({"displayName": "Paintings", "path": "Query/paintings", "description": "From the archive's own API."}),
        ),
        (
            "apis/museum/resolvers/paintings/policies/policy",
            json!({"format": "xml", "value": "<http-data-source><http-request><set-method>GET</set-method>\
                   <set-url>https://archive.example.com/paintings</set-url></http-request></http-data-source>"}),
        ),
        (
            "apis/ticker",
            json!({"path": "ticker", "displayName": "Ticker", "type": "websocket", "protocols": ["wss"],
                   "serviceUrl": "wss://ticker.example.com/prices"}),
        ),
    ]
}

/// An MCP server whose tools are operations of an API, one that passes requests through to another server, and an agent.
///
/// Earlier API versions than 2025-09-01-preview do not show them.
fn mcp_servers_and_agents() -> Vec<(&'static str, Value)> {
    vec![
        (
            "apis/library-tools",
            json!({"path": "library-tools", "displayName": "Library tools", "type": "mcp", "protocols": ["https"],
                   "description": "Operations of the City Library for agents."}),
        ),
        (
            "apis/library-tools/tools/search_books",
            json!({"displayName": "search_books", "description": "Search the catalogue of the library.",
                   "operationId": "/apis/my-api/operations/searchBooks"}),
        ),
        (
            "apis/library-tools/tools/add_book",
            json!({"displayName": "add_book", "description": "Add a book to the catalogue.",
                   "operationId": "/apis/my-api/operations/addBook"}),
        ),
        (
            "apis/handbook-search",
            json!({"path": "handbook", "displayName": "Handbook search", "type": "mcp", "protocols": ["https"],
                   "description": "Search in the staff handbook, answered by a server of its own.",
                   "serviceUrl": "https://handbook.example.com",
                   "mcpProperties": {"transportType": "streamable", "endpoints": {"mcp": {"uriTemplate": "/mcp"}}}}),
        ),
        (
            "apis/concierge",
            json!({"path": "concierge", "displayName": "Concierge", "type": "a2a", "isAgent": true,
                   "description": "An agent that answers visitors' questions.", "protocols": ["https"],
                   "agent": {"id": "concierge", "name": "Concierge", "providerName": "Contoso"},
                   "a2aProperties": {"agentCardPath": "/.well-known/agent-card.json",
                                     "agentCardBackendUrl": "https://concierge.example.com/.well-known/agent-card.json"},
                   "jsonRpcProperties": {"path": "/", "backendUrl": "https://concierge.example.com"}}),
        ),
    ]
}

/// A workspace with an API.
fn workspace() -> Vec<(&'static str, Value)> {
    vec![
        (
            "workspaces/billing",
            json!({"displayName": "Billing", "description": "The APIs of the billing team."}),
        ),
        (
            "workspaces/billing/apis/invoices",
            json!({"path": "invoices", "displayName": "Invoices", "description": "Invoices and their payments.",
                   "serviceUrl": "https://billing.example.com", "protocols": ["https"]}),
        ),
        (
            "workspaces/billing/apis/invoices/operations/list-invoices",
            json!({"displayName": "List the invoices", "method": "GET", "urlTemplate": "/invoices",
                   "responses": [{"statusCode": 200, "description": "The invoices."}]}),
        ),
    ]
}
