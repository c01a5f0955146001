//! How az matches member names: camelCase, `PascalCase`, `kebab-case` and `snake_case` of one name are equal.
//!
//! ```
//! use azr_arm::names::to_snake_case;
//!
//! assert_eq!(to_snake_case("displayName"), to_snake_case("display-name"));
//! ```

use crate::schema::{Field, Kind};

/// The name in snake case.
///
/// An underscore goes before a capital that starts a word of small letters, and between a small letter or
/// digit and a capital, so `ABCName1Ab` is `abc_name1_ab`; hyphens become underscores. Words in capitals
/// throughout are one word, which is why `TITLE` is `title` but `DISPLAYNAME` is not `display_name`.
#[must_use]
pub fn to_snake_case(name: &str) -> String {
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

/// The field that `name` stands for in any spelling, including those of flattened objects.
#[must_use]
pub fn find_field(fields: &'static [Field], name: &str) -> Option<&'static Field> {
    let all = flattened_fields(fields);
    let exact = all.iter().find(|f| f.shown == name || f.wire == name);
    exact
        .or_else(|| {
            let snake_case = to_snake_case(name);
            all.iter().find(|f| to_snake_case(f.shown) == snake_case || to_snake_case(f.wire) == snake_case)
        })
        .copied()
}

/// All fields as az shows them, with those of flattened objects in place of the objects.
#[must_use]
pub fn flattened_fields(fields: &'static [Field]) -> Vec<&'static Field> {
    let mut out = Vec::with_capacity(fields.len());
    for f in fields {
        match f.kind {
            Kind::Object(inner) if f.flatten => out.extend(flattened_fields(inner)),
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
        for (name, expected) in [
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
            assert_eq!(to_snake_case(name), expected, "{name}");
        }
    }

    #[test]
    fn members_are_found_in_every_spelling_and_through_flattened_objects() {
        static FIELDS: &[Field] = &[
            text("id"),
            flattened("properties", &[field("runtimeUri", Kind::List(&Kind::Text)), text("title")]),
        ];
        for name in ["runtimeUri", "runtime-uri", "runtime_uri", "RuntimeUri"] {
            assert_eq!(find_field(FIELDS, name).map(|f| f.shown), Some("runtimeUri"), "{name}");
        }
        assert!(find_field(FIELDS, "properties").is_none());
        assert!(find_field(FIELDS, "runtimeuri").is_none());
    }
}
