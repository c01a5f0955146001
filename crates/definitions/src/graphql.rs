//! GraphQL schemas in the schema definition language, recognised by their first word.

use apollo_parser::Parser;
use apollo_parser::cst::{CstNode, Definition as Syntax};

use super::definition::{ApiKind, Definition, Format};
use super::read_error::{ReadError, invalid_definition, not_a_definition};

type Result<T> = std::result::Result<T, ReadError>;

/// The maximum nesting of types and values.
const MAX_DEPTH: usize = 200;

/// The maximum number of tokens, including whitespace. The largest public schemas have about a million; each needs about
/// 50 bytes.
const MAX_TOKENS: usize = 5_000_000;

/// The keywords that a schema can start with, after an optional description in quotes.
const SCHEMA_KEYWORDS: [&str; 9] =
    ["type", "schema", "interface", "enum", "union", "input", "scalar", "directive", "extend"];

/// Reads a GraphQL schema, which has no title and no version; `None` if the text does not start like a GraphQL document.
pub(super) fn read(text: &str, name: &str) -> Option<Result<Definition>> {
    match detect_kind(text)? {
        DocumentKind::Schema => Some(read_schema(text, name)),
        DocumentKind::Operation => {
            let actual = "it is a GraphQL operation, not a schema";
            Some(Err(ReadError::NotADefinition(not_a_definition(name, actual))))
        }
    }
}

/// The definition for the response to an introspection query, of which no metadata is read.
pub(super) fn introspection() -> Definition {
    Definition::new(Format::GraphQl, ApiKind::Graphql)
}

enum DocumentKind {
    Schema,
    Operation,
}

fn detect_kind(text: &str) -> Option<DocumentKind> {
    let code = skip_comments(text);
    if let Some(quoted) = code.strip_prefix("\"\"\"") {
        return kind_by_keyword(skip_comments(after_block_string(quoted)?));
    }
    if let Some(quoted) = code.strip_prefix('"') {
        let line = quoted.lines().next()?;
        let after = skip_comments(&quoted[line.rfind('"')? + 1..]);
        return kind_by_keyword(after);
    }
    kind_by_keyword(code)
}

fn kind_by_keyword(code: &str) -> Option<DocumentKind> {
    let end = code.find(|c: char| !c.is_ascii_alphabetic())?;
    let (word, rest) = code.split_at(end);
    // In GraphQL a keyword is followed by a name, `@` or `{`; `type: object` is YAML.
    let rest = rest.trim_start();
    if !rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '@' | '{')) {
        return None;
    }
    // `type A = {` is TypeScript.
    let after_name = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').trim_start();
    if after_name.starts_with('=') && word != "union" {
        return None;
    }
    if SCHEMA_KEYWORDS.contains(&word) {
        return Some(DocumentKind::Schema);
    }
    (matches!(word, "query" | "mutation" | "subscription" | "fragment") && code.contains('{'))
        .then_some(DocumentKind::Operation)
}

/// The text after a string in three quotes, of which `text` is the text after the opening ones.
fn after_block_string(text: &str) -> Option<&str> {
    const QUOTES: &str = "\"\"\"";
    let mut ends = text.match_indices(QUOTES).filter(|(index, _)| !text[..*index].ends_with('\\'));
    ends.next().map(|(index, _)| &text[index + QUOTES.len()..])
}

/// The text after comments, space and commas, which GraphQL ignores as well.
fn skip_comments(text: &str) -> &str {
    let is_ignored = |c: char| c.is_whitespace() || c == ',';
    let mut rest = text.trim_start_matches(is_ignored);
    while rest.starts_with('#') {
        rest = rest.find(['\n', '\r']).map_or("", |end| &rest[end..]).trim_start_matches(is_ignored);
    }
    rest
}

fn read_schema(text: &str, name: &str) -> Result<Definition> {
    let tree = Parser::new(text).recursion_limit(MAX_DEPTH).token_limit(MAX_TOKENS).parse();
    if let Some(error) = tree.errors().next() {
        if error.is_limit() {
            let reason = format!(
                "it is nested more than {MAX_DEPTH} levels deep or has more than {MAX_TOKENS} tokens"
            );
            return Err(ReadError::Invalid(invalid_definition(name, "GraphQL", reason)));
        }
        let before = text.get(..error.index()).unwrap_or_default();
        let line = 1 + before.bytes().filter(|b| *b == b'\n').count();
        let reason = format!("{} in line {line}", describe_message(error.message()));
        let error = invalid_definition(name, "GraphQL", reason);
        return Err(if is_probably_graphql(text) {
            ReadError::Invalid(error)
        } else {
            ReadError::NotADefinition(not_a_definition(
                name,
                "it is neither GraphQL nor another known format",
            ))
        });
    }
    let mut definition = Definition::new(Format::GraphQl, ApiKind::Graphql);
    definition.description = tree.document().definitions().find_map(|syntax| match syntax {
        Syntax::SchemaDefinition(schema) => schema.description().map(|d| unquote(&d.source_string())),
        _ => None,
    });
    Ok(definition)
}

/// The message of the parser with the characters instead of its names for them.
fn describe_message(message: &str) -> String {
    let mut message = message.trim_start_matches("syntax error: ").to_owned();
    for (name, words) in [
        ("R_CURLY", "}"),
        ("L_CURLY", "{"),
        ("R_PAREN", ")"),
        ("L_PAREN", "("),
        ("R_BRACK", "]"),
        ("L_BRACK", "["),
        ("COLON", ":"),
        ("EOF", "the end of the document"),
        ("a StringValue, Name or OperationDefinition", "a definition"),
    ] {
        message = message.replace(name, words);
    }
    message
}

/// Whether a text with a syntax error is a GraphQL schema rather than a program that starts with the same word.
fn is_probably_graphql(text: &str) -> bool {
    let roots = [
        "type Query",
        "type Mutation",
        "type Subscription",
        "extend ",
        "schema ",
        "scalar ",
        "input ",
        "directive @",
    ];
    let is_root = |line: &str| roots.iter().any(|root| line.starts_with(root));
    // No statement of GraphQL ends with a semicolon.
    text.lines().any(is_root) && !text.lines().any(|line| line.trim_end().ends_with(';'))
}

fn unquote(description: &str) -> String {
    description.trim().trim_matches('"').trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_core::error::Error;

    #[test]
    fn schemas_are_read() {
        for text in [
            "type Query { a: Int }",
            "# c\n\n\"\"\"\nA, b\n\"\"\"\ntype Query { a(x: [Int!]! = [1]): Int @deprecated }\nextend type Query { b: ID }",
            "\"one line\" scalar Date type Query { d: Date }",
            "schema { query: Q } type Q { a: Int }",
        ] {
            let definition = read(text, "x").expect("GraphQL").expect(text);
            assert_eq!(definition.kind, ApiKind::Graphql);
        }
        let described = read("\"\"\"The shop\"\"\"\nschema { query: Q }\ntype Q { a: Int }", "x");
        assert_eq!(described.expect("GraphQL").expect("read").description.as_deref(), Some("The shop"));
    }

    #[test]
    fn mistakes_and_operations_are_told() {
        let error =
            read("type Query {\n a: \n}", "a.graphql").expect("GraphQL").expect_err("a type is missing");
        assert!(Error::from(error).to_string().contains("a.graphql is not valid GraphQL"));
        let error = read("query Q { a }", "x").expect("GraphQL").expect_err("operation");
        assert!(Error::from(error).to_string().contains("operation"));
    }

    #[test]
    fn other_text_is_none() {
        for text in ["type: object", "enum = 1", "", "hello", "\"quoted\": 1", "\"\"\"", "openapi: 3.0.0"] {
            assert!(read(text, "x").is_none(), "{text}");
        }
    }
}
