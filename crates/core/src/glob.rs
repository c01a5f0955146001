//! Glob patterns for resource names: `petstore-*`, `v?`, and `!internal-*` to exclude names.
//!
//! Matching ignores case, as Azure's resource names do. Only `*` and `?` are special: names may contain brackets and
//! braces, which globs for paths interpret.

/// Whether a text is a pattern rather than a name.
#[must_use]
pub fn is_glob(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether a name matches a pattern, in which `*` stands for any number of characters and `?` for exactly one.
#[must_use]
pub fn matches_glob(pattern: &str, name: &str) -> bool {
    let lowercase = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<Vec<char>>();
    let (pattern, name) = (lowercase(pattern), lowercase(name));
    let (mut p, mut n) = (0, 0);
    // The position of the last star, and the end of the text that it has matched so far.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => (p, n) = (p + 1, n + 1),
            _ => match star {
                Some((position, end)) => {
                    star = Some((position, end + 1));
                    (p, n) = (position + 1, end + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// A selection of names: those that match a pattern, except those that match a pattern starting with `!`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    included: Vec<String>,
    excluded: Vec<String>,
}

impl Selection {
    /// A selection from the values of an option; if all of them exclude names, all other names are selected.
    #[must_use]
    pub fn new(patterns: &[String]) -> Self {
        let (excluded, included): (Vec<_>, Vec<_>) =
            patterns.iter().cloned().partition(|pattern| pattern.starts_with('!'));
        let excluded = excluded.into_iter().map(|pattern| pattern[1..].to_owned()).collect();
        let included = if included.is_empty() { vec!["*".to_owned()] } else { included };
        Self { included, excluded }
    }

    /// Whether a name is selected.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        self.included.iter().any(|pattern| matches_glob(pattern, name)) && !self.excludes(name)
    }

    /// Whether a name matches one of the exclusions.
    #[must_use]
    pub fn excludes(&self, name: &str) -> bool {
        self.excluded.iter().any(|pattern| matches_glob(pattern, name))
    }

    /// The included patterns, except `*`, that match none of the names: they are probably misspelt.
    #[must_use]
    pub fn unmatched_patterns<'a>(&self, names: &(impl Iterator<Item = &'a str> + Clone)) -> Vec<&str> {
        let is_unmatched =
            |pattern: &&String| *pattern != "*" && !names.clone().any(|name| matches_glob(pattern, name));
        self.included.iter().filter(is_unmatched).map(String::as_str).collect()
    }

    /// The included names and patterns.
    #[must_use]
    pub fn patterns(&self) -> &[String] {
        &self.included
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_match_as_in_a_shell() {
        for (pattern, name) in [
            ("*", ""),
            ("*", "anything"),
            ("petstore-*", "petstore-v1"),
            ("petstore-*", "PetStore-"),
            ("*-v?", "orders-v2"),
            ("*a*b*", "xxaxxbxx"),
            ("*.*.c", "a.b.c.c"),
            ("exact", "EXACT"),
            ("Überall*", "überallhin"),
            ("**", "x"),
        ] {
            assert!(matches_glob(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("petstore-*", "petstore"),
            ("?", ""),
            ("?", "ab"),
            ("*-v?", "orders-v10"),
            ("", "x"),
            ("a*b", "ab-"),
        ] {
            assert!(!matches_glob(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn a_long_pattern_of_stars_ends_soon() {
        assert!(!matches_glob(&"*a".repeat(200), &"a".repeat(150)));
    }

    #[test]
    fn excluded_names_are_not_selected() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let selection = Selection::new(&words("orders-* weather !*-v1"));
        assert!(selection.matches("orders-v2") && selection.matches("Weather"));
        assert!(!selection.matches("orders-v1") && !selection.matches("stock"));
        let all_others = Selection::new(&words("!internal-*"));
        assert!(all_others.matches("stock") && !all_others.matches("internal-stock"));
        let names = ["orders-v1", "weather"];
        let selection = Selection::new(&words("* order w* x-* !nobody"));
        assert_eq!(selection.unmatched_patterns(&names.into_iter()), ["order", "x-*"]);
        assert!(is_glob("a*") && is_glob("?") && !is_glob("weather;rev=2"));
    }
}
