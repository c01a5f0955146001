//! How az matches member names: camelCase, `PascalCase`, `kebab-case` and `snake_case` of one name are the same.

use super::schema::{Field, Kind};

/// The name in snake case.
///
/// An underscore goes before a capital that starts a word of small letters, and between a small letter or
/// digit and a capital, so `ABCName1Ab` is `abc_name1_ab`; hyphens become underscores. Words in capitals
/// throughout are one word, which is why `TITLE` is `title` but `DISPLAYNAME` is not `display_name`.
#[must_use]
pub fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut words = Vec::with_capacity(chars.len() + 4);
    let mut i = 0;
    while i < chars.len() {
        words.push(chars[i]);
        i += 1;
        let starts_word = chars.get(i).is_some_and(char::is_ascii_uppercase)
            && chars.get(i + 1).is_some_and(char::is_ascii_lowercase);
        if starts_word {
            words.extend(['_', chars[i]]);
            i += 1;
            while let Some(c) = chars.get(i).filter(|c| c.is_ascii_lowercase()) {
                words.push(*c);
                i += 1;
            }
        }
    }
    let mut out = String::with_capacity(words.len() + 4);
    for (n, c) in words.iter().enumerate() {
        let after_small = n > 0 && (words[n - 1].is_ascii_lowercase() || words[n - 1].is_ascii_digit());
        if c.is_ascii_uppercase() && after_small {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out.replace('-', "_")
}

/// The member that `name` stands for in any of the spellings, looking through flattened objects.
#[must_use]
pub fn find(fields: &'static [Field], name: &str) -> Option<&'static Field> {
    let all = members(fields);
    let exact = all.iter().find(|f| f.shown == name || f.wire == name);
    exact
        .or_else(|| {
            let wanted = snake(name);
            all.iter().find(|f| snake(f.shown) == wanted || snake(f.wire) == wanted)
        })
        .copied()
}

/// Every member as shown, with those of flattened objects in their place.
#[must_use]
pub fn members(fields: &'static [Field]) -> Vec<&'static Field> {
    let mut out = Vec::with_capacity(fields.len());
    for f in fields {
        match f.kind {
            Kind::Object(inner) if f.flatten => out.extend(members(inner)),
            _ => out.push(f),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{field, flattened, text};

    #[test]
    fn snake_case_splits_where_az_does() {
        for (name, want) in [
            ("displayName", "display_name"),
            ("DisplayName", "display_name"),
            ("display_name", "display_name"),
            ("user-assigned-identities", "user_assigned_identities"),
            ("ABCName1Ab", "abc_name1_ab"),
            ("oAuth2", "o_auth2"),
            ("publicIPAddresses", "public_ip_addresses"),
            ("TITLE", "title"),
            ("DISPLAYNAME", "displayname"),
            ("", ""),
            ("É", "é"),
        ] {
            assert_eq!(snake(name), want, "{name}");
        }
    }

    #[test]
    fn members_are_found_in_every_spelling_and_through_flattened_objects() {
        static FIELDS: &[Field] = &[
            text("id"),
            flattened("properties", &[field("runtimeUri", Kind::List(&Kind::Text)), text("title")]),
        ];
        for name in ["runtimeUri", "runtime-uri", "runtime_uri", "RuntimeUri"] {
            assert_eq!(find(FIELDS, name).map(|f| f.shown), Some("runtimeUri"), "{name}");
        }
        assert!(find(FIELDS, "properties").is_none());
        assert!(find(FIELDS, "runtimeuri").is_none());
    }
}
