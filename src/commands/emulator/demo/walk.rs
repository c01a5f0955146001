//! The steps of the demo: what Microsoft's how-to on importing APIs from API Management tells to do, in its order.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// One command of the walk.
pub struct Step {
    /// What it is for.
    pub title: &'static str,
    /// The words after `azr`; `{name}` stands for the variable of that name.
    pub words: &'static [&'static str],
    /// The variable that takes what it prints.
    pub into: Option<&'static str>,
    /// Whether what it printed is right.
    pub check: fn(&str, &Variables) -> Result<(), String>,
}

/// The shell variables of the how-to.
pub struct Variables {
    folder: PathBuf,
    values: Vec<(&'static str, String)>,
}

impl Variables {
    /// No variables yet, in this folder.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), values: Vec::new() }
    }

    /// Sets a variable; `apimID` also sets `scope`, from which the how-to strips the leading slash.
    pub fn set(&mut self, name: &'static str, value: &str) {
        if name == "apimID" {
            self.set("scope", value.strip_prefix('/').unwrap_or(value));
        }
        self.values.retain(|(n, _)| *n != name);
        self.values.push((name, value.to_owned()));
    }

    fn get(&self, name: &str) -> &str {
        self.values.iter().find(|(n, _)| *n == name).map_or("", |(_, value)| value)
    }

    /// The words with the variables' values in them.
    pub fn fill(&self, words: &[&str]) -> Vec<String> {
        words
            .iter()
            .map(|word| {
                self.values.iter().fold((*word).to_owned(), |w, (n, v)| w.replace(&format!("{{{n}}}"), v))
            })
            .collect()
    }

    fn read(&self, name: &str) -> Result<String, String> {
        std::fs::read_to_string(self.folder.join(name)).map_err(|e| format!("{name} cannot be read: {e}"))
    }
}

/// The command line as one would type it in bash.
pub fn shown(step: &Step) -> String {
    let mut line = String::from("azr");
    for word in step.words {
        let variables = word.replace("{apicObjID}", "$apicObjID").replace("{link}", "$link");
        let word = variables.replace("{apimID}", "$apimID").replace("{scope}", "$scope");
        let quoted = word.is_empty() || word.contains([' ', '*', '{', '"', '$', '[']);
        let quote = match (quoted, word.contains('"')) {
            (false, _) => "",
            (true, true) => "'",
            (true, false) => "\"",
        };
        line.extend([" ", quote, word.as_str(), quote]);
    }
    match step.into {
        Some(name) => format!("{name}=$({line})"),
        None => line,
    }
}

const GROUP: &str = "myResourceGroup";
const CENTER: &str = "myAPICenter";
const APIM: &str = "myAPIManagement";

/// The steps, in order.
pub const STEPS: &[Step] = &[
    Step {
        title: "Export the definition of an API to a file",
        words: &[
            "apim",
            "api",
            "export",
            "--api-id",
            "my-api",
            "--resource-group",
            GROUP,
            "--service-name",
            APIM,
            "--export-format",
            "OpenApiJsonFile",
            "--file-path",
            ".",
        ],
        into: None,
        check: |_, variables| {
            let document: Value = serde_json::from_str(&variables.read("my-api_openapi+json.json")?)
                .map_err(|e| format!("the document is not JSON: {e}"))?;
            expect(document["openapi"].is_string(), "the document is not OpenAPI")
        },
    },
    Step {
        title: "Export it to a link that is good for five minutes",
        words: &[
            "apim",
            "api",
            "export",
            "--api-id",
            "my-api",
            "--resource-group",
            GROUP,
            "--service-name",
            APIM,
            "--export-format",
            "OpenApiJsonUrl",
            "--query",
            "properties.value.link",
            "--output",
            "tsv",
        ],
        into: Some("link"),
        check: |out, _| expect(out.starts_with("http"), "no link was printed"),
    },
    Step {
        title: "Register the API from the file",
        words: &[
            "apic",
            "api",
            "register",
            "--resource-group",
            GROUP,
            "--service",
            CENTER,
            "--api-location",
            "my-api_openapi+json.json",
        ],
        into: None,
        check: |_, _| Ok(()),
    },
    Step {
        title: "Or add an API, a version and a definition by hand …",
        words: &[
            "apic",
            "api",
            "create",
            "--resource-group",
            GROUP,
            "--service",
            CENTER,
            "--api-name",
            "my-api",
            "--title",
            "My API",
            "--type",
            "rest",
            "--output",
            "table",
        ],
        into: None,
        check: |out, _| expect(out.contains("my-api"), "the API is not shown"),
    },
    Step {
        title: "… the version …",
        words: &[
            "apic",
            "api",
            "version",
            "create",
            "--resource-group",
            GROUP,
            "--service",
            CENTER,
            "--api-name",
            "my-api",
            "--version-name",
            "v1-0-0",
            "--title",
            "v1.0.0",
            "--lifecycle-stage",
            "design",
            "--output",
            "table",
        ],
        into: None,
        check: |out, _| expect(out.contains("v1-0-0"), "the version is not shown"),
    },
    Step {
        title: "… the definition …",
        words: &[
            "apic",
            "api",
            "definition",
            "create",
            "--resource-group",
            GROUP,
            "--service",
            CENTER,
            "--api-name",
            "my-api",
            "--version-name",
            "v1-0-0",
            "--definition-name",
            "openapi",
            "--title",
            "OpenAPI",
            "--output",
            "table",
        ],
        into: None,
        check: |out, _| expect(out.contains("openapi"), "the definition is not shown"),
    },
    Step {
        title: "… and import the document from the link",
        words: &[
            "apic",
            "api",
            "definition",
            "import-specification",
            "--resource-group",
            GROUP,
            "--service",
            CENTER,
            "--api-name",
            "my-api",
            "--version-name",
            "v1-0-0",
            "--definition-name",
            "openapi",
            "--format",
            "link",
            "--value",
            "{link}",
            "--specification",
            "{\"name\":\"openapi\",\"version\":\"3.0.2\"}",
        ],
        into: None,
        check: |_, _| Ok(()),
    },
    Step {
        title: "Read the document back: it is the one that was exported",
        words: &[
            "apic",
            "api",
            "definition",
            "export-specification",
            "--resource-group",
            GROUP,
            "--service",
            CENTER,
            "--api-name",
            "my-api",
            "--version-name",
            "v1-0-0",
            "--definition-name",
            "openapi",
            "--file-name",
            "again.json",
        ],
        into: None,
        check: |_, variables| {
            let same = variables.read("again.json")? == variables.read("my-api_openapi+json.json")?;
            expect(same, "the documents differ")
        },
    },
    Step {
        title: "To import everything at once, give the API center an identity",
        words: &[
            "apic",
            "service",
            "update",
            "--name",
            CENTER,
            "--resource-group",
            GROUP,
            "--identity",
            "{\"type\": \"SystemAssigned\"}",
            "--output",
            "none",
        ],
        into: None,
        check: |_, _| Ok(()),
    },
    Step {
        title: "Find its principal",
        words: &[
            "apic",
            "service",
            "show",
            "--name",
            CENTER,
            "--resource-group",
            GROUP,
            "--query",
            "identity.principalId",
            "--output",
            "tsv",
        ],
        into: Some("apicObjID"),
        check: |out, _| expect(out.trim().len() == 36, "no principal was printed"),
    },
    Step {
        title: "Find the API Management service",
        words: &[
            "apim",
            "show",
            "--name",
            APIM,
            "--resource-group",
            GROUP,
            "--query",
            "id",
            "--output",
            "tsv",
        ],
        into: Some("apimID"),
        check: |out, _| expect(out.starts_with("/subscriptions/"), "no resource id was printed"),
    },
    Step {
        title: "Let the identity read it",
        words: &[
            "role",
            "assignment",
            "create",
            "--role",
            "API Management Service Reader Role",
            "--assignee-object-id",
            "{apicObjID}",
            "--assignee-principal-type",
            "ServicePrincipal",
            "--scope",
            "{scope}",
            "--output",
            "none",
        ],
        into: None,
        check: |_, _| Ok(()),
    },
    Step {
        title: "Import all its APIs",
        words: &[
            "apic",
            "service",
            "import-from-apim",
            "--service-name",
            CENTER,
            "--resource-group",
            GROUP,
            "--source-resource-ids",
            "{apimID}/apis/*",
        ],
        into: None,
        check: |_, _| Ok(()),
    },
    Step {
        title: "There they are",
        words: &[
            "apic",
            "api",
            "list",
            "--resource-group",
            GROUP,
            "--service",
            CENTER,
            "--query",
            "[].{kind:kind,title:title,name:name}",
            "--output",
            "table",
        ],
        into: None,
        check: |out, variables| {
            let rows = out.lines().skip(2).count();
            expect(!variables.get("apimID").is_empty() && rows >= 9, "APIs are missing")
        },
    },
];

fn expect(holds: bool, otherwise: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}
