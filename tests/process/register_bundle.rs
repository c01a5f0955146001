//! `apic api register` of definitions that are spread over several files.

use serde_json::{Value, json};

use crate::register::{document, registered};
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

fn spread(azure: &Sandbox) {
    for folder in ["api", "api/paths", "api/models"] {
        std::fs::create_dir(azure.folder().join(folder)).expect("a folder");
    }
    azure.write("api/openapi.yaml", ROOT);
    azure.write("api/paths/pets.yaml", PETS);
    azure.write("api/models/pet.json", PET);
}

/// The text of the last registration's document.
fn text(azure: &Sandbox, stderr: &str) -> String {
    let [api, version, definition] = registered(stderr);
    String::from_utf8(document(azure, &api, &version, &definition)).expect("text")
}

#[test]
fn what_it_refers_to_is_in_the_document_that_is_sent() {
    let azure = Azure::start();
    spread(&azure);
    let run = azure.ok(format!("apic api register {CENTER} -l api/openapi.yaml --verbose"));
    assert!(run.stdout_bytes.is_empty(), "{run}");
    assert!(run.stderr.contains("api/paths/pets.yaml, api/models/pet.json"), "{run}");
    assert!(run.stderr.contains("still refers to https://chips.example/chip.json"), "{run}");
    let text = text(&azure, &run.stderr);
    let want = "openapi: \"3.0.3\"
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
    assert_eq!(text, want);
    let shown = azure.json(format!("apic api version list {CENTER} --api-id spread --query [].name"));
    assert_eq!(shown, json!(["1-10"]));
}

#[test]
fn what_stands_alone_is_sent_byte_for_byte_whatever_else_it_refers_to() {
    let azure = Azure::start();
    let alone = "# Ours\nopenapi: 3.0.3   # the version\ninfo: {title: Alone, version: 1.10}\npaths:\n  /a: {$ref: 'https://x.example/a.yaml'}\n  /b: {$ref: '#/paths/~1a'}\n";
    azure.write("alone.yaml", alone);
    for option in ["", "--no-bundle"] {
        let run = azure.ok(format!("apic api register {CENTER} -l alone.yaml {option}"));
        assert_eq!(text(&azure, &run.stderr), alone);
    }
}

#[test]
fn what_is_not_to_be_had_is_refused_before_anything_is_made() {
    let azure = Azure::start();
    spread(&azure);
    let run = azure.run(format!("apic api register {CENTER} -l api/openapi.yaml --no-bundle"));
    assert!(run.error(1).contains("it refers to paths/pets.yaml"), "{run}");
    azure.write("secret.yaml", "type: string\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink("../../secret.yaml", azure.folder().join("api/models/link.yaml"))
        .expect("a link");
    let outside = azure.folder().join("secret.yaml");
    for (reference, words) in [
        ("../secret.yaml", "leaves the folder"),
        (outside.to_str().expect("text"), "absolute path"),
        ("file:///etc/passwd", "absolute path"),
        #[cfg(unix)]
        ("models/link.yaml", "leads out of the folder"),
        ("models/gone.yaml", "models/gone.yaml"),
        ("models/pet.json#/nothing", "has no /nothing"),
    ] {
        azure.write("api/bad.yaml", format!("openapi: 3.0.3\npaths: {{/a: {{$ref: '{reference}'}}}}\n"));
        let run = azure.run(format!("apic api register {CENTER} -l api/bad.yaml"));
        let error = run.error(1);
        assert!(error.contains(words) && error.contains("api/bad.yaml: $ref"), "{run}");
        assert!(run.stderr.contains("Hint: "), "{run}");
    }
    assert_eq!(azure.ok(format!("apic api list {CENTER} --query length(@)")).text(), "1");
}

#[test]
fn the_limit_of_a_request_is_that_of_the_whole() {
    let azure = Azure::start();
    azure.write("big.yaml", format!("description: {}\n", "x".repeat(3 * 1024 * 1024)));
    azure.write(
        "root.yaml",
        "openapi: 3.0.3\ninfo: {title: Big, version: '1'}\npaths: {}\nx-a: {$ref: big.yaml}\n",
    );
    let run = azure.run(format!("apic api register {CENTER} -l root.yaml"));
    assert!(run.error(1).contains("root.yaml is 307"), "{run}");
}

#[test]
fn fragments_of_a_folder_are_no_definitions_of_their_own() {
    let azure = Azure::start();
    spread(&azure);
    let run = azure.ok(format!("apic api register {CENTER} -l api --recursive -o json"));
    let result = run.json();
    assert_eq!((&result["created"], &result["ignored"]), (&json!(1), &json!(2)), "{run}");
    assert_eq!(result["apis"][0]["sources"], json!(["api/openapi.yaml"]));
    let text = document(&azure, "spread", "1-10", "openapi");
    let text = String::from_utf8(text).expect("text");
    assert!(text.contains("#/components/schemas/pet") && !text.contains("pets.yaml"), "{text}");
}

#[test]
fn what_other_formats_import_is_noted() {
    let azure = Azure::start();
    let proto = "syntax = \"proto3\";\npackage shop.v1;\nimport \"common.proto\";\nservice Shop { rpc Get(M) returns (M); }\n";
    azure.write("shop.proto", proto);
    azure.write("common.proto", "syntax = \"proto3\";\npackage shop.v1;\nmessage M {}\n");
    let run = azure.ok(format!("apic api register {CENTER} -l shop.proto"));
    assert!(run.stderr.contains("WARNING: it imports common.proto"), "{run}");
    let result: Value = azure.json(format!("apic api register {CENTER} -l '*.proto'"));
    assert_eq!((&result["updated"], &result["ignored"]), (&json!(1), &json!(1)), "{result}");
}
