//! Server URLs with variables: `https://{region}.example.com/{basePath}`.

use super::node::Node;

/// The longest URL that is filled or made, in bytes: API Center takes 200 characters, and this is far beyond.
///
/// A URL that names one large value many times would be larger than any memory.
const MAX_URL: usize = 16 * 1024;

/// `url` with each `{variable}` replaced by its default, or its first allowed value.
///
/// A variable without either stays as it is: the reader sees what is missing. So does all of a URL that is, or would
/// be, longer than [`MAX_URL`].
pub(super) fn fill(url: &str, variables: Option<&Node>) -> String {
    let Some(variables) = variables.filter(|_| url.len() <= MAX_URL) else { return url.to_owned() };
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
        if filled.len() > MAX_URL {
            return url.to_owned();
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
    use crate::json;

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

    #[test]
    fn a_url_that_would_be_a_bomb_stays_as_it_is() {
        let text = format!(r#"{{"servers": {{"a": {{"default": "{}"}}}}}}"#, "x".repeat(1000));
        let root = json::parse(&text).expect("parsed");
        assert_eq!(fill("/{a}{a}", root.get("servers")).len(), 2001);
        let bomb = "{a}".repeat(5000);
        assert_eq!(fill(&bomb, root.get("servers")), bomb);
        let long = "{a}".repeat(MAX_URL);
        assert_eq!(fill(&long, root.get("servers")), long);
    }
}
