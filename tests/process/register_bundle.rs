//! `apic api register` of definitions that consist of several files.

use serde_json::{Value, json};

use crate::register::{export_document, registered_names};
use crate::support::{Azure, CENTER, Sandbox};

const ROOT: &str = "openapi: 3.0.3
info: {title: Spread, version: 1.10}
paths:
  /pets: {$ref: paths/pets.yaml}
";

const PETS: &str = "get:
  responses:
    '200':
      description: OK
      content: {application/json: {schema: {$ref: '../models/pet.json'}}}
";

const PET: &str = r#"{"type": "object", "properties": {"mother": {"$ref": "pet.json"}, "chip": {"$ref": "https://chips.example/chip.json"}}}"#;

fn write_files(azure: &Sandbox) {
    for folder in ["api", "api/paths", "api/models"] {
        std::fs::create_dir(azure.folder().join(folder)).expect("a folder");
    }
    azure.write("api/openapi.yaml", ROOT);
    azure.write("api/paths/pets.yaml", PETS);
    azure.write("api/models/pet.json", PET);
}

/// The document of a registration.
fn registered_text(azure: &Sandbox, stderr: &str) -> String {
    let [api, version, definition] = registered_names(stderr);
    String::from_utf8(export_document(azure, &api, &version, &definition)).expect("text")
}

#[test]
fn referenced_files_are_bundled() {
    let azure = Azure::start();
    write_files(&azure);
    let run = azure.ok(format!("apic api register {CENTER} -l api/openapi.yaml --verbose"));
    assert!(run.stdout_bytes.is_empty(), "{run}");
    assert!(run.stderr.contains("api/paths/pets.yaml, api/models/pet.json"), "{run}");
    assert!(run.stderr.contains("still refers to https://chips.example/chip.json"), "{run}");
    let text = registered_text(&azure, &run.stderr);
    let expected = "openapi: \"3.0.3\"
info:
  title: Spread
  version: \"1.10\"
paths:
  /pets:
    get:
      responses:
        \"200\":
          description: OK
          content:
            application/json:
              schema:
                $ref: \"#/components/schemas/pet\"
components:
  schemas:
    pet:
      type: object
      properties:
        mother:
          $ref: \"#/components/schemas/pet\"
        chip:
          $ref: https://chips.example/chip.json
";
    assert_eq!(text, expected);
    let shown = azure.json(format!("apic api version list {CENTER} --api-id spread --query [].name"));
    assert_eq!(shown, json!(["1-10"]));
}

#[test]
fn a_document_without_file_references_is_sent_unchanged() {
    let azure = Azure::start();
    let document = "# Ours\nopenapi: 3.0.3   # the version\ninfo: {title: Alone, version: 1.10}\npaths:\n  /a: {$ref: 'https://x.example/a.yaml'}\n  /b: {$ref: '#/paths/~1a'}\n";
    azure.write("alone.yaml", document);
    for option in ["", "--no-bundle"] {
        let run = azure.ok(format!("apic api register {CENTER} -l alone.yaml {option}"));
        assert_eq!(registered_text(&azure, &run.stderr), document);
    }
}

#[test]
fn invalid_references_are_refused_before_anything_is_created() {
    let azure = Azure::start();
    write_files(&azure);
    let run = azure.run(format!("apic api register {CENTER} -l api/openapi.yaml --no-bundle"));
    assert!(run.error(1).contains("refers to other files: paths/pets.yaml"), "{run}");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let secret = elsewhere.path().join("secret.yaml");
    std::fs::write(&secret, "type: string\n").expect("written");
    azure.write(".secret.yaml", "type: string\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&secret, azure.folder().join("api/models/link.yaml")).expect("a link");
    for (reference, message) in [
        ("../../secret.yaml", "points outside of the working directory"),
        ("..\\..\\secret.yaml", "points outside of the working directory"),
        ("%2e%2e/%2E./secret.yaml", "points outside of the working directory"),
        ("../.secret.yaml", "hidden"),
        (secret.to_str().expect("text"), "absolute path"),
        ("C:\\secret.yaml", "absolute path"),
        ("file:///etc/passwd", "absolute path"),
        #[cfg(unix)]
        ("models/link.yaml", "leads out of the working directory"),
        ("models/gone.yaml", "models/gone.yaml"),
        ("models/pet.json#/nothing", "has no /nothing"),
    ] {
        azure.write("api/bad.yaml", format!("openapi: 3.0.3\npaths: {{/a: {{$ref: '{reference}'}}}}\n"));
        let run = azure.run(format!("apic api register {CENTER} -l api/bad.yaml"));
        let error = run.error(1);
        assert!(error.contains(message) && error.contains("api/bad.yaml: $ref"), "{run}");
        assert!(run.stderr.contains("Hint: "), "{run}");
    }
    assert_eq!(azure.ok(format!("apic api list {CENTER} --query length(@)")).text(), "1");
}

#[test]
fn files_below_the_working_directory_may_be_referred_to() {
    let azure = Azure::start();
    write_files(&azure);
    azure.write(
        "api/paths/get.yaml",
        "openapi: 3.0.3\ninfo: {title: Deep, version: 1.0}\npaths: {/a: {$ref: '../../other/a.yaml#/a'}}\n",
    );
    std::fs::create_dir(azure.folder().join("other")).expect("a folder");
    azure.write("other/a.yaml", "a: {$ref: ..\\api\\paths\\pets.yaml}\n");
    for location in ["api/paths/get.yaml", "./api/../api/paths/get.yaml", "api/paths/get.y*"] {
        azure.ok(format!("apic api register {CENTER} -l {location}"));
        let text = export_document(&azure, "deep", "1-0", "openapi");
        let text = String::from_utf8(text).expect("text");
        assert!(text.contains("mother") && text.contains("#/components/schemas/pet"), "{text}");
    }
}

#[test]
fn the_size_limit_applies_to_the_bundled_document() {
    let azure = Azure::start();
    azure.write("big.yaml", format!("description: {}\n", "x".repeat(3 * 1024 * 1024)));
    azure.write(
        "root.yaml",
        "openapi: 3.0.3\ninfo: {title: Big, version: '1'}\npaths: {}\nx-a: {$ref: big.yaml}\n",
    );
    let run = azure.run(format!("apic api register {CENTER} -l root.yaml"));
    assert!(run.error(1).contains("root.yaml has 307"), "{run}");
}

#[test]
fn referenced_files_in_a_folder_are_not_registered() {
    let azure = Azure::start();
    write_files(&azure);
    let run = azure.ok(format!("apic api register {CENTER} -l api --recursive -o json"));
    let result = run.json();
    assert_eq!((&result["created"], &result["ignored"]), (&json!(1), &json!(2)), "{run}");
    assert_eq!(result["apis"][0]["sources"], json!(["api/openapi.yaml"]));
    let text = export_document(&azure, "spread", "1-10", "openapi");
    let text = String::from_utf8(text).expect("text");
    assert!(text.contains("#/components/schemas/pet") && !text.contains("pets.yaml"), "{text}");
}

#[test]
fn imports_of_other_formats_are_reported() {
    let azure = Azure::start();
    let proto = "syntax = \"proto3\";\npackage shop.v1;\nimport \"common.proto\";\nservice Shop { rpc Get(M) returns (M); }\n";
    azure.write("shop.proto", proto);
    azure.write("common.proto", "syntax = \"proto3\";\npackage shop.v1;\nmessage M {}\n");
    let run = azure.ok(format!("apic api register {CENTER} -l shop.proto"));
    assert!(run.stderr.contains("WARNING: it imports common.proto"), "{run}");
    let result: Value = azure.json(format!("apic api register {CENTER} -l '*.proto'"));
    assert_eq!((&result["unchanged"], &result["ignored"]), (&json!(1), &json!(1)), "{result}");
}

#[test]
fn a_document_without_operations_is_not_an_api_if_others_refer_to_it() {
    let azure = Azure::start();
    azure.write("api.yaml", "openapi: 3.0.3\ninfo: {title: Api, version: '1'}\npaths: {/a: {$ref: 'parts.yaml#/components/x-a'}}\n");
    azure.write("parts.yaml", "openapi: 3.0.3\ninfo: {title: Parts, version: '1'}\npaths: {}\ncomponents: {x-a: {get: {responses: {}}}}\n");
    azure.write("alone.yaml", "openapi: 3.0.3\ninfo: {title: Alone, version: '1'}\npaths: {}\n");
    let run = azure.ok(format!("apic api register {CENTER} -l . --verbose -o json"));
    let result = run.json();
    assert_eq!((&result["created"], &result["ignored"]), (&json!(2), &json!(1)), "{run}");
    assert!(run.stderr.contains("parts.yaml has no operations"), "{run}");
    azure.ok(format!("apic api register {CENTER} -l parts.yaml"));
}

#[test]
fn importing_a_document_that_refers_to_other_files_is_a_warning() {
    let azure = Azure::start();
    let root = "openapi: 3.0.3\ninfo: {title: Spread, version: v1.0}\npaths: {/a: {get: {responses: {}}}}\n";
    azure.write("a.yaml", root);
    azure.ok(format!("apic api register {CENTER} -l a.yaml"));
    azure.write("b.yaml", format!("{root}x-a: {{$ref: c.yaml}}\nx-b: {{$ref: ../d.yaml}}\n"));
    let import = |file: &str| {
        azure.ok(format!("apic api definition import-specification {CENTER} --api-id spread --version-id v1-0 --definition-id openapi --format inline --specification name=openapi --value @{file}"))
    };
    let run = import("b.yaml");
    assert!(run.stderr.contains("refers to c.yaml and other files"), "{run}");
    assert!(!import("a.yaml").stderr.contains("refers to"));
}

#[test]
fn files_that_examples_and_links_name_are_noted() {
    let azure = Azure::start();
    azure.write(
        "openapi.yaml",
        "openapi: 3.1.0
info: {title: Notes, version: 2.0.0}
paths: {}
components:
  examples: {one: {externalValue: examples/one.json}}
  links: {two: {operationRef: 'other.yaml#/paths/~1two/get'}}
  schemas: {Pet: {$ref: 'schemas.yaml#pet'}}
",
    );
    azure.write("schemas.yaml", "$defs: {a: {$anchor: pet, type: object}}\n");
    let run = azure.ok(format!("apic api register {CENTER} -l openapi.yaml"));
    let note = "it refers to examples/one.json, other.yaml#/paths/~1two/get without $ref, which API Center does not read";
    assert!(run.stderr.contains(note), "{run}");
    assert!(registered_text(&azure, &run.stderr).contains("$anchor: pet"), "{run}");
}
