//! GraphQL schemas in the schema definition language, recognised by their first word.

use apollo_parser::Parser;
use apollo_parser::cst::{CstNode, Definition as Syntax};

use super::definition::{ApiKind, Definition, Format};
use super::refusal::Refusal;
use super::{broken, unsupported};

type Result<T> = std::result::Result<T, Refusal>;

/// Nesting of types and values; schemas nest a handful deep.
const RECURSION: usize = 200;

/// How many words, marks and spaces: the largest public schemas have about a million, and each takes some 50 bytes.
const TOKENS: usize = 5_000_000;

/// The first words of a schema, besides a description in quotes.
const SCHEMA_WORDS: [&str; 9] =
    ["type", "schema", "interface", "enum", "union", "input", "scalar", "directive", "extend"];

/// Reads `text` where it starts as a GraphQL document does; None for everything else.
///
/// A schema has no title and no version.
pub(super) fn read(text: &str, name: &str) -> Option<Result<Definition>> {
    match first_word(text)? {
        First::Schema => Some(schema(text, name)),
        First::Operation => {
            let found = "it is a GraphQL operation, not a schema";
            Some(Err(Refusal::Other(unsupported(name, found))))
        }
    }
}

/// What the answer of an introspection query says: only that it is one.
pub(super) fn introspection() -> Definition {
    Definition::new(Format::GraphQl, ApiKind::Graphql)
}

enum First {
    Schema,
    Operation,
}

fn first_word(text: &str) -> Option<First> {
    let code = skip_comments(text);
    if let Some(quoted) = code.strip_prefix("\"\"\"") {
        let after = skip_comments(&quoted[quoted.find("\"\"\"")? + 3..]);
        return first_word_of_statement(after);
    }
    if let Some(quoted) = code.strip_prefix('"') {
        let line = quoted.lines().next()?;
        let after = skip_comments(&quoted[line.rfind('"')? + 1..]);
        return first_word_of_statement(after);
    }
    first_word_of_statement(code)
}

fn first_word_of_statement(code: &str) -> Option<First> {
    let end = code.find(|c: char| !c.is_ascii_alphabetic())?;
    let (word, rest) = code.split_at(end);
    // `type: object` is YAML, `enum = 1` is something else: a name, `@` or `{` follows in GraphQL.
    let follows =
        rest.trim_start().starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '@' | '{'));
    if !follows {
        return None;
    }
    if SCHEMA_WORDS.contains(&word) {
        return Some(First::Schema);
    }
    (matches!(word, "query" | "mutation" | "subscription" | "fragment") && code.contains('{'))
        .then_some(First::Operation)
}

fn skip_comments(text: &str) -> &str {
    let mut rest = text.trim_start();
    while rest.starts_with('#') {
        rest = rest.find('\n').map_or("", |end| &rest[end..]).trim_start();
    }
    rest
}

fn schema(text: &str, name: &str) -> Result<Definition> {
    let tree = Parser::new(text).recursion_limit(RECURSION).token_limit(TOKENS).parse();
    if let Some(error) = tree.errors().next() {
        if error.is_limit() {
            let why = format!(
                "it is deeper than {RECURSION} levels or longer than {TOKENS} words, marks and spaces"
            );
            return Err(Refusal::Broken(broken(name, "GraphQL", why)));
        }
        let before = text.get(..error.index()).unwrap_or_default();
        let line = 1 + before.bytes().filter(|b| *b == b'\n').count();
        let why = format!("{} in line {line}", error.message());
        return Err(Refusal::Broken(broken(name, "GraphQL", why)));
    }
    let mut definition = Definition::new(Format::GraphQl, ApiKind::Graphql);
    definition.description = tree.document().definitions().find_map(|syntax| match syntax {
        Syntax::SchemaDefinition(schema) => schema.description().map(|d| unquoted(&d.source_string())),
        _ => None,
    });
    Ok(definition)
}

fn unquoted(description: &str) -> String {
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
