//! Patterns for names as a shell has them: `petstore-*`, `v?`, and `!internal-*` for what is not meant.
//!
//! Names of Azure's resources are matched without regard to case. There are no classes (`[a-z]`) and no braces: a
//! crate for paths would bring them, with a regular expression engine.

/// Whether a text is a pattern, and not just a name.
#[must_use]
pub fn is_glob(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether a name fits a pattern, in which `*` stands for any characters and `?` for one.
#[must_use]
pub fn matches(pattern: &str, name: &str) -> bool {
    let fold = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<Vec<char>>();
    let (pattern, name) = (fold(pattern), fold(name));
    let (mut p, mut n) = (0, 0);
    // Where the last star was, and how far into the name it reaches.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => (p, n) = (p + 1, n + 1),
            _ => match star {
                Some((at, reach)) => {
                    star = Some((at, reach + 1));
                    (p, n) = (at + 1, reach + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// What is meant: names and patterns, less those with `!` in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    wanted: Vec<String>,
    unwanted: Vec<String>,
}

impl Selection {
    /// Reads the words of an option; where all of them exclude, everything else is meant.
    #[must_use]
    pub fn new(words: &[String]) -> Self {
        let (unwanted, wanted): (Vec<_>, Vec<_>) =
            words.iter().cloned().partition(|word| word.starts_with('!'));
        let unwanted = unwanted.into_iter().map(|word| word[1..].to_owned()).collect();
        let wanted = if wanted.is_empty() { vec!["*".to_owned()] } else { wanted };
        Self { wanted, unwanted }
    }

    /// Whether something of this name is meant.
    #[must_use]
    pub fn holds(&self, name: &str) -> bool {
        self.wanted.iter().any(|pattern| matches(pattern, name)) && !self.excludes(name)
    }

    /// Whether a name is excluded.
    #[must_use]
    pub fn excludes(&self, name: &str) -> bool {
        self.unwanted.iter().any(|pattern| matches(pattern, name))
    }

    /// The names and patterns that fit none of the names, `*` aside: they are likely misspelt.
    #[must_use]
    pub fn without_match<'a>(&self, names: &(impl Iterator<Item = &'a str> + Clone)) -> Vec<&str> {
        let misses = |pattern: &&String| *pattern != "*" && !names.clone().any(|name| matches(pattern, name));
        self.wanted.iter().filter(misses).map(String::as_str).collect()
    }

    /// The names and patterns asked for.
    #[must_use]
    pub fn wanted(&self) -> &[String] {
        &self.wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_fit_as_in_a_shell() {
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
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("petstore-*", "petstore"),
            ("?", ""),
            ("?", "ab"),
            ("*-v?", "orders-v10"),
            ("", "x"),
            ("a*b", "ab-"),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn a_long_pattern_of_stars_ends_soon() {
        assert!(!matches(&"*a".repeat(200), &"a".repeat(150)));
    }

    #[test]
    fn what_is_excluded_is_not_meant() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let some = Selection::new(&words("orders-* weather !*-v1"));
        assert!(some.holds("orders-v2") && some.holds("Weather"));
        assert!(!some.holds("orders-v1") && !some.holds("stock"));
        let rest = Selection::new(&words("!internal-*"));
        assert!(rest.holds("stock") && !rest.holds("internal-stock"));
        let names = ["orders-v1", "weather"];
        let found = Selection::new(&words("* order w* x-* !nobody"));
        assert_eq!(found.without_match(&names.into_iter()), ["order", "x-*"]);
        assert!(is_glob("a*") && is_glob("?") && !is_glob("weather;rev=2"));
    }
}
