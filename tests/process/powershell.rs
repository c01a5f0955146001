//! Beside every bash block of the documents that PowerShell would not take as it is stands one for PowerShell, with the
//! same commands of azr and the same variables for it.

use crate::documents::{blocks, documents};

/// What bash has and PowerShell has not, or has in another way.
const ONLY_BASH: &[&str] = &["\\\n", "export ", "$", "&\n", "||", "; do", "mkdir", "completion bash"];

/// What a block says to azr: commands word for word, and variables of the environment.
fn said(block: &str, continuation: char) -> Vec<Vec<String>> {
    // A backslash is a letter in PowerShell.
    let block = block.replace(&format!("{continuation}\n"), " ").replace('\\', "/");
    block.lines().filter_map(line).collect()
}

fn line(line: &str) -> Option<Vec<String>> {
    let line = line.trim();
    let of_powershell = line.strip_prefix("$env:").and_then(|rest| rest.split_once(" = "));
    let of_bash = line.strip_prefix("export ").and_then(|rest| rest.split_once('='));
    if let Some((name, value)) = of_powershell.or(of_bash) {
        // How a value is found out differs from shell to shell.
        let value = if value.starts_with('$') { "…" } else { value.trim_matches('"') };
        return Some(vec!["set".to_owned(), name.to_owned(), value.to_owned()]);
    }
    // `NAME=$(azr …)` and `$NAME = azr …` keep what azr prints; the name is part of what is said.
    let (into, command) = match (line.split_once("=$("), line.split_once(" = ")) {
        (Some((name, rest)), _) => (Some(name), rest.strip_suffix(')')?),
        (_, Some((name, rest))) if name.starts_with('$') => (name.strip_prefix('$'), rest),
        _ => (None, line),
    };
    let words = shlex::split(command).unwrap_or_else(|| panic!("quotes do not match: {command}"));
    let ends = |word: &String| ["|", "||", "&", "&&", ">", ";"].contains(&word.as_str());
    let words: Vec<String> = words.into_iter().take_while(|word| !ends(word)).collect();
    if words.first().is_none_or(|word| word != "azr") {
        assert!(!line.split('#').next().unwrap_or_default().contains("azr "), "azr is not first: {line}");
        return None;
    }
    let words = words.into_iter().map(|word| if word == "powershell" { "bash".to_owned() } else { word });
    Some(into.map(str::to_owned).into_iter().chain(words).collect())
}

#[test]
fn every_bash_block_has_its_like_for_powershell() {
    let mut pairs = 0;
    for (document, text) in documents() {
        let blocks = blocks(&text);
        for (index, (language, block)) in blocks.iter().enumerate() {
            let differs = ONLY_BASH.iter().any(|only| block.contains(only));
            if *language != "bash" || !differs || !block.contains("azr ") {
                continue;
            }
            let place = document.display();
            let next = blocks.get(index + 1).filter(|(language, _)| *language == "powershell");
            let (_, like) = next.unwrap_or_else(|| panic!("{place}: no PowerShell form follows\n{block}"));
            assert_eq!(said(like, '`'), said(block, '\\'), "{place}");
            pairs += 1;
        }
    }
    assert!(pairs > 0, "no document has a PowerShell form");
}

#[test]
fn what_is_said_is_the_same_in_both() {
    let bash = "export A=b # now\nid=$(azr x show \\\n    --query id)\nazr y '*' \"$id\" > out || true\n";
    let like = "$env:A = \"b\"\n$id = azr x show `\n    --query id\nazr y '*' \"$id\" > out\n";
    let all = said(like, '`');
    assert_eq!(
        all,
        [
            vec!["set", "A", "b"],
            vec!["id", "azr", "x", "show", "--query", "id"],
            vec!["azr", "y", "*", "$id"]
        ]
    );
    assert_eq!(said(bash.replace(" # now", "").as_str(), '\\'), all);
    assert_ne!(said("azr y * $id\n", '`'), said("azr y -x * $id\n", '`'));
}
