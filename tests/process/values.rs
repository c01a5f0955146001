//! Values of options, as az reads them: what is sent, and what is refused before a request.

use serde_json::{Value, json};

use crate::support::{CENTER, InProcessAzure};

/// A command that creates an API, with further options.
fn create(options: &str) -> String {
    format!("apic api create {CENTER} --api-id values --title T --type rest {options}")
}

/// Defines a metadata schema that allows any object.
fn allow_custom_properties(azure: &InProcessAzure) {
    azure.ok(format!(
        r#"apic metadata create {CENTER} --metadata-name extra --schema '{{"type":"object"}}' --assignments [{{entity:api}}]"#
    ));
}

#[test]
fn yaml_files_are_read_with_the_rules_of_pyyaml() {
    let azure = InProcessAzure::new();
    azure.write("license.yml", "name: N\nurl: https://x\n");
    azure.write("contacts.yaml", "- name: Y\n- name: 2001-12-14\n- name: 1.50\n- name: off\n");
    let api = azure.json(create("--license license.yml --contacts contacts.yaml"));
    assert_eq!(api["license"], json!({"name": "N", "url": "https://x"}));
    let names: Vec<&Value> = api["contacts"].as_array().into_iter().flatten().map(|c| &c["name"]).collect();
    assert_eq!(names, ["Y", "2001-12-14", "1.5", "false"]);

    allow_custom_properties(&azure);
    azure.write(
        "properties.yml",
        "extra:\n  octal: 010\n  o: 0o10\n  exponent: 1e3\n  float: 1.0e+3\n  sixties: 190:20:30\n  y: y\n  off: off\n",
    );
    for option in ["properties.yml", "@properties.yml", "extra=@extra.yml"] {
        azure.write(
            "extra.yml",
            "{octal: 010, o: 0o10, exponent: 1e3, float: 1.0e+3, sixties: 190:20:30, y: y, off: off}",
        );
        let api = azure.json(create(&format!("--custom-properties {option}")));
        assert_eq!(
            api["customProperties"]["extra"],
            json!({"octal": 8, "o": "0o10", "exponent": "1e3", "float": 1000.0, "sixties": 685_230, "y": "y", "false": false}),
            "{option}"
        );
    }
}

#[test]
fn a_yaml_file_with_a_value_that_json_does_not_have_is_refused() {
    let azure = InProcessAzure::new();
    for (text, reason) in [
        ("a: 1\nb: .inf\n", "'.inf' has no value in JSON in line 2"),
        ("a: !!binary aGk=\n", "the tag binary is not supported in line 1"),
        ("\n", "the file is empty"),
    ] {
        azure.write("properties.yml", text);
        let run = azure.run(create("--custom-properties properties.yml"));
        assert!(run.error(1).contains(reason), "{text}: {}", run.stderr);
    }
}
