//! Protocol Buffers: recognised by their first statement; services and package are read, messages are not.

use super::definition::{ApiKind, Definition, Format};

/// Reads `text` where it starts as a `.proto` file does; None for everything else.
///
/// `syntax`, `edition`, `package` or `import` must come first and end in a semicolon, which no YAML and no
/// GraphQL does.
pub(super) fn read(text: &str) -> Option<Definition> {
    let code = without_comments(text);
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
    // Packages end in their version by convention: `google.pubsub.v1`.
    let last = package.and_then(|p| p.rsplit('.').next());
    definition.version = last.filter(|part| is_version(part)).map(str::to_owned);
    if definition.title.is_none() {
        definition.title = package.map(str::to_owned);
    }
    Some(definition)
}

/// Whether the `.proto` file `text` has a service: other languages begin with `import` and `package` as well.
pub(super) fn has_service(text: &str) -> bool {
    let code = without_comments(text);
    code.split_inclusive([';', '{', '}']).any(|statement| {
        let words: Vec<&str> = statement.trim_end_matches('{').split_whitespace().collect();
        statement.ends_with('{') && words.len() == 2 && words[0] == "service"
    })
}

/// The files that the `.proto` file `text` imports.
pub(super) fn imports(text: &str) -> Vec<String> {
    let code = without_comments(text);
    let statements = code.split_inclusive(';').map(str::trim).filter(|s| s.starts_with("import"));
    statements.filter_map(|statement| statement.split(['"', '\'']).nth(1).map(str::to_owned)).collect()
}

fn is_version(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// `text` without `//` and `/* */` comments; comment marks within quotes stay.
fn without_comments(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['/', '"', '\'']) {
        code.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else {
            let quote = &rest[..1];
            let taken = match quote {
                "/" => 1,
                _ => rest[1..]
                    .find([quote.chars().next().unwrap_or('"'), '\n'])
                    .map_or(rest.len(), |end| end + 2),
            };
            code.push_str(&rest[..taken]);
            taken
        };
        rest = &rest[taken..];
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
