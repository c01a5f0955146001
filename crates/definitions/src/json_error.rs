//! Errors in JSON, described for the author of the document.

use serde_json::error::Category;

/// The reason why `text` is not valid JSON, with the place.
pub(super) fn describe(error: &serde_json::Error, text: &str) -> String {
    let message = error.to_string();
    if error.classify() == Category::Data {
        return message;
    }
    let (message, _) = message.rsplit_once(" at line ").unwrap_or((&message, ""));
    let reason = if starts_comment(text, error.line(), error.column()) {
        "JSON does not allow comments"
    } else if byte_at(text, error.line(), error.column()) == Some(b'}') && message.contains("key") {
        "there is a comma after the last value"
    } else {
        describe_message(message)
    };
    format!("{reason} (line {}, column {})", error.line(), error.column())
}

/// The message of the parser in plain words.
fn describe_message(message: &str) -> &str {
    match message {
        "EOF while parsing a list" => "the document ends inside a list",
        "EOF while parsing an object" => "the document ends inside an object",
        "EOF while parsing a string" => "the document ends inside a string",
        "EOF while parsing a value" => "the document ends where a value should be",
        "expected `:`" => "a colon is missing after a key",
        "expected `,` or `]`" => "a comma or ] is missing",
        "expected `,` or `}`" => "a comma or } is missing",
        "expected value" | "expected ident" => "a value is not valid",
        "expected double quote" | "key must be a string" => "a key is not in double quotes",
        "trailing comma" => "there is a comma after the last value",
        "trailing characters" => "there is text after the end of the document",
        "invalid escape" => "a backslash is followed by a wrong character",
        "invalid number" | "number out of range" => "a number is not valid",
        "control character (\\u0000-\\u001F) found while parsing a string" => {
            "a string contains a line break or another control character"
        }
        "lone leading surrogate in hex escape"
        | "unexpected end of hex escape"
        | "invalid unicode code point" => "an escape \\u is not a character",
        "recursion limit exceeded" => "it is nested more than 128 levels deep",
        other => other,
    }
}

/// The byte at a place, of which line and column count from 1.
fn byte_at(text: &str, line: usize, column: usize) -> Option<u8> {
    text.split('\n').nth(line.checked_sub(1)?)?.as_bytes().get(column.checked_sub(1)?).copied()
}

/// Whether a comment starts at this place, of which line and column count from 1.
fn starts_comment(text: &str, line: usize, column: usize) -> bool {
    let line = text.split('\n').nth(line.saturating_sub(1)).unwrap_or_default().as_bytes();
    line.get(column.saturating_sub(1)..)
        .is_some_and(|rest| rest.starts_with(b"//") || rest.starts_with(b"/*"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn messages_are_for_the_author_of_the_document() {
        for (text, reason) in [
            ("{\"a\": NaN}", "a value is not valid (line 1, column 7)"),
            ("{\"a\": [1", "the document ends inside a list (line 1, column 8)"),
            (
                "{\"a\": \"b\n\"}",
                "a string contains a line break or another control character (line 2, column 0)",
            ),
            ("{\"a\" 1}", "a colon is missing after a key (line 1, column 6)"),
            ("{\"a\": 1 \"b\": 2}", "a comma or } is missing (line 1, column 9)"),
            ("{\n// c\n\"a\": 1}", "JSON does not allow comments (line 2, column 1)"),
            ("{\"a\": 1, /* c */ \"b\": 2}", "JSON does not allow comments (line 1, column 10)"),
            ("{\"a\": 1,}", "there is a comma after the last value (line 1, column 9)"),
            ("{'a': 1}", "a key is not in double quotes (line 1, column 2)"),
            ("{} x", "there is text after the end of the document (line 1, column 4)"),
            ("{\"a\": \"\\ud83d\"}", "an escape \\u is not a character (line 1, column 14)"),
            ("{\"a\": \"\\x\"}", "a backslash is followed by a wrong character (line 1, column 9)"),
        ] {
            let error = serde_json::from_str::<serde_json::Value>(text).expect_err(text);
            assert_eq!(super::describe(&error, text), reason, "{text}");
        }
    }
}
