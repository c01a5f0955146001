//! The table of API Management's resource kinds: one row for each type below a service or workspace.

use super::dialect::ApiManagement;
use super::{
    api_operations, apis, apis_by_tag, fields, hooks, links, mcp_and_a2a, named_links, operations, revisions,
    schema_documents, service_actions, tag_resources, workspace_gateways,
};
use crate::filter::CaseSensitivity;
use crate::resources::{
    Action, ApiVersions, Hooks, Layout, NO_HOOKS, NameCharacters, NameRule, NotFound, PageStyle, Provider,
    ResourceKind, SystemData,
};

/// `Microsoft.ApiManagement`.
pub(crate) static PROVIDER: Provider = Provider {
    root_type: "Microsoft.ApiManagement/service",
    api_versions: API_VERSIONS,
    deleted_since: ApiVersions::Since("2020-06-01-preview"),
    root_actions: service_actions::ACTIONS,
    kinds: KINDS,
    dialect: &ApiManagement,
    layout: Layout::AsSent,
    page_style: PAGE_STYLE,
    created_status: 201,
    supports_patch: true,
    patch_responds_with_body: ApiVersions::Since("2020-06-01-preview"),
};

pub(super) const PAGE_STYLE: PageStyle = PageStyle {
    size: Some(100),
    has_count: true,
    allows_empty: false,
    case: CaseSensitivity::Insensitive,
    searched: &[],
};

/// The API versions of the provider.
const API_VERSIONS: &[&str] = &[
    "2016-07-07",
    "2016-10-10",
    "2017-03-01",
    "2018-01-01",
    "2018-06-01-preview",
    "2019-01-01",
    "2019-12-01",
    "2019-12-01-preview",
    "2020-06-01-preview",
    "2020-12-01",
    "2021-01-01-preview",
    "2021-04-01-preview",
    "2021-08-01",
    "2021-12-01-preview",
    "2022-04-01-preview",
    "2022-08-01",
    "2022-09-01-preview",
    "2023-03-01-preview",
    "2023-05-01-preview",
    "2023-09-01-preview",
    "2024-05-01",
    "2024-06-01-preview",
    "2024-10-01-preview",
    "2025-03-01-preview",
    "2025-09-01-preview",
];

const NAME_80: NameRule = NameRule { min: 1, max: 80, characters: NameCharacters::NoReserved, only: None };
const ANY_NAME_80: NameRule = NameRule { characters: NameCharacters::Any, ..NAME_80 };
const NAME_256: NameRule = NameRule { max: 256, ..NAME_80 };
const ANY_NAME_256: NameRule = NameRule { max: 256, ..ANY_NAME_80 };

/// A kind that has nothing particular.
pub(super) const REGULAR: ResourceKind = ResourceKind {
    path: &[],
    in_workspaces: false,
    label: "",
    api_versions: ApiVersions::All,
    names: NAME_80,
    fields: &[],
    is_sorted: false,
    not_found: NotFound::Usual,
    has_etag: true,
    system_data: SystemData::None,
    deleted_status: 200,
    quota: None,
    hooks: NO_HOOKS,
    accept_write: None,
    actions: &[],
    handler: None,
};

const POLICY: ResourceKind = ResourceKind {
    label: "Policy",
    names: NameRule { only: Some("policy"), ..ANY_NAME_80 },
    fields: fields::POLICY,
    hooks: Hooks {
        validate: hooks::validate_policy,
        before_put: hooks::before_put_of_policy,
        show: hooks::show_policy,
        ..NO_HOOKS
    },
    ..REGULAR
};

/// Links with names of their own.
const NAMED_LINKS: ResourceKind = ResourceKind {
    in_workspaces: true,
    label: "Link",
    api_versions: ApiVersions::Since("2022-09-01-preview"),
    handler: Some(named_links::handle),
    ..REGULAR
};

static KINDS: &[ResourceKind] = &[
    ResourceKind {
        path: &["apis"],
        in_workspaces: true,
        label: "Api",
        names: NAME_256,
        fields: fields::API,
        hooks: Hooks { resolve: revisions::resolve, ..NO_HOOKS },
        handler: Some(apis::handle),
        ..REGULAR
    },
    ResourceKind {
        path: &["apis", "revisions"],
        in_workspaces: true,
        label: "Api",
        handler: Some(revisions::handle),
        ..REGULAR
    },
    ResourceKind {
        path: &["apis", "operations"],
        in_workspaces: true,
        label: "Operation",
        names: ANY_NAME_80,
        fields: fields::OPERATION,
        is_sorted: true,
        hooks: Hooks {
            validate: api_operations::validate,
            before_put: api_operations::before_put,
            show: api_operations::show,
            after_put: hooks::after_put_of_part,
            before_delete: hooks::before_delete_of_part,
            ..NO_HOOKS
        },
        ..REGULAR
    },
    ResourceKind { path: &["apis", "operations", "policies"], in_workspaces: true, ..POLICY },
    ResourceKind {
        path: &["apis", "operations", "tags"],
        label: "Tag",
        handler: Some(links::handle),
        ..REGULAR
    },
    ResourceKind {
        path: &["apis", "schemas"],
        in_workspaces: true,
        label: "Schema",
        names: ANY_NAME_80,
        fields: fields::SCHEMA,
        accept_write: Some(operations::accept_write),
        hooks: Hooks {
            before_put: schema_documents::before_put,
            after_put: hooks::after_put_of_part,
            before_delete: hooks::before_delete_of_part,
            ..NO_HOOKS
        },
        ..REGULAR
    },
    ResourceKind {
        path: &["apis", "releases"],
        in_workspaces: true,
        label: "Release",
        fields: fields::RELEASE,
        hooks: Hooks {
            validate: hooks::validate_release,
            before_put: hooks::before_put_of_release,
            after_put: hooks::after_put_of_release,
            ..NO_HOOKS
        },
        ..REGULAR
    },
    ResourceKind {
        path: &["apis", "tools"],
        label: "Tool",
        api_versions: ApiVersions::Since(mcp_and_a2a::SINCE),
        names: NameRule { characters: NameCharacters::WordOrHyphen, ..NAME_80 },
        fields: fields::TOOL,
        hooks: Hooks {
            validate: mcp_and_a2a::validate_tool,
            before_put: mcp_and_a2a::before_put_of_tool,
            ..NO_HOOKS
        },
        ..REGULAR
    },
    ResourceKind {
        path: &["apis", "resolvers"],
        label: "Resolver",
        names: ANY_NAME_80,
        fields: fields::RESOLVER,
        ..REGULAR
    },
    ResourceKind { path: &["apis", "resolvers", "policies"], ..POLICY },
    ResourceKind { path: &["apis", "policies"], in_workspaces: true, ..POLICY },
    ResourceKind {
        path: &["apis", "tagDescriptions"],
        label: "TagDescription",
        fields: fields::TAG_DESCRIPTION,
        hooks: Hooks {
            validate: hooks::validate_tag_description,
            before_put: hooks::before_put_of_tag_description,
            ..NO_HOOKS
        },
        ..REGULAR
    },
    ResourceKind {
        path: &["apis", "wikis"],
        label: "Wiki",
        api_versions: ApiVersions::Since("2022-08-01"),
        names: NameRule { only: Some("default"), ..NAME_80 },
        fields: fields::WIKI,
        ..REGULAR
    },
    ResourceKind { path: &["apis", "tags"], label: "Tag", handler: Some(links::handle), ..REGULAR },
    ResourceKind {
        path: &["apis", "products"],
        label: "Product",
        handler: Some(links::handle_reverse),
        ..REGULAR
    },
    ResourceKind {
        path: &["apis", "operationsByTags"],
        label: "Operation",
        handler: Some(tag_resources::handle_operations),
        ..REGULAR
    },
    ResourceKind {
        path: &["productsByTags"],
        label: "Product",
        handler: Some(tag_resources::handle_products),
        ..REGULAR
    },
    ResourceKind {
        path: &["tagResources"],
        label: "TagResource",
        handler: Some(tag_resources::handle),
        ..REGULAR
    },
    ResourceKind { path: &["products", "apiLinks"], fields: fields::API_LINK, ..NAMED_LINKS },
    ResourceKind { path: &["tags", "apiLinks"], fields: fields::API_LINK, ..NAMED_LINKS },
    ResourceKind { path: &["tags", "operationLinks"], fields: fields::OPERATION_LINK, ..NAMED_LINKS },
    ResourceKind { path: &["tags", "productLinks"], fields: fields::PRODUCT_LINK, ..NAMED_LINKS },
    ResourceKind { path: &["apisByTags"], label: "Api", handler: Some(apis_by_tag::handle), ..REGULAR },
    ResourceKind {
        path: &["apiVersionSets"],
        in_workspaces: true,
        label: "ApiVersionSet",
        fields: fields::VERSION_SET,
        hooks: Hooks {
            validate: hooks::validate_version_set,
            before_delete: hooks::before_delete_of_version_set,
            ..NO_HOOKS
        },
        ..REGULAR
    },
    ResourceKind {
        path: &["products"],
        in_workspaces: true,
        label: "Product",
        names: ANY_NAME_256,
        fields: fields::PRODUCT,
        hooks: Hooks { show: hooks::show_product, ..NO_HOOKS },
        ..REGULAR
    },
    ResourceKind { path: &["products", "apis"], label: "Api", handler: Some(links::handle), ..REGULAR },
    ResourceKind { path: &["products", "tags"], label: "Tag", handler: Some(links::handle), ..REGULAR },
    ResourceKind {
        path: &["namedValues"],
        in_workspaces: true,
        label: "NamedValue",
        names: NAME_256,
        fields: fields::NAMED_VALUE,
        accept_write: Some(operations::accept_write),
        hooks: Hooks {
            validate: hooks::validate_named_value,
            before_put: hooks::before_put_of_named_value,
            ..NO_HOOKS
        },
        actions: &[Action { name: "listValue", run: hooks::list_value }],
        ..REGULAR
    },
    ResourceKind {
        path: &["backends"],
        in_workspaces: true,
        label: "Backend",
        names: ANY_NAME_80,
        fields: fields::BACKEND,
        ..REGULAR
    },
    ResourceKind { path: &["tags"], in_workspaces: true, label: "Tag", fields: fields::TAG, ..REGULAR },
    ResourceKind { path: &["policies"], in_workspaces: true, ..POLICY },
    ResourceKind { path: &["products", "policies"], in_workspaces: true, ..POLICY },
    ResourceKind {
        path: &["documentations"],
        label: "Documentation",
        api_versions: ApiVersions::Since("2022-08-01"),
        names: NAME_256,
        fields: fields::DOCUMENTATION,
        ..REGULAR
    },
    ResourceKind { path: &["gateways"], label: "Gateway", fields: fields::GATEWAY, ..REGULAR },
    ResourceKind { path: &["gateways", "apis"], label: "Api", handler: Some(links::handle), ..REGULAR },
    ResourceKind {
        path: &["workspaces"],
        label: "Workspace",
        api_versions: ApiVersions::Since("2022-09-01-preview"),
        fields: fields::WORKSPACE,
        ..REGULAR
    },
    ResourceKind {
        path: &["workspaceLinks"],
        label: "WorkspaceLink",
        api_versions: workspace_gateways::SINCE,
        handler: Some(workspace_gateways::handle_links),
        ..REGULAR
    },
];
