//! Variables in server URLs: `https://{region}.example.com/{basePath}`.

use super::node::Node;

/// The maximum length of a URL in bytes; API Center accepts 200 characters.
///
/// Without a limit, a URL that uses a large value many times could exhaust the memory.
const MAX_URL: usize = 16 * 1024;

/// `url` with each `{variable}` replaced by its default, or its first allowed value.
///
/// A variable without either is kept, so that the reader sees what is missing. The whole URL is kept if it is or would be
/// longer than [`MAX_URL`].
pub(super) fn substitute_variables(url: &str, variables: Option<&Node>) -> String {
    let Some(variables) = variables.filter(|_| url.len() <= MAX_URL) else { return url.to_owned() };
    let mut result = String::with_capacity(url.len());
    let mut rest = url;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}').map(|offset| open + offset) else { break };
        let variable = variables.get(&rest[open + 1..close]);
        result.push_str(&rest[..open]);
        match variable.and_then(default_value) {
            Some(value) => result.push_str(value),
            None => result.push_str(&rest[open..=close]),
        }
        if result.len() > MAX_URL {
            return url.to_owned();
        }
        rest = &rest[close + 1..];
    }
    result.push_str(rest);
    result
}

fn default_value(variable: &Node) -> Option<&str> {
    match variable.get("default") {
        // An empty default is valid: `{prefix}api.example.com`.
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
        let filled = substitute_variables("https://{d}{a}.x:{b}/{c}/{e}/{", root.get("servers"));
        assert_eq!(filled, "https://eu.x:8443/{c}/{e}/{");
        assert_eq!(substitute_variables("/{a}", None), "/{a}");
    }

    #[test]
    fn a_url_that_would_be_a_bomb_stays_as_it_is() {
        let text = format!(r#"{{"servers": {{"a": {{"default": "{}"}}}}}}"#, "x".repeat(1000));
        let root = json::parse(&text).expect("parsed");
        assert_eq!(substitute_variables("/{a}{a}", root.get("servers")).len(), 2001);
        let bomb = "{a}".repeat(5000);
        assert_eq!(substitute_variables(&bomb, root.get("servers")), bomb);
        let long = "{a}".repeat(MAX_URL);
        assert_eq!(substitute_variables(&long, root.get("servers")), long);
    }
}
