//! The filters that az sends when it lists roles and assignments.

/// The text that a filter compares `field` with: `field eq 'text'`, with `''` for a quote.
pub(super) fn quoted_text(filter: &str, field: &str) -> Option<String> {
    let index = filter.to_ascii_lowercase().find(&field.to_ascii_lowercase())?;
    let rest = filter[index + field.len()..].trim_start();
    let rest = rest.strip_prefix("eq").unwrap_or(rest).trim_start();
    let rest = rest.strip_prefix('(').unwrap_or(rest).trim_start().strip_prefix('\'')?;
    let mut text = String::new();
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\'' {
            text.push(c);
        } else if chars.next_if_eq(&'\'').is_some() {
            text.push('\'');
        } else {
            return Some(text);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::quoted_text;

    #[test]
    fn reads_the_filters_az_sends() {
        assert_eq!(quoted_text("roleName eq 'It''s'", "rolename").as_deref(), Some("It's"));
        assert_eq!(quoted_text("atScope() and assignedTo('p-1')", "assignedTo").as_deref(), Some("p-1"));
        assert_eq!(quoted_text("atScope()", "principalId"), None);
    }
}
