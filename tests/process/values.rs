//! Values of options, as az reads them: what is sent, and what is refused before a request.

use serde_json::{Value, json};

use crate::support::{APIM, CENTER, InProcessAzure};

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
    // The members keep the order of the file, as with az.
    azure.write("properties.yml", "extra: {z: 1, a: !!omap [k: 1, b: 2], m: {y: 1, x: 2}}\n");
    let run = azure
        .run(create("--custom-properties properties.yml --query to_string(customProperties.extra) -o tsv"));
    assert_eq!(
        run.stdout(),
        "{\"z\":1,\"a\":[[\"k\",1],[\"b\",2]],\"m\":{\"y\":1,\"x\":2}}\n",
        "{}",
        run.stderr
    );
}

#[test]
fn a_yaml_file_with_a_value_that_json_does_not_have_is_refused() {
    let azure = InProcessAzure::new();
    for (text, reason) in [
        ("a: 1\nb: .inf\n", "'.inf' has no value in JSON in line 2"),
        ("a: !!binary aGk=\n", "!!binary has no value in JSON in line 1"),
        ("\n", "the file is empty"),
    ] {
        azure.write("properties.yml", text);
        let run = azure.run(create("--custom-properties properties.yml"));
        assert!(run.error(1).contains(reason), "{text}: {}", run.stderr);
    }
}

#[test]
fn null_is_refused_where_a_value_cannot_be_removed() {
    let azure = InProcessAzure::new();
    for (option, member) in [
        ("--contacts '[{name:A},null]'", "--contacts[1]"),
        ("--contacts '[null]'", "--contacts[0]"),
        ("--contacts '[{name:null}]'", "--contacts[0].name"),
        ("--contacts [0].name=null", "--contacts"),
        ("--contacts null", "--contacts"),
        ("--license null", "--license"),
        ("--license {name:null}", "--license.name"),
        ("--license name=null", "--license"),
        ("--summary null", "--summary"),
        ("--title null", "--title"),
        ("--custom-properties null", "--custom-properties"),
    ] {
        let run = azure.run(create(option));
        let expected = format!("{member}: null is not allowed");
        assert!(run.error(1).contains(&expected), "{option}: {}", run.stderr);
    }
    azure.run(format!("apic api show {CENTER} --api-id values")).error(3);

    azure.ok(create("--summary S --license {name:MIT} --external-documentation [{url:https://x,title:D}]"));
    let update = |option: &str| format!("apic api update {CENTER} --api-id values {option}");
    for (option, member) in [
        ("--title null", "--title"),
        ("--external-documentation [{url:null}]", "--external-documentation[0].url"),
        ("--external-documentation [0].url=null", "--external-documentation"),
    ] {
        let run = azure.run(update(option));
        let expected = format!("{member}: null is not allowed");
        assert!(run.error(1).contains(&expected), "{option}: {}", run.stderr);
    }
    let api = azure.json(update("--summary null --license null --external-documentation [0].title=null"));
    assert_eq!((&api["summary"], &api["license"]), (&Value::Null, &Value::Null));
    assert_eq!(api["externalDocumentation"], json!([{"url": "https://x"}]));
}

#[test]
fn free_form_values_may_be_null() {
    let azure = InProcessAzure::new();
    allow_custom_properties(&azure);
    for option in ["extra={a:null,b:[null]}", r#"'{"extra":{"a":null,"b":[null]}}'"#] {
        let api = azure.json(create(&format!("--custom-properties {option}")));
        assert_eq!(api["customProperties"]["extra"], json!({"a": null, "b": [null]}), "{option}");
    }
}

#[test]
fn a_text_with_an_at_sign_that_is_not_a_file_is_text() {
    let azure = InProcessAzure::new();
    let api =
        azure.json(create(&format!("--summary @handle/team --description '@team {}'", "long ".repeat(60))));
    assert_eq!(api["summary"], "@handle/team");
    let update = format!("apic api update {CENTER} --api-id values");
    for option in ["--title @home.page", "--set title=@home.page"] {
        let run = azure.ok(format!("{update} {option} --query title -o tsv"));
        assert_eq!(run.text(), "@home.page");
        assert!(
            run.stderr.contains("'@home.page' does not exist") || option.contains("--set"),
            "{}",
            run.stderr
        );
    }
    allow_custom_properties(&azure);
    let api = azure.json(format!("{update} --custom-properties extra={{owner:@me.too}}"));
    assert_eq!(api["customProperties"]["extra"]["owner"], "@me.too");
    let line = format!(
        "apim nv create {APIM} --named-value-id nnn --display-name nnn --value @x.y --query value -o tsv"
    );
    assert_eq!(azure.ok(line).text(), "@x.y");
    // Where a document is expected, the file must exist.
    let run = azure.run(format!("{update} --contacts @missing.json"));
    assert!(run.error(1).contains("--contacts: cannot read the file of '@missing.json'"), "{}", run.stderr);
}

/// `{"name":"Café"}` in Latin-1.
const LATIN_1: &[u8] = b"{\"name\":\"Caf\xe9\"}";

#[test]
fn a_file_that_is_not_utf8_is_refused() {
    let azure = InProcessAzure::new();
    azure.write("latin1.json", LATIN_1);
    azure.write("latin1.yaml", LATIN_1);
    let definition = "--api-id swagger-petstore --version-id 1-0-0 --definition-id openapi";
    let service = APIM.replace(" -n ", " --service-name ");
    for line in [
        format!(
            "apic api definition import-specification {CENTER} {definition} --format inline --value @latin1.json --specification name=openapi"
        ),
        create("--description @latin1.json"),
        create("--license @latin1.json"),
        create("--license latin1.json"),
        create("--license latin1.yaml"),
        create("--custom-properties a=@latin1.json"),
        format!("apic api update {CENTER} --api-id swagger-petstore --set summary=@latin1.json"),
        format!(
            "apic metadata create {CENTER} --metadata-name m --schema @latin1.json --assignments [{{entity:api}}]"
        ),
        format!(
            "apim api import {service} --path p --api-id p --specification-format OpenApiJson --specification-path latin1.json"
        ),
        format!(
            "apim api schema create {service} --api-id my-api --schema-id s --schema-type json --schema-path latin1.json"
        ),
        format!("apim nv create {service} --named-value-id n --display-name n --value @latin1.json"),
        "rest -m put -u /subscriptions?api-version=2020-01-01 --body @latin1.json".to_owned(),
    ] {
        let run = azure.run(&line);
        let reason = "not valid UTF-8: byte 0xE9 at offset 12 (line 1)";
        assert!(run.error(1).contains(reason), "{line}: {}", run.stderr);
    }
}

#[test]
fn quotes_around_a_value_are_removed_as_in_az() {
    let azure = InProcessAzure::new();
    let definition = "--api-id swagger-petstore --version-id 1-0-0 --definition-id openapi";
    let import = |value: &str| {
        let line = format!(
            "apic api definition import-specification {CENTER} {definition} --format inline --specification name=openapi --value"
        );
        let mut args: Vec<String> = line.split(' ').map(str::to_owned).collect();
        args.push(value.to_owned());
        azure.run_args(&args)
    };
    assert_eq!(import("'{\"openapi\":\"3.0.1\"}'").code, Some(0));
    let export = format!("apic api definition export-specification {CENTER} {definition} --file-name -");
    assert_eq!(azure.ok(export).text(), "{\"openapi\":\"3.0.1\"}");
    for value in ["'q", "'q'x", "null"] {
        import(value).error(1);
    }
}

#[test]
fn integers_of_any_size_are_sent_and_printed_with_all_their_digits() {
    const LARGE: &str = "18446744073709551617";
    const NEGATIVE: &str = "-340282366920938463463374607431768211457";
    let azure = InProcessAzure::new();
    allow_custom_properties(&azure);
    azure.write("properties.json", format!(r#"{{"extra":{{"n":{LARGE},"m":{NEGATIVE}}}}}"#));
    azure.write("properties.yaml", format!("extra:\n  n: {LARGE}\n  m: {NEGATIVE}\n"));
    for option in [
        format!("--custom-properties extra={{n:{LARGE},m:{NEGATIVE}}}"),
        format!(r#"--custom-properties '{{"extra":{{"n":{LARGE},"m":{NEGATIVE}}}}}'"#),
        "--custom-properties @properties.json".to_owned(),
        "--custom-properties properties.yaml".to_owned(),
    ] {
        let values = format!("{LARGE}\n{NEGATIVE}\n");
        let query = "--query customProperties.extra.[n,m] -o tsv";
        assert_eq!(azure.ok(create(&format!("{option} {query}"))).stdout(), values, "{option}");
    }
    let show = format!("apic api show {CENTER} --api-id values --query customProperties.extra");
    for (output, expected) in [
        ("json", format!("{{\n  \"m\": {NEGATIVE},\n  \"n\": {LARGE}\n}}\n")),
        ("yaml", format!("m: {NEGATIVE}\nn: {LARGE}\n")),
    ] {
        let printed = azure.ok(format!("{show} -o {output}")).stdout().to_owned();
        let sorted: std::collections::BTreeSet<&str> = printed.lines().collect();
        assert_eq!(sorted, expected.lines().collect(), "{output}");
    }
    let table = azure.ok(format!("{show} -o table")).stdout().to_owned();
    assert!(table.contains(LARGE) && table.contains(NEGATIVE), "{table}");
    for (query, expected) in [
        ("sum([n, `3`])", "18446744073709551620"),
        ("abs(m)", &NEGATIVE[1..]),
        ("n > `18446744073709551616`", "true"),
        ("to_number(`\"18446744073709551618\"`)", "18446744073709551618"),
        ("to_string(n)", LARGE),
        ("`100000000000000000000`", "100000000000000000000"),
    ] {
        let printed = azure
            .ok(format!(
                "apic api show {CENTER} --api-id values --query 'customProperties.extra | {query}' -o tsv"
            ))
            .stdout()
            .to_owned();
        assert_eq!(printed.trim(), expected, "{query}");
    }
}

#[test]
fn a_set_keeps_the_digits_of_an_integer_and_so_does_a_request_from_a_file() {
    let azure = InProcessAzure::new();
    allow_custom_properties(&azure);
    azure.ok(create("--custom-properties extra={}"));
    let value = azure
        .ok(format!(
            "apic api update {CENTER} --api-id values --set customProperties.extra.n=18446744073709551617 \
         --query customProperties.extra.n"
        ))
        .stdout()
        .to_owned();
    assert_eq!(value, "18446744073709551617\n");
    let uri = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myResourceGroup/providers\
        /Microsoft.ApiCenter/services/myAPICenter/workspaces/default/apis/values?api-version=2024-03-01";
    azure.write(
        "body.json",
        r#"{"properties":{"title":"T","kind":"rest","customProperties":{"extra":{"n":-9223372036854775809}}}}"#,
    );
    azure.ok(format!("rest --method put --uri {uri} --body @body.json"));
    azure.ok(format!("rest --uri {uri} --output-file out.json"));
    let written = String::from_utf8(azure.read("out.json")).expect("UTF-8");
    assert!(written.contains(r#""n":-9223372036854775809"#), "{written}");
}
