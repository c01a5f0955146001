use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::parse::parse_document;

/// Files in memory, of which the first is the definition.
struct Memory(BTreeMap<String, String>);

impl Files for Memory {
    fn read(&self, path: &str) -> Result<Vec<u8>> {
        let text = self.0.get(path).ok_or_else(|| Error::invalid(format!("{path} does not exist")))?;
        Ok(text.clone().into_bytes())
    }
}

fn try_bundle(root: &str, files: &[(&str, &str)]) -> Result<Bundled> {
    let files = Memory(files.iter().map(|(p, t)| ((*p).to_owned(), (*t).to_owned())).collect());
    let definition = crate::read(files.0[root].as_bytes(), root).expect("a definition");
    bundle(&definition, &SourceFile { path: root, files: &files, cache: &DocumentCache::default() })
}

/// The references of a definition in a single file.
pub(super) fn references_of(text: &str) -> Result<ExternalReferences> {
    let definition = crate::read(text.as_bytes(), "x").expect("a definition");
    let files = Memory(BTreeMap::new());
    external_references(
        &definition,
        &SourceFile { path: "x", files: &files, cache: &DocumentCache::default() },
    )
}

/// Bundles files into a document, and checks that all its references have a target.
fn bundle_document(root: &str, files: &[(&str, &str)]) -> Value {
    let bundled = try_bundle(root, files).unwrap_or_else(|e| panic!("{e}"));
    let remaining = references_of(&bundled.definition.text).expect("read");
    assert!(remaining.local.is_empty(), "{remaining:?} in\n{}", bundled.definition.text);
    let value = parse_document(&bundled.definition.text, root, MAX_EXPANDED).expect("it can be read");
    check_pointers(&value, &value);
    value
}

fn check_pointers(value: &Value, root: &Value) {
    if let Some(text) = value.get("$ref").and_then(Value::as_str).filter(|t| t.starts_with('#')) {
        let keys = reference::parse_pointer(text).expect("a pointer");
        assert!(library::lookup_value(root, &keys).is_some(), "{text} has no target in\n{root:#}");
    }
    match value {
        Value::Object(members) => members.values().for_each(|value| check_pointers(value, root)),
        Value::Array(elements) => elements.iter().for_each(|value| check_pointers(value, root)),
        _ => {}
    }
}

fn error_text(root: &str, files: &[(&str, &str)]) -> String {
    let error = try_bundle(root, files).expect_err("an error");
    format!("{error}\n{}", error.hint().unwrap_or_default())
}

const OPENAPI: &str = "openapi: 3.0.3
info: {title: Shop, version: 1.10}
paths:
  /orders/{id}:
    $ref: paths/order.yaml
components:
  schemas:
    Error: {$ref: schemas/error.json}
    Id: {type: string}
";

const ORDER: &str = "parameters:
  - $ref: ../common.yaml#/parameters/id
get:
  responses:
    '200':
      description: OK
      headers: {X-Rate: {$ref: '../common.yaml#/headers/rate'}}
      content:
        application/json:
          schema: {$ref: ../schemas/order.yaml}
          examples: {one: {$ref: ../common.yaml#/examples/one}}
          example: {$ref: not/a/reference.yaml}
    default: {$ref: '../common.yaml#/responses/error'}
post:
  requestBody: {$ref: ../common.yaml#/bodies/order}
  responses: {'204': {description: None}}
";

const COMMON: &str = "parameters:
  id: {name: id, in: path, required: true, schema: {$ref: 'openapi.yaml#/components/schemas/Id'}}
headers:
  rate: {schema: {type: integer}}
examples:
  one: {value: {id: NO}}
bodies:
  order: {content: {application/json: {schema: {$ref: schemas/order.yaml}}}}
responses:
  error: {description: Wrong, content: {application/json: {schema: {$ref: schemas/error.json}}}}
";

const SHOP: &[(&str, &str)] = &[
    ("openapi.yaml", OPENAPI),
    ("paths/order.yaml", ORDER),
    ("common.yaml", COMMON),
    (
        "schemas/order.yaml",
        "type: object\nproperties:\n  next: {$ref: './order.yaml'}\n  lines: {type: array, items: {$ref: 'line.yaml#/Line'}}\n  last: {$ref: '#/properties/next'}\n",
    ),
    (
        "schemas/line.yaml",
        "Line: {$ref: '#/defs/Line'}\ndefs: {Line: {properties: {of: {$ref: order.yaml}}}}\n",
    ),
    ("schemas/error.json", r#"{"type": "object", "properties": {"cause": {"$ref": "error.json"}}}"#),
];

#[test]
fn targets_in_other_files_become_components_of_their_kind() {
    let value = bundle_document("openapi.yaml", SHOP);
    let order = json!({"$ref": "#/components/schemas/order"});
    let item = &value["paths"]["/orders/{id}"];
    assert_eq!(item["parameters"][0], json!({"$ref": "#/components/parameters/id"}));
    let ok = &item["get"]["responses"]["200"];
    assert_eq!(ok["content"]["application/json"]["schema"], order);
    assert_eq!(ok["content"]["application/json"]["example"], json!({"$ref": "not/a/reference.yaml"}));
    assert_eq!(ok["headers"]["X-Rate"], json!({"$ref": "#/components/headers/rate"}));
    assert_eq!(item["post"]["requestBody"], json!({"$ref": "#/components/requestBodies/order"}));
    let components = &value["components"];
    // The target of a component that is only a reference gets the name of the component.
    assert_eq!(
        components["schemas"]["Error"],
        json!({"type": "object", "properties": {"cause": {"$ref": "#/components/schemas/Error"}}})
    );
    assert_eq!(
        components["parameters"]["id"]["schema"],
        json!({"$ref": "#/components/schemas/Id"}),
        "other files may refer to the definition"
    );
    assert_eq!(components["schemas"]["order"]["properties"]["next"], order);
    assert_eq!(components["schemas"]["order"]["properties"]["last"], order);
    assert_eq!(
        components["schemas"]["order"]["properties"]["lines"]["items"],
        json!({"$ref": "#/components/schemas/Line"})
    );
    assert_eq!(components["examples"]["one"], json!({"value": {"id": "NO"}}));
    assert_eq!(value["info"]["version"], "1.10", "a version is a string");
    let sections: Vec<&String> = components.as_object().expect("an object").keys().collect();
    assert_eq!(sections, ["schemas", "parameters", "headers", "examples", "responses", "requestBodies"]);
    assert_eq!(components["schemas"].as_object().map(serde_json::Map::len), Some(4));
}

#[test]
fn the_format_of_the_original_is_kept_and_the_files_are_listed() {
    let bundled = try_bundle("openapi.yaml", SHOP).expect("bundled");
    assert!(
        bundled.definition.text.starts_with("openapi: \"3.0.3\"\ninfo:\n"),
        "{}",
        bundled.definition.text
    );
    assert_eq!(bundled.definition.title.as_deref(), Some("Shop"));
    assert_eq!(bundled.included.len(), 5, "{:?}", bundled.included);
    let second = try_bundle("openapi.yaml", SHOP).expect("bundled");
    assert_eq!(bundled.definition.text, second.definition.text, "the same files give the same document");
    let json = r#"{"openapi": "3.1.0", "info": {"$ref": "info.yaml"}, "paths": {}, "x-n": 1}"#;
    let files = [
        ("a.json", json),
        ("info.yaml", "title: T\nversion: 1.10 # ours\ndescription: {$ref: about.md}\n"),
        ("about.md", "# Us\n"),
    ];
    let bundled = try_bundle("a.json", &files).expect("bundled");
    assert!(
        bundled.definition.text.starts_with("{\n  \"openapi\": \"3.1.0\",\n"),
        "{}",
        bundled.definition.text
    );
    assert_eq!(bundled.definition.title.as_deref(), Some("T"), "info may be in another file");
    assert_eq!(bundled.definition.description.as_deref(), Some("# Us\n"));
    assert_eq!(bundled.definition.version.as_deref(), Some("1.10"));
}

#[test]
fn sections_in_other_files_keep_their_names() {
    let files = [
        (
            "openapi.yaml",
            "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {$ref: paths.yaml}\ncomponents:\n  schemas: {$ref: schemas/index.yaml}\n",
        ),
        (
            "paths.yaml",
            "/a: {get: {responses: {'200': {description: x, content: {j: {schema: {$ref: 'openapi.yaml#/components/schemas/Pet'}}}}}}}\n/b: {$ref: '#/~1a'}\n",
        ),
        (
            "schemas/index.yaml",
            "Pet: {$ref: pet.yaml}\nDog: {allOf: [{$ref: '#/Pet'}, {$ref: pet.yaml#/properties/name}]}\n",
        ),
        ("schemas/pet.yaml", "properties: {name: {type: string}, mother: {$ref: 'index.yaml#/Dog'}}\n"),
    ];
    let value = bundle_document("openapi.yaml", &files);
    let schemas = &value["components"]["schemas"];
    assert_eq!(schemas["Pet"]["properties"]["mother"], json!({"$ref": "#/components/schemas/Dog"}));
    assert_eq!(schemas["Dog"]["allOf"][0], json!({"$ref": "#/components/schemas/Pet"}));
    assert_eq!(schemas["Dog"]["allOf"][1], json!({"$ref": "#/components/schemas/Pet/properties/name"}));
    assert_eq!(schemas.as_object().map(serde_json::Map::len), Some(2), "{schemas:#}");
    assert_eq!(value["paths"]["/a"], value["paths"]["/b"]);
}

#[test]
fn names_are_unique() {
    let files = [
        (
            "a.yaml",
            "swagger: '2.0'\ninfo: {title: T, version: '1'}\npaths:\n  /x:\n    get:\n      parameters: [{$ref: 'p.yaml#/Pet'}]\n      responses:\n        '200': {description: a, schema: {$ref: one/Pet.yaml}}\n        '201': {description: b, schema: {$ref: two/Pet.yaml}}\n        '202': {$ref: 'p.yaml#/Gone'}\ndefinitions:\n  Pet: {type: string}\n",
        ),
        ("one/Pet.yaml", "type: integer\n"),
        ("two/Pet.yaml", "type: number\n"),
        ("p.yaml", "Pet: {name: p, in: query, type: string}\nGone: {description: gone}\n"),
    ];
    let value = bundle_document("a.yaml", &files);
    assert_eq!(
        value["definitions"],
        json!({"Pet": {"type": "string"}, "Pet-2": {"type": "integer"}, "Pet-3": {"type": "number"}})
    );
    assert_eq!(value["parameters"]["Pet"]["name"], "p");
    assert_eq!(value["responses"]["Gone"]["description"], "gone");
}

#[test]
fn messages_and_channels_of_both_versions_are_bundled() {
    let two = [
        (
            "a.yaml",
            "asyncapi: 2.6.0\ninfo: {title: T, version: '1'}\nchannels:\n  lamps: {$ref: lamps.yaml}\n",
        ),
        (
            "lamps.yaml",
            "publish: {message: {oneOf: [{$ref: 'm.yaml#/on'}, {$ref: 'm.yaml#/off'}]}, traits: [{$ref: 'm.yaml#/trait'}]}\n",
        ),
        (
            "m.yaml",
            "on: {payload: {$ref: 's.json'}}\noff: {payload: {$ref: 's.json'}}\ntrait: {summary: t}\n",
        ),
        ("s.json", r#"{"type": "object"}"#),
    ];
    let value = bundle_document("a.yaml", &two);
    assert_eq!(
        value["channels"]["lamps"]["publish"]["message"]["oneOf"][0],
        json!({"$ref": "#/components/messages/on"})
    );
    assert_eq!(value["components"]["schemas"]["s"], json!({"type": "object"}));
    assert!(value["components"]["operationTraits"]["trait"].is_object());
    let three = [
        (
            "a.json",
            r#"{"asyncapi": "3.0.0", "info": {"title": "T", "version": "1"}, "channels": {"rooms": {"$ref": "rooms.yaml"}},
            "operations": {"say": {"action": "send", "channel": {"$ref": "rooms.yaml"}, "messages": [{"$ref": "rooms.yaml#/messages/said"}]}}}"#,
        ),
        ("rooms.yaml", "address: /rooms\nmessages: {said: {payload: {type: string}}}\n"),
    ];
    let value = bundle_document("a.json", &three);
    assert_eq!(value["operations"]["say"]["channel"], json!({"$ref": "#/channels/rooms"}));
    assert_eq!(value["operations"]["say"]["messages"][0], json!({"$ref": "#/channels/rooms/messages/said"}));
}

#[test]
fn mappings_and_siblings_of_a_reference_are_kept() {
    let files = [
        (
            "a.yaml",
            "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    Pet:\n      oneOf: [{$ref: cat.yaml, description: purrs}]\n      discriminator: {propertyName: kind, mapping: {cat: ./cat.yaml, dog: 'https://x/dog.yaml', own: Own}}\n    Url: {$ref: 'https://x/y.yaml'}\n",
        ),
        ("cat.yaml", "type: object\n"),
    ];
    let bundled = try_bundle("a.yaml", &files).expect("bundled");
    assert_eq!(bundled.remote, ["https://x/y.yaml"]);
    let pet = bundle_document("a.yaml", &files)["components"]["schemas"]["Pet"].clone();
    assert_eq!(pet["oneOf"][0], json!({"$ref": "#/components/schemas/cat", "description": "purrs"}));
    let mapping = json!({"cat": "#/components/schemas/cat", "dog": "https://x/dog.yaml", "own": "Own"});
    assert_eq!(pet["discriminator"]["mapping"], mapping);
}

#[test]
fn a_path_item_may_contain_itself() {
    let item = "post: {responses: {}, callbacks: {done: {'{$request.body#/url}': {$ref: item.yaml}}}}\n";
    let root = |version: &str| {
        format!("openapi: {version}\ninfo: {{title: T, version: '1'}}\npaths: {{/a: {{$ref: item.yaml}}}}\n")
    };
    let files =
        |root: &str| [("a.yaml".to_owned(), root.to_owned()), ("item.yaml".to_owned(), item.to_owned())];
    let try_version = |version: &str| {
        let files = files(&root(version));
        let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
        try_bundle("a.yaml", &files)
    };
    let text = try_version("3.1.0").expect("bundled").definition.text;
    assert!(text.contains("pathItems:\n    item:"), "{text}");
    // Without such components, the reference leads to the place of the path item.
    let text = try_version("3.0.3").expect("bundled").definition.text;
    assert!(text.contains("$ref: \"#/paths/~1a\""), "{text}");
}

#[test]
fn a_reference_that_cannot_be_followed_is_an_error_with_the_reason() {
    let root = |reference: &str| {
        format!("openapi: 3.0.0\ninfo: {{title: T, version: '1'}}\npaths: {{/a: {{$ref: '{reference}'}}}}\n")
    };
    for (reference, content, words) in [
        (
            "../x.yaml",
            "",
            &["a.yaml: $ref '../x.yaml'", "points outside of the folder", "below the working directory"][..],
        ),
        ("gone.yaml", "", &["gone.yaml does not exist", "relative to a.yaml"]),
        ("x.yaml#/b/c", "b: {}", &["x.yaml has no /b/c", "keys after #"]),
        ("s/y.yaml", "", &["s/y.yaml: $ref '#/info'", "s/y.yaml has no /info", "write '../a.yaml#/info'"]),
        ("x.yaml", "openapi: [", &["x.yaml is not valid YAML"]),
        ("x.yaml#/b", "b: {$ref: '#/c'}\nc: {$ref: '#/b'}", &["chain of references"]),
        ("x.yaml#/b/get", "b: {$ref: 'https://x/y.yaml'}", &["x.yaml has no /b/get"]),
        ("x.yaml", "get: {$ref: 'a.yaml#/nowhere'}", &["x.yaml: $ref 'a.yaml#/nowhere'", "has no /nowhere"]),
    ] {
        let text = error_text(
            "a.yaml",
            &[("a.yaml", &root(reference)), ("x.yaml", content), ("s/y.yaml", "get: {$ref: '#/info'}")],
        );
        for word in words {
            assert!(text.contains(word), "{reference}: {word} in {text}");
        }
    }
}

#[test]
fn exponential_references_are_an_error() {
    let root = "openapi: 3.0.0\ninfo: {title: T, version: '1'}\npaths: {}\nx-a: {$ref: 'b.yaml#/0'}\n";
    let mut bomb = String::new();
    for level in 0..20 {
        let next = format!("{{$ref: '#/{}'}}", level + 1);
        writeln!(bomb, "{level}: [{}]", vec![next; 10].join(", ")).expect("writing to a string");
    }
    writeln!(bomb, "20: {}", "lol".repeat(1000)).expect("writing to a string");
    assert!(error_text("a.yaml", &[("a.yaml", root), ("b.yaml", &bomb)]).contains("more than 16 MiB"));

    let mut chain = String::new();
    for link in 0..1000 {
        writeln!(chain, "{link}: {{$ref: '#/{}', beside: 1}}", link + 1).expect("writing to a string");
    }
    chain.push_str("1000: {}\n");
    assert!(error_text("a.yaml", &[("a.yaml", root), ("b.yaml", &chain)]).contains("is nested more than"));
}

#[test]
fn more_than_a_thousand_files_can_be_bundled() {
    let count = 3000;
    let items: Vec<String> = (0..count).map(|number| format!("{{$ref: 'f{number}.yaml'}}")).collect();
    let root = format!("{ROOT}x-a: [{}]\n", items.join(", "));
    let mut files = vec![("a.yaml".to_owned(), root)];
    files.extend((0..count).map(|number| (format!("f{number}.yaml"), format!("{number}\n"))));
    let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
    assert_eq!(bundle_document("a.yaml", &files)["x-a"][2999], 2999);
}

const ROOT: &str = "openapi: 3.0.0\ninfo: {title: T, version: '1'}\npaths: {}\n";

#[test]
fn text_files_are_included_byte_for_byte() {
    let code = "using System;\n\nclass P {\n\tint a; // a comment: b\n}  \n";
    let python = "# a comment\nimport os\r\n{not: json\n\n\n";
    let proto = "syntax = \"proto3\";\nmessage Order {\n  string id = 1; // the number\n}\n";
    let root = format!(
        "{ROOT}x-codeSamples:\n- source: {{$ref: dogs.cs}}\n- source: {{$ref: dogs.py}}\n- source: {{$ref: order.proto}}\n- source: {{$ref: NOTES}}\n- source: {{$ref: MODEL}}\n"
    );
    let files = [
        ("a.yaml", root.as_str()),
        ("dogs.cs", code),
        ("dogs.py", python),
        ("order.proto", proto),
        ("NOTES", "some text\n"),
        ("MODEL", "type: object\n"),
    ];
    let samples = bundle_document("a.yaml", &files)["x-codeSamples"].clone();
    let sources: Vec<&Value> = samples.as_array().expect("a list").iter().map(|s| &s["source"]).collect();
    assert_eq!(
        sources,
        [&json!(code), &json!(python), &json!(proto), &json!("some text\n"), &json!({"type": "object"})]
    );
}

#[test]
fn an_empty_section_is_like_a_missing_one() {
    for empty in ["components:\n", "components: {schemas: }\n", "components: ~\n"] {
        let root = format!(
            "openapi: 3.0.0\ninfo: {{title: T, version: '1'}}\npaths: {{/a: {{get: {{responses: {{'200': {{description: d, content: {{j: {{schema: {{$ref: pet.yaml}}}}}}}}}}}}}}}}\n{empty}"
        );
        let value = bundle_document("a.yaml", &[("a.yaml", &root), ("pet.yaml", "type: object\n")]);
        assert_eq!(value["components"]["schemas"]["pet"], json!({"type": "object"}), "{empty}");
    }
}

#[test]
fn recursion_below_an_extension_becomes_a_component() {
    let tree = "type: object\nproperties: {child: {$ref: tree.yaml}}\n";
    let hook = "post: {requestBody: {content: {j: {schema: {$ref: tree.yaml}}}}}\n";
    let root = format!("{ROOT}x-webhooks: {{done: {{$ref: hook.yaml}}}}\nx-models: [{{$ref: tree.yaml}}]\n");
    let files = [("a.yaml", root.as_str()), ("tree.yaml", tree), ("hook.yaml", hook)];
    let value = bundle_document("a.yaml", &files);
    let reference = json!({"$ref": "#/components/schemas/tree"});
    assert_eq!(value["components"]["schemas"]["tree"]["properties"]["child"], reference);
    assert_eq!(value["x-models"][0]["properties"]["child"], reference);
}

/// A schema with references to some of the files.
fn schema(files: usize) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        (0..files, 0..2_usize).prop_map(|(file, half)| {
            let pointer = ["", "#/properties/a"][half];
            json!({"$ref": format!("{file}.yaml{pointer}")})
        }),
        "[ -~\\n#é:]{0,20}".prop_map(|text| json!({"description": text})),
        any::<i64>().prop_map(|number| json!({"maximum": number, "example": {"$ref": "data"}})),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop::collection::vec(inner, 1..3).prop_map(|parts| {
            let names = ["a", "b c", "d"];
            let properties: Value =
                names.iter().zip(&parts).map(|(name, part)| ((*name).to_owned(), part.clone())).collect();
            json!({"properties": properties, "allOf": parts})
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_bundled_document_has_no_external_references_and_stays_the_same_when_bundled_again(parts in prop::collection::vec(schema(4), 4)) {
        let root = json!({"openapi": "3.0.0", "info": {"title": "T", "version": "1"}, "paths": {},
                          "components": {"schemas": {"R": {"$ref": "0.yaml"}, "S": {"allOf": [{"$ref": "1.yaml"}]}}}});
        let mut texts = vec![("root.json".to_owned(), root.to_string())];
        for (number, part) in parts.iter().enumerate() {
            // Every file has the value that others refer to.
            let part = json!({"properties": {"a": {"type": "string"}}, "allOf": [part]});
            texts.push((format!("{number}.yaml"), serde_saphyr::to_string(&azr_core::number::PlainNumbers(&part)).expect("YAML")));
        }
        let files: Vec<(&str, &str)> = texts.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
        let value = bundle_document("root.json", &files);
        let text = serde_json::to_string_pretty(&value).expect("JSON");
        let bundled_again = bundle_document("root.json", &[("root.json", &text)]);
        prop_assert_eq!(bundled_again, value);
    }
}

/// Files in memory that count how often each is read.
struct CountingFiles {
    files: Memory,
    reads: std::sync::Mutex<BTreeMap<String, usize>>,
}

impl Files for CountingFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>> {
        *self.reads.lock().expect("no panic").entry(path.to_owned()).or_default() += 1;
        self.files.read(path)
    }
}

#[test]
fn files_that_refer_to_each_other_are_read_once() {
    let count = 300;
    let name = |number: usize| format!("TS{}.yaml", number % count);
    let definition = |number: usize| {
        let mut text = format!(
            "openapi: 3.0.0\ninfo: {{title: T{number}, version: 1.{number}0}}\npaths:\n  /a:\n    get:\n      responses:\n"
        );
        for other in 1..20 {
            let file = name(number * 7 + other * other);
            writeln!(text, "        '{}':\n          description: d\n          content: {{j: {{schema: {{$ref: '{file}#/components/schemas/S{other}'}}}}}}", 200 + other).expect("writing to a string");
        }
        text.push_str("components:\n  schemas:\n");
        for schema in 0..20 {
            let file = name(number + schema + 1);
            writeln!(text, "    S{schema}: {{type: object, properties: {{a: {{type: string, description: 'about {schema}'}}}}}}\n    R{schema}: {{$ref: '{file}#/components/schemas/S{schema}'}}").expect("writing to a string");
        }
        text
    };
    let texts: BTreeMap<String, String> =
        (0..count).map(|number| (name(number), definition(number))).collect();
    let files = CountingFiles { files: Memory(texts), reads: std::sync::Mutex::default() };
    let cache = DocumentCache::default();
    for number in (0..count).step_by(10) {
        let path = name(number);
        let definition = crate::read(files.files.0[&path].as_bytes(), &path).expect("a definition");
        let bundled =
            bundle(&definition, &SourceFile { path: &path, files: &files, cache: &cache }).expect("bundled");
        assert!(references_of(&bundled.definition.text).expect("read").local.is_empty());
        assert_eq!(bundled.definition.version, definition.version);
    }
    let reads = files.reads.lock().expect("no panic");
    assert!(reads.values().all(|reads| *reads == 1), "{reads:?}");
}
