//! Words of a command line with `@file`, and the content of the file.
//!
//! Each line before the first empty one is a word, in which `@` is the folder of the target's one file, `v`. The rest is
//! the content of that file.

use std::fs;

use azr::fuzzing::{expand_file_values, value_of_file};
use clap::{Arg, ArgAction, Command};

/// Runs the target on one input.
pub fn run(data: &[u8]) {
    let end = data.windows(2).position(|window| window == b"\n\n").unwrap_or(data.len());
    let content = data.get(end + 2..).unwrap_or_default();
    let text = value_of_file(content);
    check_encodings(&text.replace('\r', "\n"));

    let folder = std::env::temp_dir().join(format!("azr-fuzz-arguments-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("v");
    fs::write(&file, content).expect("written");
    check_value(file.to_str().expect("a path of letters"), &text);

    let words = String::from_utf8_lossy(&data[..end]);
    // Other files of this machine are not read.
    if words.contains("..") {
        return;
    }
    let words: Vec<String> = words.lines().map(str::to_owned).collect();
    let plain: Vec<String> = words.iter().map(|word| word.replace('@', "a")).collect();
    assert_eq!(expand_file_values(plain.clone(), &command()).expect("nothing to read"), plain);
    let place = format!("@{}/", folder.display());
    let words: Vec<String> = words.iter().map(|word| word.replace('@', &place)).collect();
    let count = words.len();
    if let Ok(expanded) = expand_file_values(words, &command()) {
        assert!(expanded.len() <= count, "{expanded:?} has more words than were given");
    }
}

/// An option of each kind that the replacement tells apart.
fn command() -> Command {
    Command::new("c").no_binary_name(true).args([
        Arg::new("value").long("value").short('v').alias("other"),
        Arg::new("values").long("values").num_args(1..).action(ArgAction::Append),
        Arg::new("flag").long("flag").short('f').action(ArgAction::SetTrue),
    ])
}

/// Checks that an option has the content of its file as its value, whatever the content looks like.
fn check_value(file: &str, text: &str) {
    for words in [
        vec!["--value".to_owned(), format!("@{file}")],
        vec![format!("--value=@{file}")],
        vec!["-v".to_owned(), format!("@{file}")],
        vec!["--other".to_owned(), format!("@{file}"), "--flag".to_owned()],
    ] {
        // Bytes that are not a text are an error.
        let Ok(expanded) = expand_file_values(words, &command()) else { return };
        let matches = command().try_get_matches_from(&expanded).expect("one value, and options that exist");
        let value = matches.get_one::<String>("value").expect("the value of the option");
        assert_eq!(value, text.trim_end_matches('\n'), "from {expanded:?}");
        assert!(!matches.contains_id("values"), "{expanded:?} has another option");
    }
}

/// Checks that a text is read the same in each encoding.
fn check_encodings(text: &str) {
    assert_eq!(value_of_file(&[b"\xef\xbb\xbf", text.as_bytes()].concat()), text);
    let units: Vec<u16> = text.encode_utf16().collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    assert_eq!(value_of_file(&[b"\xff\xfe", &little[..]].concat()), text);
    assert_eq!(value_of_file(&[b"\xfe\xff", &big[..]].concat()), text);
}
