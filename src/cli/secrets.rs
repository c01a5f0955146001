//! The secrets on a command line and in the environment, which no message may repeat.

use azr_core::context::Context;

/// Options whose values are secrets, or may contain some, as text, pairs, shorthand or JSON.
const SECRET_OPTIONS: [&str; 16] = [
    "access-token",
    "add",
    "body",
    "client-secret",
    "credentials",
    "federated-token",
    "force-string",
    "headers",
    "identity",
    "password",
    "primary-key",
    "secondary-key",
    "set",
    "storage-account-key",
    "uri-parameters",
    "url-parameters",
];

/// Variables whose values are secrets.
const SECRET_VARIABLES: [&str; 5] = [
    "AZR_ACCESS_TOKEN",
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "SYSTEM_ACCESSTOKEN",
];

/// The shortest text that is taken for a secret; hiding shorter ones would make messages unreadable.
const MIN_CHARS: usize = 4;

/// The shortest word within a value that is hidden by itself, because a message may show only a part of the value.
const MIN_WORD_CHARS: usize = 8;

/// The least length of a word that is taken for a token or a key wherever it is.
const MIN_TOKEN_CHARS: usize = 20;

/// Finds the secrets; those of the command line follow an option for secrets, or look like a token or a key.
pub(super) fn find(argv: &[String], context: &Context) -> Vec<String> {
    let mut secrets = Vec::new();
    for name in SECRET_VARIABLES {
        secrets.extend(context.var(name).map(str::to_owned));
    }
    let is_login = argv.get(1).is_some_and(|word| word == "login");
    let is_named_value = argv.iter().any(|word| word == "nv");
    let has_secret_options = is_login || is_named_value || argv.get(1).is_some_and(|word| word == "rest");
    let mut is_value = false;
    let mut is_page_token = false;
    let (mut may_be_value, mut has_option) = (false, false);
    // The first word after --add is the path of a list.
    let mut is_path = false;
    for (index, word) in argv.iter().enumerate().skip(1) {
        if let Some((name, attached)) = split_option(word) {
            // It looks like a token, but only names a page, and is printed for the next command.
            is_page_token = name.len() > 3 && "--next-token".starts_with(name);
            is_value = is_secret_option(name, is_login)
                || (is_named_value && name.len() > 3 && "--value".starts_with(name));
            match attached {
                Some(value) if is_value => add_value(&mut secrets, value),
                Some(value) if looks_like_token(value) && !is_page_token => secrets.push(value.to_owned()),
                None if is_add_option(name) => is_path = true,
                _ if word.starts_with("-p") && is_login => secrets.push(word[2..].to_owned()),
                _ => {}
            }
        } else if std::mem::take(&mut is_path) && !word.contains(['=', ' ']) {
        } else if is_value {
            add_value(&mut secrets, word);
        } else if looks_like_token(word) && !is_page_token {
            secrets.push(word.clone());
        } else if !may_be_value && ((has_secret_options && has_option) || (is_login && index > 1)) {
            // A word that no option expects: perhaps a secret whose option is missing.
            secrets.push(word.clone());
        }
        may_be_value = split_option(word).is_some_and(|(_, attached)| attached.is_none());
        has_option |= may_be_value;
    }
    secrets.retain(|secret| {
        secret.chars().count() >= MIN_CHARS && !matches!(secret.as_str(), "true" | "false" | "null")
    });
    secrets
}

/// The name of an option, with its dashes, and the value that is attached with `=`.
fn split_option(word: &str) -> Option<(&str, Option<&str>)> {
    let is_option = word.starts_with("--")
        || word.starts_with('-') && !word[1..].starts_with(|c: char| c.is_ascii_digit());
    is_option.then(|| word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value))))
}

/// Whether an option is for secrets; its name may be abbreviated.
fn is_secret_option(name: &str, is_login: bool) -> bool {
    match name.strip_prefix("--") {
        Some(long) => long.len() >= 2 && SECRET_OPTIONS.iter().any(|option| option.starts_with(long)),
        None => is_login && name.starts_with("-p"),
    }
}

fn is_add_option(name: &str) -> bool {
    name.len() > 3 && "--add".starts_with(name)
}

/// Adds the secrets in a value. The name in `NAME=VALUE`, `NAME:VALUE` and `{NAME:VALUE` is not one.
fn add_value(secrets: &mut Vec<String>, value: &str) {
    // The content of a file is read later, and no message repeats it.
    if value.starts_with('@') {
        return;
    }
    let secret = value.split_once(['=', ':']).map_or(value, |(_, value)| value).trim();
    secrets.push(secret.to_owned());
    let words = secret.split(|c: char| c.is_whitespace() || "\"',:{}[]".contains(c));
    secrets.extend(words.filter(|word| word.chars().count() >= MIN_WORD_CHARS).map(str::to_owned));
    let path = value.split_once(char::is_whitespace).map_or("", |(_, value)| value.trim());
    secrets.push(path.to_owned());
}

/// Whether a word looks like an access token or a key: long, with capital and small letters and digits, and no path.
fn looks_like_token(word: &str) -> bool {
    let has = |is: fn(&char) -> bool| word.chars().any(|c| is(&c));
    word.starts_with("eyJ")
        || word.len() >= MIN_TOKEN_CHARS
            && has(char::is_ascii_uppercase)
            && has(char::is_ascii_lowercase)
            && has(char::is_ascii_digit)
            && !word.starts_with(['/', '.', '@', '~', '-'])
            && !word.contains(|c: char| c.is_whitespace() || ":\\*{[".contains(c))
            && !word.trim_end_matches('=').contains('=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_in(words: &[&str]) -> Vec<String> {
        let argv: Vec<String> =
            std::iter::once("azr").chain(words.iter().copied()).map(str::to_owned).collect();
        find(&argv, &Context::default())
    }

    #[test]
    fn values_of_options_for_secrets_are_found() {
        for words in [
            &["apim", "backup", "--storage-account-key", "S3cr3tV4lue"][..],
            &["apim", "backup", "--storage-account-k", "S3cr3tV4lue"],
            &["apim", "nv", "create", "--value=S3cr3tV4lue"],
            &["login", "-p", "S3cr3tV4lue"],
            &["login", "-pS3cr3tV4lue"],
            &["login", "-p=S3cr3tV4lue"],
            &["login", "--password", "My", "S3cr3tV4lue"],
            &["rest", "--headers", "a=b", "Authorization: Bearer S3cr3tV4lue"],
            &["rest", "--headers", r#"{"Authorization":"Bearer S3cr3tV4lue",}"#],
            &["apim", "nv", "update", "--set", "properties.value=S3cr3tV4lue"],
            &["apim", "nv", "update", "--set", "value S3cr3tV4lue"],
            &["apim", "nv", "update", "--add", "tags", "S3cr3tV4lue"],
            &["apim", "backend", "create", "--credentials", "{authorization:{parameter:S3cr3tV4lue}"],
        ] {
            assert!(find_in(words).iter().any(|secret| secret == "S3cr3tV4lue"), "{words:?}");
        }
    }

    #[test]
    fn misplaced_tokens_are_found() {
        for word in ["eyJhbGciOi.eyJzdWIi.c2ln", "Ab3+/xyzAb3+/xyzAb3+/xyz==", "AbC8Q~abcdefghijklmnopqrst"] {
            assert_eq!(find_in(&["apim", "api", "list", word]), [word]);
        }
    }

    #[test]
    fn a_password_without_its_option_is_found_where_there_are_options_for_secrets() {
        for words in [
            &["login", "S3cr3tV4lue"][..],
            &["login", "-u", "me", "S3cr3tV4lue"],
            &["apim", "nv", "create", "--named-value-id", "key", "S3cr3tV4lue"],
            &["rest", "--uri", "/subscriptions", "S3cr3tV4lue"],
        ] {
            assert!(find_in(words).iter().any(|secret| secret == "S3cr3tV4lue"), "{words:?}");
        }
    }

    #[test]
    fn the_token_of_a_page_is_no_secret() {
        let token = "eyJuZXh0X2xpbmsiOiBudWxsfQ==";
        assert!(find_in(&["apic", "api", "list", "--next-token", token]).is_empty());
        assert!(find_in(&["apic", "api", "list", "--next", token]).is_empty());
        assert!(find_in(&["apic", "api", "list", &format!("--next-token={token}")]).is_empty());
    }

    #[test]
    fn names_ids_and_paths_are_no_secrets() {
        assert_eq!(
            find_in(&["apic", "api", "update", "--add", "contacts", "name=Bob"]),
            Vec::<String>::new()
        );
        let id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/MyResourceGroup1";
        let words = [
            "apim",
            "api",
            "show",
            "--api-id",
            "my-api",
            "-n",
            "myAPIManagement",
            "--ids",
            id,
            "-g",
            "x",
            "./Folder1/MyDefinition.yaml",
        ];
        assert_eq!(find_in(&words), Vec::<String>::new());
        let document =
            ["apic", "api", "definition", "import-specification", "--value", "https://example.com/api.json"];
        assert_eq!(find_in(&document), Vec::<String>::new());
        assert_eq!(
            find_in(&["apim", "nv", "create", "--value", "@secret.txt", "-p", "path-of-it"]),
            Vec::<String>::new()
        );
    }
}
