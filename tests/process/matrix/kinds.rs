//! The kinds of commands, and which request of each is struck.

use serde_json::json;

use crate::support::{APIM, APIM_ID, Azure, CENTER, CENTER_ID, Sandbox, TOKEN, send_request};

/// Which commands share an emulator.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum World {
    /// Those that are about one thing.
    Single,
    /// Those that are about many.
    Many,
}

/// What it would do to send the struck request again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// Nothing.
    Repeatable,
    /// The action, a second time.
    Action,
}

/// What the right answer to the struck request is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// JSON.
    Json,
    /// A page of a list.
    Page,
    /// A 202, of which there may be a resource to read.
    Accepted,
    /// A document, which is no answer of the Resource Manager.
    Document,
    /// The state of an operation.
    State,
    /// No body.
    Empty,
}

/// What is done before any command runs.
pub enum Step {
    /// Something is put below the center, in another API version than azr's, so that no rule strikes it.
    Put(&'static str, &'static str),
    /// The center may read API Management.
    Role,
}

/// A kind of command.
pub struct Kind {
    /// Its name in the table.
    pub name: &'static str,
    pub world: World,
    line: &'static str,
    /// The struck request, as the start of a rule.
    pub strikes: &'static str,
    pub nature: Nature,
    pub shape: Shape,
    /// The exit code when the struck request fails.
    pub fails: i32,
    /// And when it says 404.
    pub missing: i32,
    /// Whether there is a result even where something failed.
    pub sums_up: bool,
    /// A part of the path of all that is written.
    pub touches: &'static str,
    /// A rule that goes for it under every fault.
    pub always: Option<&'static str>,
    pub before: &'static [Step],
}

const USUAL: Kind = Kind {
    name: "",
    world: World::Single,
    line: "",
    strikes: "",
    nature: Nature::Repeatable,
    shape: Shape::Json,
    fails: 1,
    missing: 3,
    sums_up: false,
    touches: "(nothing)",
    always: None,
    before: &[],
};

const MANY: Kind = Kind { world: World::Many, fails: 4, missing: 4, sums_up: true, ..USUAL };

const API: &str = r#"{"properties": {"title": "One", "kind": "rest"}}"#;
const VERSION: &str = r#"{"properties": {"title": "v1", "lifecycleStage": "design"}}"#;
const DEFINITION: &str = r#"{"properties": {"title": "OpenAPI"}}"#;

/// All of them.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "show",
        line: "apic api show {CENTER} --api-id swagger-petstore",
        strikes: "GET */apis/swagger-petstore",
        ..USUAL
    },
    Kind {
        name: "list",
        line: "apim api list {APIM}",
        strikes: "GET */myAPIManagement/apis?api-version=2022-08-01",
        shape: Shape::Page,
        ..USUAL
    },
    Kind {
        name: "list, second page",
        line: "apim api list {APIM} --query [].name",
        strikes: "GET */myAPIManagement/apis?*$skip=100*",
        shape: Shape::Page,
        ..USUAL
    },
    Kind {
        name: "create",
        line: "apic api create {CENTER} --api-id created --title One --type rest",
        strikes: "PUT */apis/created",
        touches: "/apis/created",
        ..USUAL
    },
    Kind {
        name: "create, accepted",
        line: "apic api create {CENTER} --api-id begun --title One --type rest",
        strikes: "PUT */apis/begun",
        shape: Shape::Accepted,
        touches: "/apis/begun",
        always: Some("PUT */apis/begun accept"),
        ..USUAL
    },
    Kind {
        name: "create, polled",
        line: "apic api create {CENTER} --api-id polled --title One --type rest",
        strikes: "GET */apis/polled/operationResults/*",
        shape: Shape::State,
        touches: "/apis/polled",
        always: Some("PUT */apis/polled accept"),
        ..USUAL
    },
    Kind {
        name: "update, reading",
        line: "apic api update {CENTER} --api-id read --title Two",
        strikes: "GET */apis/read",
        touches: "/apis/read",
        before: &[Step::Put("workspaces/default/apis/read", API)],
        ..USUAL
    },
    Kind {
        name: "update, writing",
        line: "apic api update {CENTER} --api-id changed --set title=Two",
        strikes: "PUT */apis/changed?api-version=2024-03-01",
        touches: "/apis/changed",
        before: &[Step::Put("workspaces/default/apis/changed", API)],
        ..USUAL
    },
    Kind {
        name: "delete",
        line: "apic api delete {CENTER} --api-id removed --yes",
        strikes: "DELETE */apis/removed",
        shape: Shape::Empty,
        touches: "/apis/removed",
        before: &[Step::Put("workspaces/default/apis/removed", API)],
        ..USUAL
    },
    Kind {
        name: "delete, accepted",
        line: "apic api delete {CENTER} --api-id ended --yes",
        strikes: "DELETE */apis/ended",
        shape: Shape::Accepted,
        touches: "/apis/ended",
        always: Some("DELETE */apis/ended accept"),
        before: &[Step::Put("workspaces/default/apis/ended", API)],
        ..USUAL
    },
    Kind {
        name: "import-specification",
        line: "apic api definition import-specification {CENTER} --api-id imported --version-id v-1 --definition-id doc --format inline --value @spec.json --specification name=openapi version=3.0.1",
        strikes: "POST */definitions/doc/importSpecification",
        shape: Shape::Empty,
        touches: "/apis/imported",
        before: &[
            Step::Put("workspaces/default/apis/imported", API),
            Step::Put("workspaces/default/apis/imported/versions/v-1", VERSION),
            Step::Put("workspaces/default/apis/imported/versions/v-1/definitions/doc", DEFINITION),
        ],
        ..USUAL
    },
    Kind {
        name: "export-specification",
        line: "apic api definition export-specification {CENTER} --api-id swagger-petstore --version-id 1-0-0 --definition-id openapi --file-name specification.json",
        strikes: "POST */swagger-petstore/*/exportSpecification",
        ..USUAL
    },
    Kind {
        name: "apim api export",
        line: "apim api export {APIM} --api-id my-api --export-format OpenApiYamlFile -f exported.yaml",
        strikes: "GET */apis/my-api?*export=true*",
        ..USUAL
    },
    Kind {
        name: "apim api export, document",
        line: "apim api export {APIM} --api-id weather --export-format OpenApiJsonFile -f document.json",
        strikes: "GET /api-export/weather.*",
        shape: Shape::Document,
        missing: 1,
        ..USUAL
    },
    Kind {
        name: "register",
        line: "apic api register {CENTER} -l spec.json --api-id registered",
        strikes: "PUT */apis/registered/versions/*",
        touches: "/apis/registered",
        ..USUAL
    },
    Kind {
        name: "register, document",
        line: "apic api register {CENTER} -l spec.json --api-id documented",
        strikes: "POST */apis/documented/*/importSpecification",
        shape: Shape::Empty,
        touches: "/apis/documented",
        ..USUAL
    },
    Kind {
        name: "rest",
        line: "rest -u {CENTER_ID}/workspaces/default",
        strikes: "GET */workspaces/default",
        missing: 1,
        ..USUAL
    },
    Kind {
        name: "rest --paginate",
        line: "rest -u {APIM_ID}/products --paginate",
        strikes: "GET */myAPIManagement/products",
        shape: Shape::Page,
        missing: 1,
        ..USUAL
    },
    Kind {
        name: "wait",
        line: "apim api wait {APIM} --api-id stock --updated --interval 1 --timeout 4",
        strikes: "GET */apis/stock",
        ..USUAL
    },
    Kind {
        name: "register, many",
        line: "apic api register {CENTER} -l specs",
        strikes: "PUT */apis/manya/versions/*",
        touches: "/apis/many",
        ..MANY
    },
    Kind {
        name: "import by the service",
        line: "apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis museum",
        strikes: "POST */importFromApim",
        nature: Nature::Action,
        shape: Shape::Accepted,
        fails: 1,
        missing: 3,
        sums_up: false,
        touches: "/importFromApim",
        before: &[Step::Role],
        ..MANY
    },
    Kind {
        name: "import by azr",
        line: "apic import-from-apim {CENTER} --mode client --apim-name myAPIManagement --apim-apis api-00003 --journal ../3.jsonl",
        strikes: "PUT */apis/api-00003/versions/*",
        touches: "/apis/api-00003",
        ..MANY
    },
    Kind {
        name: "import by azr, export",
        line: "apic import-from-apim {CENTER} --mode client --apim-name myAPIManagement --apim-apis api-00004 --journal ../4.jsonl",
        strikes: "GET */apis/api-00004?*export=true*",
        touches: "/apis/api-00004",
        ..MANY
    },
    Kind {
        name: "export, many",
        line: "apim api export {APIM} --api-id api-00005 api-00006 --export-format OpenApiJsonFile -f many",
        strikes: "GET */apis/api-00005?*export=true*",
        ..MANY
    },
];

/// Those that share an emulator.
pub fn of(world: World) -> impl Iterator<Item = &'static Kind> {
    KINDS.iter().filter(move |kind| kind.world == world)
}

impl Kind {
    /// The command line.
    pub fn line(&self) -> String {
        self.line
            .replace("{CENTER}", CENTER)
            .replace("{APIM}", APIM)
            .replace("{CENTER_ID}", CENTER_ID)
            .replace("{APIM_ID}", APIM_ID)
    }

    /// The rule's actions that make the right answer what it is.
    pub fn accepts(&self) -> &'static str {
        if self.shape == Shape::Accepted && self.always.is_some() { "accept " } else { "" }
    }
}

impl Step {
    /// Takes it.
    pub fn take(&self, azure: &Azure) {
        match self {
            Self::Put(path, body) => {
                let path = format!("{CENTER_ID}/{path}?api-version=2024-03-15-preview");
                let reply = send_request(azure.endpoint(), TOKEN, "PUT", &path, body).expect("an answer");
                assert_eq!(reply.status, 200, "{path}: {}", String::from_utf8_lossy(&reply.body));
            }
            Self::Role => {
                let principal = crate::service_import::create_identity(azure);
                crate::service_import::assign_role(azure, &principal);
            }
        }
    }
}

/// The files that commands name.
pub fn put_files(sandbox: &Sandbox) {
    let spec = |title: &str| {
        json!({"openapi": "3.0.1", "info": {"title": title, "version": "1.0"}, "paths": {}}).to_string()
    };
    sandbox.write("spec.json", spec("One"));
    std::fs::create_dir(sandbox.folder().join("specs")).expect("a folder");
    sandbox.write("specs/a.json", spec("Many A"));
    sandbox.write("specs/b.json", spec("Many B"));
}
