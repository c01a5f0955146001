//! Hiding of known secrets in messages.

use std::borrow::Cow;

/// What is shown in place of a secret.
const HIDDEN: &str = "***";

/// The shortest start of a secret that is hidden; messages shorten long values.
const MIN_PREFIX_CHARS: usize = 8;

/// Replaces each secret, and each start of one, in a text.
pub(crate) fn hide<'a>(text: &'a str, secrets: &[String]) -> Cow<'a, str> {
    let mut output = Cow::Borrowed(text);
    for secret in secrets {
        let prefix: String = secret.chars().take(MIN_PREFIX_CHARS).collect();
        let mut from = 0;
        while let Some(start) = output[from..].find(&prefix).map(|index| from + index) {
            let common = |(a, b): &(char, char)| a == b;
            let length: usize = secret
                .chars()
                .zip(output[start..].chars())
                .take_while(common)
                .map(|(c, _)| c.len_utf8())
                .sum();
            output.to_mut().replace_range(start..start + length, HIDDEN);
            from = start + HIDDEN.len();
        }
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_their_starts_are_hidden() {
        let secrets = ["S3cr3tV4lue".to_owned(), "x y".to_owned(), "é日🐱é日🐱é日🐱".to_owned()];
        assert_eq!(hide("a S3cr3tV4lue, S3cr3tV4… x y x", &secrets), "a ***, ***… *** x");
        assert_eq!(hide("é日🐱é日🐱é日🐱! é日🐱", &secrets), "***! é日🐱");
        assert!(matches!(hide("nothing here", &secrets), Cow::Borrowed(_)));
    }
}
