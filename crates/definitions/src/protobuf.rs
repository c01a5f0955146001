//! Protocol Buffers: recognised by their first statement; services and the package are read, but not messages.

use super::definition::{ApiKind, Definition, Format};
use super::titles;

/// Reads a `.proto` file; `None` if the text is not one.
pub(super) fn read(text: &str) -> Option<Definition> {
    let code = remove_comments(text);
    if !is_protobuf(&code) {
        return None;
    }
    let statements = code.split_inclusive([';', '{', '}']).map(str::trim);
    let mut definition = Definition::new(Format::Protobuf, ApiKind::Grpc);
    let (mut package, mut service) = (None, None);
    for statement in statements {
        let mut words = statement.trim_end_matches([';', '{']).split_whitespace();
        match (words.next(), words.next()) {
            (Some("syntax" | "edition"), _) => {
                definition.format_version = statement.split(['"', '\'']).nth(1).map(str::to_owned);
            }
            // A comment may stand between the parts of the name.
            (Some("package"), Some(name)) => {
                package = Some(words.fold(name.to_owned(), |all, part| all + part));
            }
            (Some("service"), Some(name)) if service.is_none() && statement.ends_with('{') => {
                service = Some(name);
            }
            _ => {}
        }
    }
    // By convention, a package contains its version: `google.pubsub.v1`, `google.ads.googleads.v22.services`.
    definition.version = package
        .as_deref()
        .and_then(|p| p.rsplit('.').find(|part| titles::is_version(part)))
        .map(str::to_owned);
    definition.title = service.map(|name| titles::service_title(name, package.as_deref())).or(package);
    Some(definition)
}

/// Whether a text without comments is a `.proto` file.
///
/// A file starts with `syntax` or `edition`, or it declares something: both are optional. `package` and `import` alone prove
/// nothing, because Java and TypeScript have them as well.
fn is_protobuf(code: &str) -> bool {
    let mut is_first = true;
    for statement in code.split_inclusive([';', '{', '}']).map(str::trim) {
        let keyword = statement.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        let rest = statement[keyword.len()..].trim_start();
        match keyword {
            "syntax" | "edition" if is_first && rest.starts_with('=') && rest.ends_with(';') => return true,
            "import" => {
                let path = rest.trim_start_matches("public").trim_start_matches("weak").trim_start();
                if !path.starts_with(['"', '\'']) {
                    return false;
                }
            }
            "package" | "option" if statement.ends_with(';') => {}
            "message" | "service" | "enum" | "extend" => {
                return is_declaration(code, statement, keyword, rest);
            }
            _ if statement == ";" => continue,
            _ => return false,
        }
        is_first = false;
    }
    false
}

/// Whether a statement declares a message, service, enum or extension, rather than being part of another language.
fn is_declaration(code: &str, statement: &str, keyword: &str, rest: &str) -> bool {
    let name = rest.trim_end_matches('{').trim();
    let is_name =
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'));
    if !statement.ends_with('{') || !is_name {
        return false;
    }
    // GraphQL, Java, TypeScript, C and Thrift have some of these words too, but not what follows them.
    let start = code.find(statement).map_or(0, |index| index + statement.len());
    let first = code[start..].split_inclusive([';', '{', '}']).next().unwrap_or_default().trim();
    let word = first.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
    match (keyword, first.chars().next_back()) {
        (_, None | Some('}')) => first.trim_end_matches('}').trim().is_empty(),
        (_, Some(';')) if matches!(word, "" | "option" | "reserved" | "extensions") => true,
        ("service", _) => matches!(word, "rpc" | "stream"),
        ("enum", Some(';')) => is_enum_value(first),
        ("message" | "extend", Some(';')) => first.contains('='),
        ("message" | "extend", Some('{')) => {
            matches!(word, "message" | "enum" | "oneof" | "extend" | "option") || first.contains('=')
        }
        _ => false,
    }
}

/// Whether a statement is a value of an enum: `OPEN = 0;` or `CLOSED = -1 [deprecated = true];`.
fn is_enum_value(statement: &str) -> bool {
    let Some((name, number)) = statement.split_once('=') else { return false };
    let number = number.trim().trim_start_matches('-').trim_start();
    let is_name = name.trim().chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let after_number = number.trim_start_matches(|c: char| c.is_ascii_alphanumeric()).trim_start();
    is_name && number.starts_with(|c: char| c.is_ascii_digit()) && after_number.starts_with([';', '['])
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

/// Replaces `//` and `/* */` comments by a space, and characters in quotes that would end a statement by `_`.
pub(super) fn remove_comments(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(['/', '"', '\'']) {
        code.push_str(&rest[..start]);
        rest = &rest[start..];
        let length = if rest.starts_with("//") {
            rest.find(['\n', '\r']).unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with('/') {
            code.push('/');
            1
        } else {
            let length = quoted_length(rest);
            code.extend(rest[..length].chars().map(|c| if matches!(c, ';' | '{' | '}') { '_' } else { c }));
            length
        };
        if rest.starts_with("//") || rest.starts_with("/*") {
            code.push(' ');
        }
        rest = &rest[length..];
    }
    code.push_str(rest);
    code
}

/// The length of a string with its quotes, which ends in its line.
fn quoted_length(text: &str) -> usize {
    let mut chars = text.char_indices();
    let quote = chars.next().map(|(_, quote)| quote);
    while let Some((index, char)) = chars.next() {
        match char {
            '\\' => drop(chars.next()),
            '\n' => return index,
            char if Some(char) == quote => return index + char.len_utf8(),
            _ => {}
        }
    }
    text.len()
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

    #[test]
    fn syntax_and_package_are_optional() {
        for text in [
            ";;syntax = \"proto3\";\n",
            "option java_package = \"a;b{\";\nmessage A { oneof b { string c = 1; } }\n",
            "enum State { option allow_alias = true; OPEN = 0; }",
            "enum State { OPEN = -0x1 [deprecated = true]; }",
            "message A { reserved 1; }",
            "service A { option (a) = true; }",
            "message Order {\n  optional int32 id = 1;\n}\n",
            "// a comment\nservice Orders {\n  rpc Get (A) returns (B);\n}\n",
            "enum State {\n  OPEN = 0;\n}\n",
            "extend google.protobuf.FieldOptions {\n  optional string x = 50000;\n}\n",
            "option java_package = \"a\";\nimport public 'b.proto';\nmessage A {}\n",
        ] {
            assert!(read(text).is_some(), "{text}");
        }
    }

    #[test]
    fn other_languages_are_not_protocol_buffers() {
        for text in [
            "package a.b;\n\nimport java.util.List;\n\npublic class Orders {\n  enum A { X }\n}\n",
            "package a.b;\npublic interface Orders { void get(); }\n",
            "package a.b;\nenum State { OPEN, CLOSED; }\n",
            "import x from './y';\nexport enum A { B = 1 }\n",
            "import './y';\nconst a = 1;\n",
            "enum State {\n  OPEN\n  CLOSED\n}\n",
            "enum State {\n  OPEN = 'open',\n  CLOSED = 'closed',\n}\n",
            "enum state { OPEN = 1, CLOSED };\nint main() { return 0; }\n",
            "enum State {\n  \"a = b\"\n  OPEN\n}\n",
            "service Orders {\n  void get(1: i32 id)\n}\n",
            "service Orders {\n  Order get(1: i32 id);\n}\n",
            "message Order { id: Int }\n",
            "extend type Query { a: Int }\n",
            "message: hello\n",
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn comments_and_quotes_do_not_hide_statements() {
        let definition = read(
            "syntax = \"proto3\"; package shop /* v1 */ . v2 ;\noption a = \"\\\"; // service X {\";\rservice /* a */ Orders // b\n{}",
        )
        .expect("a file");
        assert_eq!(definition.version.as_deref(), Some("v2"));
        assert_eq!(definition.title.as_deref(), Some("Orders"));
    }

    #[test]
    fn the_version_may_be_inside_the_package() {
        let definition =
            read("syntax = 'proto3';\npackage google.ads.googleads.v22.services;\n").expect("a file");
        assert_eq!(definition.version.as_deref(), Some("v22"));
    }
}
