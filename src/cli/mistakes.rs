//! Mistakes on a command line that its author cannot see: what a shell, a script or a document has changed.
//!
//! A mistake that cannot be meant is refused before anything is sent. The others only explain an error, because the same
//! text may be meant elsewhere: a title may have typographic quotes.

use std::path::Path;

use clap::{Arg, Command};

use super::typed_options;
use crate::commands::complete::is_path_option;
use azr_core::error::{Error, ErrorKind, Result};

/// Hyphens that documents and chat programs insert for `-`.
const LONG_DASHES: [char; 6] = ['\u{2010}', '\u{2011}', '\u{2013}', '\u{2014}', '\u{2015}', '\u{2212}'];

/// Quotes that documents and chat programs insert for `"` and `'`.
const TYPOGRAPHIC_QUOTES: [char; 8] =
    ['\u{201c}', '\u{201d}', '\u{201e}', '\u{2018}', '\u{2019}', '\u{201a}', '\u{ab}', '\u{bb}'];

/// Options whose values are paths of URLs, so that a drive is never meant, unless the command has a file there.
const URL_PATH_OPTIONS: [&str; 4] = ["path", "url-template", "uri", "url"];

/// Options that take names of APIs and patterns for them.
const API_PATTERN_OPTIONS: [&str; 2] = ["--apim-apis", "--api-id"];

/// A word of a command line, and the option that it belongs to.
struct Word<'a> {
    /// The option, as it was typed; empty for a command and other words without one.
    option: &'a str,
    /// The word, or what follows the `=` of an option.
    value: &'a str,
}

impl Word<'_> {
    fn name(&self) -> String {
        if self.option.is_empty() {
            format!("'{}'", self.value.escape_debug())
        } else {
            format!("the value of {}", self.option)
        }
    }

    /// Whether the value may be shown.
    fn is_secret(&self) -> bool {
        let option = self.option.to_ascii_lowercase();
        ["password", "secret", "key", "token", "value"].iter().any(|part| option.contains(part))
            || option == "-p"
    }
}

/// The words after the name of the program, without the options themselves.
fn words(argv: &[String]) -> Vec<Word<'_>> {
    let mut option = "";
    let mut words = Vec::new();
    for word in argv.iter().skip(1) {
        let (name, value) = word.split_once('=').map_or((&**word, None), |(name, value)| (name, Some(value)));
        if name.len() > 1 && name.starts_with('-') && !name.contains(char::is_whitespace) {
            match value {
                Some(value) => words.push(Word { option: name, value }),
                None => option = name,
            }
            continue;
        }
        words.push(Word { option, value: word });
    }
    words
}

/// Refuses what cannot be meant in any command: the line end of a Windows script, and a dash instead of a hyphen.
pub(crate) fn check(argv: &[String]) -> Result<()> {
    for word in argv.iter().skip(1) {
        if word.starts_with('-') && word.ends_with('\r') {
            let name = word.split('=').next().unwrap_or(word).trim_end();
            return Err(carriage_return(&if word.contains('=') {
                format!("the value of {name}")
            } else {
                format!("the option {name}")
            }));
        }
        if let Some(dash) = long_dash(word) {
            return Err(Error::usage(format!(
                "'{word}' has a dash (U+{:04X}) in place of a hyphen",
                dash as u32
            ))
            .with_hint(
                "Documents and chat programs replace hyphens by dashes: type the option again, with -.",
            ));
        }
    }
    for word in words(argv) {
        // The values of --ids may be several lines, and their ends are dropped.
        if word.value.ends_with('\r') && word.option != "--ids" && !word.value.contains('\n') {
            return Err(carriage_return(&word.name()));
        }
    }
    Ok(())
}

/// Refuses a path that Git Bash has rewritten, except where `command` takes the path of a file.
pub(crate) fn check_paths(argv: &[String], command: &Command) -> Result<()> {
    let options: Vec<Arg> = command.get_arguments().cloned().collect();
    for word in words(argv) {
        let arg = typed_options::find(&options, word.option).map(|(arg, _)| arg);
        if arg.is_some_and(is_path_option) {
            continue;
        }
        let is_url_path = arg.and_then(Arg::get_long).is_some_and(|long| URL_PATH_OPTIONS.contains(&long));
        if has_drive(word.value) && (is_url_path || is_resource_id(word.value)) {
            return Err(Error::invalid(format!(
                "{} is {}, a path that Git Bash has rewritten",
                word.name(),
                word.value
            ))
            .with_hint(
                "Run the command with MSYS_NO_PATHCONV=1 in front, or once: export MSYS_NO_PATHCONV=1",
            ));
        }
    }
    Ok(())
}

fn carriage_return(what: &str) -> Error {
    Error::invalid(format!("{what} ends with a carriage return (\\r)")).with_hint(
        "The script, or the file or program that the value comes from, has Windows line ends (CRLF). Convert it with \
         dos2unix, or remove them: tr -d '\\r'",
    )
}

/// The first dash in a word that otherwise looks like an option.
fn long_dash(word: &str) -> Option<char> {
    let is_dash = |c: char| LONG_DASHES.contains(&c);
    let option = word.split('=').next().unwrap_or_default();
    let name = option.trim_start_matches(|c| is_dash(c) || c == '-');
    let is_option = name.len() < option.len()
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_lowercase() || c == '-' || is_dash(c));
    option.chars().find(|c| is_option && is_dash(*c))
}

/// Whether a value is a path on a drive of Windows.
fn has_drive(value: &str) -> bool {
    matches!(value.as_bytes(), [drive, b':', b'/' | b'\\', ..] if drive.is_ascii_alphabetic())
}

/// Whether a path has a resource id in it.
fn is_resource_id(path: &str) -> bool {
    let lower = path.to_ascii_lowercase().replace('\\', "/");
    lower.contains("/providers/microsoft.")
        || lower.split_once("/subscriptions/").is_some_and(|(_, rest)| {
            let id = rest.split(['/', '?']).next().unwrap_or_default();
            uuid::Uuid::try_parse(id).is_ok()
                || rest.contains("/resourcegroups/")
                || id.starts_with(['{', '<'])
        })
}

/// Adds what the command line shows about the cause of an error to its hint.
pub(crate) fn explain(error: Error, argv: &[String]) -> Error {
    // A wrong subscription id is refused as a missing permission.
    let is_explained = matches!(
        error.kind(),
        ErrorKind::Usage
            | ErrorKind::InvalidInput
            | ErrorKind::File
            | ErrorKind::NotFound
            | ErrorKind::NoMatch
            | ErrorKind::MissingPrerequisite
            | ErrorKind::Service
            | ErrorKind::PermissionDenied
            | ErrorKind::Authentication
    );
    let Some(cause) = is_explained.then(|| cause(&error, argv)).flatten() else { return error };
    let hint = match error.hint() {
        Some(hint) => format!("{cause} {hint}"),
        None => cause,
    };
    error.with_hint(hint)
}

fn cause(error: &Error, argv: &[String]) -> Option<String> {
    let words = words(argv);
    let has_hint = error.hint().is_some_and(|hint| hint.contains("quote"));
    if error.kind() == ErrorKind::NoMatch
        && !has_hint
        && let Some(option) = option_with_expanded_pattern(&words)
    {
        return Some(expanded_pattern_hint(option));
    }
    words.iter().find_map(|word| {
        let shown = |text: &str| if word.is_secret() { word.name() } else { format!("'{text}'") };
        if let Some(text) = placeholder(word.value) {
            return Some(format!("{} looks like a placeholder: replace it by your own value.", shown(text)));
        }
        // Quotes inside a text are usually meant.
        if word.value.starts_with(TYPOGRAPHIC_QUOTES) || word.value.ends_with(TYPOGRAPHIC_QUOTES) {
            return Some(format!(
                "{} has typographic quotes around it, which documents and chat programs insert and no shell removes: type \
                 them again, as \" or '.",
                shown(word.value)
            ));
        }
        variable(word.value)
    })
}

/// The hint for a pattern that the shell has replaced by names of files.
pub(crate) fn expanded_pattern_hint(option: &str) -> String {
    format!("The shell has replaced a * by the names of files here: put the pattern in quotes, {option} '*'.")
}

/// Whether a word is probably the name of a file that a shell has put for a pattern.
pub(crate) fn is_file_name(word: &str) -> bool {
    !word.is_empty() && !word.contains(['/', '*']) && Path::new(word).exists()
}

fn option_with_expanded_pattern<'a>(words: &[Word<'a>]) -> Option<&'a str> {
    let is_expanded =
        |word: &&Word<'_>| API_PATTERN_OPTIONS.contains(&word.option) && is_file_name(word.value);
    words.iter().find(is_expanded).map(|word| word.option)
}

/// A placeholder in a value: `<name>`, `{name}`, `YOUR-NAME`, or a GUID of x; alone, or as a segment of a path.
fn placeholder(value: &str) -> Option<&str> {
    if value.contains(['\n', '"']) || value.contains("</") {
        return None;
    }
    if let Some(start) = value.find('<')
        && let Some(length) = value[start..].find('>')
        && is_phrase(&value[start + 1..start + length])
    {
        return Some(&value[start..=start + length]);
    }
    let is_path = value.contains("subscriptions/");
    value.split('/').filter(|segment| is_path || *segment == value).find(|segment| {
        let inner = [("{{", "}}"), ("{", "}"), ("#{", "}#"), ("__", "__")].iter().find_map(|(start, end)| {
            segment.strip_prefix(start).and_then(|rest| rest.strip_suffix(end)).map(str::trim)
        });
        let upper = segment.to_ascii_uppercase();
        inner.is_some_and(is_phrase) && *segment != "{subscriptionId}"
            || upper.starts_with("YOUR-")
            || upper.starts_with("YOUR_")
            || segment.len() == 36 && upper.chars().all(|c| c == 'X' || c == '-')
    })
}

/// Whether a text is a few words: letters first, then letters, digits, spaces, `-`, `_` and `.`.
fn is_phrase(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.len() <= 60
        && text.chars().all(|c| c.is_ascii_alphanumeric() || " -_.".contains(c))
}

/// What is wrong with a value that contains a variable of a shell or pipeline, as in `$apimID/apis/*` or `%GROUP%`.
fn variable(value: &str) -> Option<String> {
    let is_name = |name: &str| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let enclosed = |start: &str, end: &str| {
        let from = value.find(start)?;
        let length = value[from + start.len()..].find(end)?;
        let name = &value[from + start.len()..][..length];
        let is_whole = is_name(name.trim()) && name.len() <= 60 && !name.contains('/');
        let is_word = start == "${{" || !name.contains(char::is_whitespace);
        (is_whole && is_word).then(|| &value[from..from + start.len() + length + end.len()])
    };
    if let Some(expression) = enclosed("${{", "}}") {
        return Some(format!(
            "{expression} is an expression of a pipeline, which is evaluated only in the file of the pipeline."
        ));
    }
    if let Some(macro_name) = enclosed("$(", ")") {
        return Some(format!("{macro_name} is a variable of a pipeline that is not set."));
    }
    if let Some(name) = enclosed("%", "%") {
        return Some(format!(
            "{name} is a variable of the Windows command prompt, which other shells do not expand."
        ));
    }
    let start = value.strip_prefix('$')?;
    let name = start.strip_prefix('{').unwrap_or(start);
    let prefix = if start.starts_with("env:") { "$env:".len() } else { 0 };
    let end = value[prefix..].find(['/', '?', ' ', ':', '.']).map_or(value.len(), |end| prefix + end);
    is_name(name).then(|| {
        format!(
            "{} is the name of a variable: the shell does not expand variables in single quotes, use double quotes.",
            &value[..end]
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::{build, unknown_command};
    use super::*;

    fn argv(words: &[&str]) -> Vec<String> {
        ["azr"].iter().chain(words).map(|word| (*word).to_owned()).collect()
    }

    fn refusal(words: &[&str]) -> Option<String> {
        check(&argv(words)).err().map(|e| format!("{e}\n{}", e.hint().unwrap_or_default()))
    }

    fn hint(words: &[&str]) -> Option<String> {
        explain(Error::invalid("no"), &argv(words)).hint().map(str::to_owned)
    }

    const ID: &str = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g";

    #[test]
    fn a_path_that_git_bash_has_rewritten_is_refused() {
        let root = build::command_tree();
        let refusal = |words: &[&str]| {
            let argv = argv(words);
            let (command, _) = unknown_command::innermost(&argv, &root);
            check_paths(&argv, command).err().map(|e| format!("{e}\n{}", e.hint().unwrap_or_default()))
        };
        for words in [
            &["role", "assignment", "list", "--scope", &format!("C:/Program Files/Git{ID}")][..],
            &["apic", "api", "delete", "--ids", &format!("D:/msys64{ID}")],
            &["role", "assignment", "list", &format!("--scope=C:\\tools\\git{}", ID.replace('/', "\\"))],
            &["rest", "-u", "C:/Program Files/Git/providers/Microsoft.ApiCenter/operations"],
            &["rest", "--uri", "C:/Program Files/Git/providers"],
            &["apim", "api", "create", "--path", "C:/Program Files/Git/orders"],
            &["apim", "api", "import", "--path=C:/Program Files/Git/orders"],
            &["apim", "api", "operation", "create", "--url-template", "C:/Program Files/Git/orders"],
        ] {
            let text = refusal(words).unwrap_or_else(|| panic!("{words:?}"));
            assert!(text.contains("MSYS_NO_PATHCONV=1"), "{text}");
        }
        for words in [
            &["apic", "api", "register", "-l", "C:/work/subscriptions/openapi.yaml"][..],
            &["apim", "api", "create", "--path", "/orders"],
            &["role", "assignment", "list", "--scope", ID],
            &["apic", "backup", "--path", "C:/backups/center"],
            &["apic", "restore", "--path=D:\\center.zip"],
            &["apic", "restore", "--input", "D:/center.zip"],
            &["apic", "api-analysis", "import-ruleset", "--path", "C:/rules"],
            &["apic", "api-analysis", "export-ruleset", "--pat", "C:/rules"],
            &["login", "-u", "C:/user"],
        ] {
            assert_eq!(refusal(words), None, "{words:?}");
        }
    }

    #[test]
    fn a_carriage_return_at_the_end_is_refused_without_the_value() {
        for words in [&["-g", "secret\r"][..], &["--name=secret\r"], &["list\r"], &["--yes\r"]] {
            let text = refusal(words).unwrap_or_else(|| panic!("{words:?}"));
            assert!(
                text.contains("carriage return") && !text.contains("secret") && !text.contains('\r'),
                "{text}"
            );
        }
        for words in
            [&["--ids", "/a\r"][..], &["--description", "a\r\nb\r\n"], &["--description", "a\r\nb\r"]]
        {
            assert_eq!(refusal(words), None, "{words:?}");
        }
    }

    #[test]
    fn a_dash_instead_of_a_hyphen_is_refused() {
        for word in [
            "–g",
            "—name",
            "––name",
            "−n",
            "–name=x",
            "—resource–group",
            "-—name",
            "--resource–group",
            "--api‑id=x",
        ] {
            assert!(refusal(&[word]).is_some_and(|text| text.contains("U+2")), "{word}");
        }
        for word in ["–", "— the best", "–5", "a–b", "–Ünïcode", "-x=a–b"] {
            assert_eq!(refusal(&["--title", word]), None, "{word}");
        }
    }

    #[test]
    fn placeholders_explain_an_error() {
        for (word, shown) in [
            ("<name>", "'<name>'"),
            ("<your resource group>", "'<your resource group>'"),
            ("/subscriptions/<subscription-id>/resourceGroups/g", "'<subscription-id>'"),
            ("/subscriptions/{id}/resourceGroups/g", "'{id}'"),
            ("{name}", "'{name}'"),
            ("{{ name }}", "'{{ name }}'"),
            ("#{ResourceGroup}#", "'#{ResourceGroup}#'"),
            ("YOUR-API-CENTER", "'YOUR-API-CENTER'"),
            ("your_group", "'your_group'"),
            ("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'"),
        ] {
            let hint = hint(&["-n", word]).unwrap_or_else(|| panic!("{word}"));
            assert!(hint.starts_with(&format!("{shown} looks like a placeholder")), "{hint}");
        }
        for word in
            ["{}", "{a:b}", "/orders/{id}", "<a>x</a>", "a<b", "yours", "/subscriptions/{subscriptionId}/x"]
        {
            assert_eq!(hint(&["-n", word]), None, "{word}");
        }
        assert!(hint(&["--password", "<secret>"]).is_some_and(|hint| !hint.contains("<secret>")));
    }

    #[test]
    fn typographic_quotes_and_variables_explain_an_error() {
        assert!(hint(&["-n", "“center”"]).is_some_and(|hint| hint.contains("typographic quotes")));
        assert!(
            hint(&["--ids", "$apimID/apis/*"]).is_some_and(|hint| hint.starts_with("$apimID is the name"))
        );
        for (value, start) in [
            ("$env:RG", "$env:RG is the name"),
            ("${{ vars.RG }}", "${{ vars.RG }} is an expression of a pipeline"),
            ("/subscriptions/$(SUB)/x", "$(SUB) is a variable of a pipeline"),
            ("%RG%", "%RG% is a variable of the Windows command prompt"),
        ] {
            assert!(hint(&["-g", value]).is_some_and(|hint| hint.starts_with(start)), "{value}");
        }
        assert_eq!(hint(&["--title", "5% or 10%"]), None);
        assert_eq!(hint(&["--title", "The “best” API"]), None);
        assert_eq!(hint(&["--query", "name", "--max", "$5"]), None);
    }
}
