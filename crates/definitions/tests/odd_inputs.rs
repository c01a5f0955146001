//! Odd, damaged and foreign inputs: what is a definition and what is not, and how that is said.

use std::path::Path;
use std::time::{Duration, Instant};

use azr_core::error::Error;
use azr_definitions::{Definition, Format, ReadError, classify};

fn read(text: impl AsRef<[u8]>) -> Result<Definition, ReadError> {
    classify(text.as_ref(), "input")
}

const SDL: &str = "type Query { a: Int }\n";
const OPENAPI: &str = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {/a: {}}\n";

#[test]
fn definitions_in_unusual_forms_are_recognised() {
    let openapi = [
        OPENAPI.replace('\n', "\r\n"),
        OPENAPI.replace('\n', "\r"),
        format!("%YAML 1.2\n---\n{OPENAPI}...\n"),
        format!("# {{\"a\": 1}}\n# type Query {{ a: Int }}\n{OPENAPI}"),
        OPENAPI.lines().fold(String::new(), |all, line| all + "   " + line + "\n"),
        format!("type: object\nservice: a\nsyntax: b\npackage: c\n{OPENAPI}"),
        format!("message: {{a: 1}}\n{OPENAPI}"),
        "x: &x {openapi: 3.0.3, info: {title: T, version: '1'}}\n<<: *x\n".to_owned(),
        "openapi:\nswagger: '2.0'\ninfo: {title: T, version: 1}\n".to_owned(),
        "{\"open\\u0061pi\": \"3.0.3\", \"info\": {\"title\": \"T\", \"version\": 1}}".to_owned(),
        "{'openapi': '3.0.3', 'info': {'title': 'T', 'version': '1'}}".to_owned(),
        format!(
            "{OPENAPI}x-a: {{1: a, 2.5: b, true: c, ~: d, [e]: f}}\nx-b: [.inf, .nan, 1e999999, 0x1FFFFFFFFFFFFFFFFFFF]\n"
        ),
        format!("{OPENAPI}x-a: !custom {{a: !!binary aGVsbG8=}}\nservers: [~, {{}}, {{url: ~}}]\ntags:\n"),
    ];
    for text in openapi {
        let definition = read(&text).unwrap_or_else(|e| panic!("{text}: {}", Error::from(e)));
        assert_eq!(
            (definition.title.as_deref(), definition.version.as_deref()),
            (Some("T"), Some("1")),
            "{text}"
        );
    }
    for text in [
        format!("# a comment\r{SDL}"),
        format!(",,{SDL}"),
        format!("\"\"\"\nsays \\\"\"\" a: b\n\"\"\"\n{SDL}"),
        "enum A {\n  \"a = b\"\n  B\n}\n".to_owned(),
        "type type { message: service }\n".to_owned(),
        "extend schema @link(url: \"https://a\")\ntype A\n".to_owned(),
    ] {
        assert_eq!(read(&text).map_err(Error::from).expect(&text).format, Format::GraphQl, "{text}");
    }
}

#[test]
fn programs_and_other_documents_are_not_definitions() {
    for text in [
        "interface Orders {\n  id: string;\n  get(a: number): void;\n}\n",
        "type A = { b: string };\n",
        "enum A {\n  B = 'b',\n}\n",
        "enum A { B = 1, C };\nint main() { return 0; }\n",
        "enum A { B, C }\nfn main() {}\n",
        "service A {\n  void b(1: i32 c)\n}\n",
        "package main\n\nimport \"fmt\"\n\nfunc main() {}\n",
        "$version: \"2\"\nnamespace a\nservice S { version: \"1\" }\n",
        "enum Role {\n  USER\n  ADMIN\n}\nmodel A {\n  id Int @id\n}\n",
        "openapi = \"3.0.3\"\n[info]\ntitle = \"T\"\n",
        "<!-- page --><html><body/></html>",
        "{\"data\": {\"__schema\": null}}",
        "a\0\0\0b\0\0\0",
        "// a comment\n{\"a\": 1}",
    ] {
        assert!(matches!(read(text), Err(ReadError::NotADefinition(_))), "{text}");
    }
}

#[test]
fn comments_in_json_are_named() {
    for text in [
        "// ours\n{\"openapi\": \"3.0.3\"}",
        "{\n  \"openapi\": \"3.0.3\", // version\n}",
        "/* a */ {\"swagger\": \"2.0\"}",
    ] {
        let Err(ReadError::Invalid(error)) = read(text) else { panic!("{text}") };
        assert!(error.to_string().contains("JSON does not allow comments"), "{error}");
    }
}

/// Words of the parsers, which mean nothing to the author of a document.
const PARSER_WORDS: [&str; 16] = [
    "EOF",
    "expected value",
    "expected ident",
    "CURLY",
    "BRACK",
    "PAREN",
    "Option<",
    "u64",
    "budget",
    "deserialize",
    "invalid type",
    "borrowed",
    "serde",
    "saphyr",
    "multiple documents",
    "recursion limit",
];

fn check_message(text: &[u8]) {
    let started = Instant::now();
    if let Err(error) = read(text) {
        let message = Error::from(error).to_string();
        for word in PARSER_WORDS {
            assert!(!message.contains(word), "{message}\n{}", String::from_utf8_lossy(text));
        }
    }
    assert!(started.elapsed() < Duration::from_secs(20), "{}", String::from_utf8_lossy(text));
}

#[test]
fn damaged_definitions_end_in_an_error_for_their_author() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/specs");
    for sample in std::fs::read_dir(samples).expect("a folder") {
        let text = std::fs::read(sample.expect("a file").path()).expect("read");
        let step = (text.len() / 12).max(1);
        for position in (0..text.len()).step_by(step) {
            check_message(&text[..position]);
            check_message(&text[position..]);
            for insertion in
                ["{", "}", "\"", ": ", "\n", "\t", "\0", "&a *b", "]", "<", "!!int x", "~: x\n", "\u{feff}"]
            {
                check_message(&[&text[..position], insertion.as_bytes(), &text[position..]].concat());
            }
        }
    }
}

#[test]
fn broken_documents_have_a_reason_in_plain_words() {
    for (text, reason) in [
        ("openapi: 3.0.3\n[a]: b\n", "a key is a list or an object at line 2"),
        ("openapi: 3.0.3\n~: b\n", "a key is empty at line 2"),
        ("openapi: 3.0.3\ninfo: {title: !!int x}\n", "a value is not a number, which its tag requires"),
        ("openapi: 3.0.3\ninfo: {<<: 5}\n", "the value of << is neither"),
        ("{\"openapi\": \"3.0.3\"", "the document ends inside an object"),
        ("type Query {\n  a: Int\n", "expected }, got the end of the document in line 3"),
        ("<definitions xmlns='http://schemas.xmlsoap.org/wsdl/'><!ENTITY", "entities"),
    ] {
        let Err(ReadError::Invalid(error)) = read(text) else { panic!("{text}") };
        assert!(error.to_string().contains(reason), "{error}");
    }
    let deep = format!("{OPENAPI}x-a: {}{}\n", "[".repeat(1000), "]".repeat(1000));
    assert!(Error::from(read(deep).expect_err("deep")).to_string().contains("nested too deep"));
}
