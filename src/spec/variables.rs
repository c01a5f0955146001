//! Server URLs with variables: `https://{region}.example.com/{basePath}`.

use super::node::Node;

/// `url` with each `{variable}` replaced by its default, or its first allowed value.
///
/// A variable without either stays as it is: the reader sees what is missing.
pub(super) fn fill(url: &str, variables: Option<&Node>) -> String {
    let Some(variables) = variables else { return url.to_owned() };
    let mut filled = String::with_capacity(url.len());
    let mut rest = url;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}').map(|at| open + at) else { break };
        let variable = variables.get(&rest[open + 1..close]);
        filled.push_str(&rest[..open]);
        match variable.and_then(value) {
            Some(value) => filled.push_str(value),
            None => filled.push_str(&rest[open..=close]),
        }
        rest = &rest[close + 1..];
    }
    filled.push_str(rest);
    filled
}

fn value(variable: &Node) -> Option<&str> {
    match variable.get("default") {
        // An empty default is a value too: `{prefix}api.example.com`.
        Some(Node::Text(text)) => Some(text),
        _ => variable.list("enum").first().and_then(Node::as_text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::json;

    #[test]
    fn defaults_first_values_and_what_has_neither() {
        let root = json::parse(
            r#"{"servers": {"a": {"default": "eu"}, "b": {"enum": [8443]}, "c": {}, "d": {"default": ""}}}"#,
        )
        .expect("parsed");
        let filled = fill("https://{d}{a}.x:{b}/{c}/{e}/{", root.get("servers"));
        assert_eq!(filled, "https://eu.x:8443/{c}/{e}/{");
        assert_eq!(fill("/{a}", None), "/{a}");
    }
}
