//! The kinds of commands, and the request of each that meets a fault.

use serde_json::json;

use crate::support::{APIM, APIM_ID, Azure, CENTER, CENTER_ID, Sandbox, TOKEN, send_request};

/// The commands that share an emulator.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    /// Commands on one resource.
    Single,
    /// Bulk commands.
    Bulk,
}

/// The effect of sending the request again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Repetition {
    /// None: the request is idempotent.
    Harmless,
    /// The action happens a second time.
    Repeats,
}

/// The regular response to the request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ResponseBody {
    /// JSON.
    Json,
    /// A page of a list.
    Page,
    /// A 202 without a body; there may be a resource to read.
    Accepted,
    /// A document, which does not come from the Resource Manager.
    Document,
    /// The status of an operation.
    Operation,
    /// No body.
    Empty,
}

/// A preparation before any command runs.
pub(super) enum Step {
    /// Creates a resource in the center, with another API version than azr's, so that no rule matches.
    Put(&'static str, &'static str),
    /// Lets the center read API Management.
    Role,
}

/// A kind of command.
pub(super) struct Kind {
    /// The name in reports.
    pub name: &'static str,
    pub group: Group,
    line: &'static str,
    /// The request that meets the fault, as the start of a rule.
    pub request: &'static str,
    pub repetition: Repetition,
    pub response: ResponseBody,
    /// The exit code when the request fails.
    pub failure_code: i32,
    /// The exit code for status 404.
    pub not_found_code: i32,
    /// Whether there is a result even if something failed.
    pub has_summary: bool,
    /// Whether azr reads a resource again that has changed before it could be written.
    pub reads_again: bool,
    /// A part of the paths of all writes.
    pub written_path: &'static str,
    /// A rule that applies under every fault.
    pub permanent_rule: Option<&'static str>,
    pub preparation: &'static [Step],
}

const DEFAULT: Kind = Kind {
    name: "",
    group: Group::Single,
    line: "",
    request: "",
    repetition: Repetition::Harmless,
    response: ResponseBody::Json,
    failure_code: 1,
    not_found_code: 3,
    has_summary: false,
    reads_again: false,
    written_path: "(nothing)",
    permanent_rule: None,
    preparation: &[],
};

const BULK: Kind =
    Kind { group: Group::Bulk, failure_code: 4, not_found_code: 4, has_summary: true, ..DEFAULT };

const API: &str = r#"{"properties": {"title": "One", "kind": "rest"}}"#;
const VERSION: &str = r#"{"properties": {"title": "v1", "lifecycleStage": "design"}}"#;
const DEFINITION: &str = r#"{"properties": {"title": "OpenAPI"}}"#;

/// All kinds of commands.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "show",
        line: "apic api show {CENTER} --api-id swagger-petstore",
        request: "GET */apis/swagger-petstore",
        ..DEFAULT
    },
    Kind {
        name: "list",
        line: "apim api list {APIM}",
        request: "GET */myAPIManagement/apis?api-version=2022-08-01",
        response: ResponseBody::Page,
        ..DEFAULT
    },
    Kind {
        name: "list, second page",
        line: "apim api list {APIM} --query [].name",
        request: "GET */myAPIManagement/apis?*$skip=100*",
        response: ResponseBody::Page,
        ..DEFAULT
    },
    Kind {
        name: "create",
        line: "apic api create {CENTER} --api-id created --title One --type rest",
        request: "PUT */apis/created",
        written_path: "/apis/created",
        ..DEFAULT
    },
    Kind {
        name: "create, accepted",
        line: "apic api create {CENTER} --api-id begun --title One --type rest",
        request: "PUT */apis/begun",
        response: ResponseBody::Accepted,
        written_path: "/apis/begun",
        permanent_rule: Some("PUT */apis/begun accept"),
        ..DEFAULT
    },
    Kind {
        name: "create, polled",
        line: "apic api create {CENTER} --api-id polled --title One --type rest",
        request: "GET */apis/polled/operationResults/*",
        response: ResponseBody::Operation,
        written_path: "/apis/polled",
        permanent_rule: Some("PUT */apis/polled accept"),
        ..DEFAULT
    },
    Kind {
        name: "update, reading",
        line: "apic api update {CENTER} --api-id read --title Two",
        request: "GET */apis/read",
        written_path: "/apis/read",
        preparation: &[Step::Put("workspaces/default/apis/read", API)],
        ..DEFAULT
    },
    Kind {
        name: "update, writing",
        line: "apic api update {CENTER} --api-id changed --set title=Two",
        request: "PUT */apis/changed?api-version=2024-03-01",
        written_path: "/apis/changed",
        preparation: &[Step::Put("workspaces/default/apis/changed", API)],
        ..DEFAULT
    },
    Kind {
        name: "delete",
        line: "apic api delete {CENTER} --api-id removed --yes",
        request: "DELETE */apis/removed",
        response: ResponseBody::Empty,
        written_path: "/apis/removed",
        preparation: &[Step::Put("workspaces/default/apis/removed", API)],
        ..DEFAULT
    },
    Kind {
        name: "delete, accepted",
        line: "apic api delete {CENTER} --api-id ended --yes",
        request: "DELETE */apis/ended",
        response: ResponseBody::Accepted,
        written_path: "/apis/ended",
        permanent_rule: Some("DELETE */apis/ended accept"),
        preparation: &[Step::Put("workspaces/default/apis/ended", API)],
        ..DEFAULT
    },
    Kind {
        name: "import-specification",
        line: "apic api definition import-specification {CENTER} --api-id imported --version-id v-1 --definition-id doc --format inline --value @spec.json --specification name=openapi version=3.0.1",
        request: "POST */definitions/doc/importSpecification",
        response: ResponseBody::Empty,
        written_path: "/apis/imported",
        preparation: &[
            Step::Put("workspaces/default/apis/imported", API),
            Step::Put("workspaces/default/apis/imported/versions/v-1", VERSION),
            Step::Put("workspaces/default/apis/imported/versions/v-1/definitions/doc", DEFINITION),
        ],
        ..DEFAULT
    },
    Kind {
        name: "export-specification",
        line: "apic api definition export-specification {CENTER} --api-id swagger-petstore --version-id 1-0-0 --definition-id openapi --file-name specification.json",
        request: "POST */swagger-petstore/*/exportSpecification",
        ..DEFAULT
    },
    Kind {
        name: "apim api export",
        line: "apim api export {APIM} --api-id my-api --export-format OpenApiYamlFile -f exported.yaml",
        request: "GET */apis/my-api?*export=true*",
        ..DEFAULT
    },
    Kind {
        name: "apim api export, document",
        line: "apim api export {APIM} --api-id weather --export-format OpenApiJsonFile -f document.json",
        request: "GET /api-export/weather.*",
        response: ResponseBody::Document,
        not_found_code: 1,
        ..DEFAULT
    },
    Kind {
        name: "register",
        line: "apic api register {CENTER} -l spec.json --api-id registered",
        request: "PUT */apis/registered/versions/*",
        reads_again: true,
        written_path: "/apis/registered",
        ..DEFAULT
    },
    Kind {
        name: "register, document",
        line: "apic api register {CENTER} -l spec.json --api-id documented",
        request: "POST */apis/documented/*/importSpecification",
        response: ResponseBody::Empty,
        written_path: "/apis/documented",
        ..DEFAULT
    },
    Kind {
        name: "rest",
        line: "rest -u {CENTER_ID}/workspaces/default",
        request: "GET */workspaces/default",
        not_found_code: 1,
        ..DEFAULT
    },
    Kind {
        name: "rest --paginate",
        line: "rest -u {APIM_ID}/products --paginate",
        request: "GET */myAPIManagement/products",
        response: ResponseBody::Page,
        not_found_code: 1,
        ..DEFAULT
    },
    Kind {
        name: "wait",
        line: "apim api wait {APIM} --api-id stock --updated --interval 1 --timeout 4",
        request: "GET */apis/stock",
        ..DEFAULT
    },
    Kind {
        name: "register, many",
        line: "apic api register {CENTER} -l specs",
        request: "PUT */apis/manya/versions/*",
        reads_again: true,
        written_path: "/apis/many",
        ..BULK
    },
    Kind {
        name: "import by the service",
        line: "apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis museum",
        request: "POST */importFromApim",
        repetition: Repetition::Repeats,
        response: ResponseBody::Accepted,
        failure_code: 1,
        not_found_code: 3,
        has_summary: false,
        written_path: "/importFromApim",
        preparation: &[Step::Role],
        ..BULK
    },
    Kind {
        name: "import by azr",
        line: "apic import-from-apim {CENTER} --mode client --apim-name myAPIManagement --apim-apis api-00003 --journal ../3.jsonl",
        request: "PUT */apis/api-00003/versions/*",
        reads_again: true,
        written_path: "/apis/api-00003",
        ..BULK
    },
    Kind {
        name: "import by azr, export",
        line: "apic import-from-apim {CENTER} --mode client --apim-name myAPIManagement --apim-apis api-00004 --journal ../4.jsonl",
        request: "GET */apis/api-00004?*export=true*",
        written_path: "/apis/api-00004",
        ..BULK
    },
    Kind {
        name: "export, many",
        line: "apim api export {APIM} --api-id api-00005 api-00006 --export-format OpenApiJsonFile -f many",
        request: "GET */apis/api-00005?*export=true*",
        ..BULK
    },
];

/// The kinds that share an emulator.
pub(super) fn kinds_of(group: Group) -> impl Iterator<Item = &'static Kind> {
    KINDS.iter().filter(move |kind| kind.group == group)
}

impl Kind {
    /// The command line.
    pub(super) fn line(&self) -> String {
        self.line
            .replace("{CENTER}", CENTER)
            .replace("{APIM}", APIM)
            .replace("{CENTER_ID}", CENTER_ID)
            .replace("{APIM_ID}", APIM_ID)
    }

    /// The action of the rule that makes the regular response a 202.
    pub(super) fn accept_action(&self) -> &'static str {
        if self.response == ResponseBody::Accepted && self.permanent_rule.is_some() { "accept " } else { "" }
    }
}

impl Step {
    /// Carries out the preparation.
    pub(super) fn run(&self, azure: &Azure) {
        match self {
            Self::Put(path, body) => {
                let path = format!("{CENTER_ID}/{path}?api-version=2024-03-15-preview");
                let response = send_request(azure.endpoint(), TOKEN, "PUT", &path, body).expect("a response");
                assert_eq!(response.status, 200, "{path}: {}", String::from_utf8_lossy(&response.body));
            }
            Self::Role => {
                let principal = crate::service_import::create_identity(azure);
                crate::service_import::assign_role(azure, &principal);
            }
        }
    }
}

/// Writes the files that the commands name.
pub(super) fn write_files(sandbox: &Sandbox) {
    let spec = |title: &str| {
        json!({"openapi": "3.0.1", "info": {"title": title, "version": "1.0"}, "paths": {}}).to_string()
    };
    sandbox.write("spec.json", spec("One"));
    std::fs::create_dir(sandbox.folder().join("specs")).expect("a folder");
    sandbox.write("specs/a.json", spec("Many A"));
    sandbox.write("specs/b.json", spec("Many B"));
}
