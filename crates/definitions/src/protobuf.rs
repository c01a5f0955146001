//! Protocol Buffers: recognised by their first statement; services and the package are read, but not messages.

use super::definition::{ApiKind, Definition, Format};

/// Reads a `.proto` file; `None` if the text does not start like one.
///
/// The first statement must be `syntax`, `edition`, `package`, `import` or `option`, and end with a semicolon, which is not
/// valid in YAML or GraphQL.
pub(super) fn read(text: &str) -> Option<Definition> {
    let code = remove_comments(text);
    let mut statements = code.split_inclusive([';', '{', '}']).map(str::trim);
    let first = statements.next()?.strip_suffix(';')?;
    let keyword = first.split(|c: char| !c.is_ascii_alphabetic()).next()?;
    if !matches!(keyword, "syntax" | "edition" | "package" | "import" | "option") {
        return None;
    }
    let mut definition = Definition::new(Format::Protobuf, ApiKind::Grpc);
    let mut package = None;
    for statement in std::iter::once(first).chain(statements) {
        let mut words = statement.trim_end_matches([';', '{']).split_whitespace();
        match (words.next(), words.next()) {
            (Some("syntax" | "edition"), _) => {
                definition.format_version = statement.split(['"', '\'']).nth(1).map(str::to_owned);
            }
            (Some("package"), Some(name)) => package = Some(name),
            (Some("service"), Some(name)) if definition.title.is_none() && statement.ends_with('{') => {
                definition.title = Some(name.to_owned());
            }
            _ => {}
        }
    }
    // By convention, a package ends with its version: `google.pubsub.v1`.
    let last_part = package.and_then(|p| p.rsplit('.').next());
    definition.version = last_part.filter(|part| is_version(part)).map(str::to_owned);
    if definition.title.is_none() {
        definition.title = package.map(str::to_owned);
    }
    Some(definition)
}

/// Whether a `.proto` file defines a service.
pub(super) fn has_service(text: &str) -> bool {
    let code = remove_comments(text);
    code.split_inclusive([';', '{', '}']).any(|statement| {
        let words: Vec<&str> = statement.trim_end_matches('{').split_whitespace().collect();
        statement.ends_with('{') && words.len() == 2 && words[0] == "service"
    })
}

/// The files that a `.proto` file imports.
pub(super) fn imports(text: &str) -> Vec<String> {
    let code = remove_comments(text);
    let statements = code.split_inclusive(';').map(str::trim).filter(|s| s.starts_with("import"));
    statements.filter_map(|statement| statement.split(['"', '\'']).nth(1).map(str::to_owned)).collect()
}

fn is_version(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Removes `//` and `/* */` comments, but not within quotes.
fn remove_comments(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(['/', '"', '\'']) {
        code.push_str(&rest[..start]);
        rest = &rest[start..];
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else {
            let quote = &rest[..1];
            let length = match quote {
                "/" => 1,
                _ => rest[1..]
                    .find([quote.chars().next().unwrap_or('"'), '\n'])
                    .map_or(rest.len(), |end| end + 2),
            };
            code.push_str(&rest[..length]);
            length
        };
        rest = &rest[length..];
    }
    code.push_str(rest);
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_service_and_syntax_are_read() {
        let definition = read(
            "// Copyright; all of it\n/* syntax = \"proto2\"; */\nsyntax = \"proto3\";\npackage shop.orders.v2;\nimport \"a//b.proto\";\nmessage M { string service = 1; }\nservice Orders {\n  rpc Get(M) returns (M);\n}\n",
        )
        .expect("protobuf");
        assert_eq!(definition.title.as_deref(), Some("Orders"));
        assert_eq!(definition.version.as_deref(), Some("v2"));
        assert_eq!(definition.format_version.as_deref(), Some("proto3"));
    }

    #[test]
    fn what_only_looks_like_it_is_none() {
        for text in
            ["", "package: x\n", "type Query { a: Int }", "service: {a: b}", "hello; world", "'", "/* x"]
        {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
