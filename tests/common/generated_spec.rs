//! `OpenAPI` documents of any size, the same on every run: too large to keep as files.

use std::fmt::Write;

/// An `OpenAPI` 3.0 document in JSON of at least `size` bytes, like those of a server framework's generator:
/// no line breaks, `openapi` last, every schema inline.
pub(crate) fn json(size: usize) -> String {
    let mut text = String::from(r#"{"info":{"title":"Generated JSON","version":"7.1"},"paths":{"#);
    for n in 0.. {
        if text.len() >= size {
            break;
        }
        let comma = if n == 0 { "" } else { "," };
        write!(
            text,
            r#"{comma}"/things{n}/{{id}}":{{"get":{{"operationId":"getThing{n}","tags":["things"],"parameters":[{{"name":"id","in":"path","required":true,"schema":{{"type":"integer","format":"int64"}}}}],"responses":{{"200":{{"description":"Thing \u2116 {n}","content":{{"application/json":{{"schema":{{"type":"object","properties":{{"id":{{"type":"integer"}},"name":{{"type":"string","example":"a \"name\""}}}}}}}}}}}}}}}}}}"#
        )
        .expect("writing to a string");
    }
    text.push_str(r#"},"servers":[{"url":"https://generated.example/v7"}],"openapi":"3.0.1"}"#);
    text
}

/// An `OpenAPI` 3.0 document in YAML of at least `size` bytes, like those of a YAML emitter.
pub(crate) fn yaml(size: usize) -> String {
    let mut text = String::from("openapi: 3.0.1\ninfo:\n  title: Generated YAML\n  version: 7.10\npaths:\n");
    for n in 0.. {
        if text.len() >= size {
            break;
        }
        write!(
            text,
            "  /things{n}/{{id}}:\n    get:\n      operationId: getThing{n}\n      parameters:\n      - name: id\n        in: path\n        required: true\n        schema:\n          type: integer\n      responses:\n        200:\n          description: Thing № {n}\n"
        )
        .expect("writing to a string");
    }
    text
}
