//! Which APIs of API Management are meant: ids and globs, `!` in front of what is not meant.

/// A choice of names.
#[derive(Debug, Clone)]
pub struct Selection {
    wanted: Vec<String>,
    unwanted: Vec<String>,
}

impl Selection {
    /// Reads patterns: `*`, `petstore-*`, `!internal-*`, or names; only unwanted ones leave all others wanted.
    #[must_use]
    pub fn new(patterns: &[String]) -> Self {
        let (unwanted, mut wanted): (Vec<_>, Vec<_>) =
            patterns.iter().cloned().partition(|p| p.starts_with('!'));
        let unwanted: Vec<String> = unwanted.into_iter().map(|p| p[1..].to_owned()).collect();
        if wanted.is_empty() {
            wanted.push("*".to_owned());
        }
        Self { wanted, unwanted }
    }

    /// Whether a name is chosen.
    #[must_use]
    pub fn holds(&self, name: &str) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, name));
        any(&self.wanted) && !any(&self.unwanted)
    }

    /// The names and patterns that no name fits, `*` aside: they are likely misspelt.
    #[must_use]
    pub fn without_match<'a>(&self, names: &(impl Iterator<Item = &'a str> + Clone)) -> Vec<&str> {
        let missing =
            |pattern: &&String| *pattern != "*" && !names.clone().any(|name| matches(pattern, name));
        self.wanted.iter().filter(missing).map(String::as_str).collect()
    }
}

/// Whether a pattern stands for several names.
#[must_use]
pub fn is_glob(pattern: &str) -> bool {
    pattern.contains(['*', '?'])
}

/// Whether a name fits a pattern, without regard to case: `*` is any text, `?` any one character.
#[must_use]
pub fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let name: Vec<char> = name.to_lowercase().chars().collect();
    let (mut p, mut n) = (0, 0);
    // Where to go on when what follows the last `*` does not fit: there, and one character further in the name.
    let mut retry: Option<(usize, usize)> = None;
    while n < name.len() {
        if pattern.get(p) == Some(&'*') {
            retry = Some((p + 1, n));
            p += 1;
        } else if pattern.get(p).is_some_and(|c| *c == '?' || *c == name[n]) {
            p += 1;
            n += 1;
        } else if let Some((after, from)) = retry {
            retry = Some((after, from + 1));
            p = after;
            n = from + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(patterns: &[&str]) -> Selection {
        Selection::new(&patterns.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn globs_fit_as_in_a_shell() {
        for (pattern, name, fits) in [
            ("*", "anything", true),
            ("*", "", true),
            ("petstore", "PetStore", true),
            ("petstore", "petstore-2", false),
            ("petstore-*", "petstore-", true),
            ("petstore-*", "petstore", false),
            ("*-v?", "orders-v2", true),
            ("*-v?", "orders-v10", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "acb", false),
            ("", "x", false),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }

    #[test]
    fn what_is_unwanted_is_left_out_of_what_is_wanted() {
        let some = selection(&["orders-*", "!*-v1"]);
        assert!(some.holds("orders-v2") && !some.holds("orders-v1") && !some.holds("weather"));
        let others = selection(&["!internal-*"]);
        assert!(others.holds("weather") && !others.holds("internal-a"));
    }

    #[test]
    fn what_nothing_fits_is_named() {
        let names = ["orders-v1", "weather"];
        let found = selection(&["*", "order", "w*", "x-*", "!nobody"]);
        assert_eq!(found.without_match(&names.into_iter()), ["order", "x-*"]);
    }
}
