//! Every bash block of the documentation that PowerShell cannot run is followed by one for PowerShell, with the same azr
//! commands and variables.

use crate::documents::{blocks, documents};

/// Syntax of bash that PowerShell does not have.
const ONLY_BASH: &[&str] = &["\\\n", "\nexport ", "$", "&\n", "||", "; do", "mkdir", "completion bash"];

/// The azr commands of a block, as their arguments, and the variables that it sets.
fn commands(block: &str, continuation: char) -> Vec<Vec<String>> {
    // A backslash is an ordinary character in PowerShell.
    let block = block.replace(&format!("{continuation}\n"), " ").replace('\\', "/");
    block.lines().filter_map(parse_line).collect()
}

fn parse_line(line: &str) -> Option<Vec<String>> {
    let line = line.trim();
    let of_powershell = line.strip_prefix("$env:").and_then(|rest| rest.split_once(" = "));
    let of_bash = line.strip_prefix("export ").and_then(|rest| rest.split_once('='));
    if let Some((name, value)) = of_powershell.or(of_bash) {
        // How a value is computed differs between the shells.
        let value = if value.starts_with('$') { "…" } else { value.trim_matches('"') };
        return Some(vec!["set".to_owned(), name.to_owned(), value.to_owned()]);
    }
    // A process in the background, which bash starts with `&`.
    if let Some((_, arguments)) = line.split_once("Start-Process azr '") {
        let arguments = arguments.split('\'').next().unwrap_or_default();
        return Some(["azr"].into_iter().chain(arguments.split(' ')).map(str::to_owned).collect());
    }
    // `NAME=$(azr …)` and `$NAME = azr …` store what azr prints; the name is compared as well.
    let (variable, command) = match (line.split_once("=$("), line.split_once(" = ")) {
        (Some((name, rest)), _) => (Some(name), rest.strip_suffix(')')?),
        (_, Some((name, rest))) if name.starts_with('$') => (name.strip_prefix('$'), rest),
        _ => (None, line),
    };
    let words = shlex::split(command).unwrap_or_else(|| panic!("quotes do not match: {command}"));
    let ends_command = |word: &String| ["|", "||", "&", "&&", ">", ";"].contains(&word.as_str());
    let words: Vec<String> = words.into_iter().take_while(|word| !ends_command(word)).collect();
    if words.first().is_none_or(|word| word != "azr") {
        assert!(
            !line.split('#').next().unwrap_or_default().contains("azr "),
            "azr is not the first word: {line}"
        );
        return None;
    }
    let words = words.into_iter().map(|word| if word == "powershell" { "bash".to_owned() } else { word });
    Some(variable.map(str::to_owned).into_iter().chain(words).collect())
}

#[test]
fn every_bash_block_has_a_powershell_block() {
    let mut pairs = 0;
    for (document, text) in documents() {
        let blocks = blocks(&text);
        for (index, (language, block)) in blocks.iter().enumerate() {
            let text = format!("\n{block}");
            let differs = ONLY_BASH.iter().any(|only| text.contains(only));
            if *language != "bash" || !differs || !block.contains("azr ") {
                continue;
            }
            let document = document.display();
            let next = blocks.get(index + 1).filter(|(language, _)| *language == "powershell");
            let (_, powershell) =
                next.unwrap_or_else(|| panic!("{document}: no PowerShell block follows\n{block}"));
            assert_eq!(commands(powershell, '`'), commands(block, '\\'), "{document}");
            pairs += 1;
        }
    }
    assert!(pairs > 0, "no document has a PowerShell block");
}

#[test]
fn commands_are_the_same_in_both_shells() {
    let bash = "export A=b # now\nid=$(azr x show \\\n    --query id)\nazr y '*' \"$id\" > out || true\n";
    let powershell = "$env:A = \"b\"\n$id = azr x show `\n    --query id\nazr y '*' \"$id\" > out\n";
    assert_eq!(
        commands("$p = Start-Process azr 'emulator start --sample' -PassThru\n", '`'),
        commands("azr emulator start --sample > out &\n", '\\')
    );
    let expected = commands(powershell, '`');
    assert_eq!(
        expected,
        [
            vec!["set", "A", "b"],
            vec!["id", "azr", "x", "show", "--query", "id"],
            vec!["azr", "y", "*", "$id"]
        ]
    );
    assert_eq!(commands(bash.replace(" # now", "").as_str(), '\\'), expected);
    assert_ne!(commands("azr y * $id\n", '`'), commands("azr y -x * $id\n", '`'));
}
