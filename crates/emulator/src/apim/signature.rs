//! The signature of an operation: what two operations of one API may not have in common.

/// A method and a URL template, with `{}` for each parameter, because their names make no difference.
pub(super) fn signature(method: &str, template: &str) -> String {
    let mut signature = format!("{method} ");
    for (index, part) in template.split('{').enumerate() {
        if index == 0 {
            signature.push_str(part);
        } else {
            signature.push_str("{}");
            signature.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
        }
    }
    signature.to_lowercase()
}
