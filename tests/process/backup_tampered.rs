//! Backups that somebody has changed, or that are not what they seem.

use std::io::{Cursor, Write as _};

use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::backup::{add_odd_contents, contents};
use crate::support::{Azure, CENTER, Run};

/// An emulator with a backup, `catalog`.
fn start() -> Azure {
    let azure = Azure::start();
    add_odd_contents(&azure);
    azure.ok(format!("apic backup {CENTER} --path catalog -o none"));
    azure
}

fn restore(azure: &Azure, path: &str) -> Run {
    azure.run(format!("apic restore {CENTER} --path {path} --dry-run -o json"))
}

/// The files of the backup and others as a zip archive.
fn pack(azure: &Azure, others: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let files = contents(&azure.folder().join("catalog"));
    let files = files.iter().map(|(name, content)| (name.as_str(), content.as_slice()));
    for (name, content) in files.chain(others.iter().copied()) {
        writer.start_file(name, SimpleFileOptions::default()).expect("an entry");
        writer.write_all(content).expect("written");
    }
    writer.finish().expect("an archive").into_inner()
}

#[test]
fn a_folder_that_was_packed_by_hand_is_a_backup() {
    let azure = start();
    // `.gitattributes` is in the folder, too.
    let others: [(&str, &[u8]); 2] = [("apis/.DS_Store", b"x"), ("README.md", b"Our catalogue")];
    azure.write("hand.zip", pack(&azure, &others));
    restore(&azure, "hand.zip").expect_success();
    azure.ok("apic diff catalog hand.zip -o none");
    // A file manager packs the folder itself.
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("catalog/manifest.json", SimpleFileOptions::default()).expect("an entry");
    azure.write("folder.zip", writer.finish().expect("an archive").into_inner());
    let run = restore(&azure, "folder.zip");
    assert!(run.error(1).contains("folder.zip is not a backup: it does not contain manifest.json"), "{run}");
    assert!(run.stderr.contains("Hint: Pack what is in the folder"), "{run}");
}

#[test]
fn a_file_may_have_a_byte_order_mark_after_an_edit() {
    let azure = start();
    for name in ["catalog/manifest.json", "catalog/apis/odd/api.json"] {
        let text = azure.read(name);
        azure.write(name, [b"\xef\xbb\xbf", &text[..]].concat());
    }
    azure.ok("apic backup -g myResourceGroup -n myAPICenter --path whole -o none");
    azure.ok("apic diff catalog whole --allow-edits -o none");
}

#[test]
fn files_that_an_archive_has_besides_those_of_the_manifest_are_refused() {
    let azure = start();
    for (name, reason) in [
        ("apis/odd/API.json", "is not in the manifest"),
        ("environments/con.json", "is not in the manifest"),
        ("apis/odd/deployments/nul.json", "is not in the manifest"),
        ("apis/../../x", "would leave the backup"),
        (".hidden/../../x", "would leave the backup"),
        ("/etc/passwd", "would leave the backup"),
        ("C:/x", "would leave the backup"),
        ("apis\\..\\x", "would leave the backup"),
    ] {
        azure.write("bad.zip", pack(&azure, &[(name, b"{}")]));
        let run = restore(&azure, "bad.zip");
        assert!(run.error(1).contains(reason), "{name}: {run}");
    }
    let mut archive = zip::ZipWriter::new_append(Cursor::new(pack(&azure, &[]))).expect("an archive");
    archive.add_symlink("apis/link.json", "/etc/passwd", SimpleFileOptions::default()).expect("a link");
    azure.write("bad.zip", archive.finish().expect("an archive").into_inner());
    assert!(restore(&azure, "bad.zip").error(1).contains("'apis/link.json' is a link"));
    // The name of an entry is changed to that of another one.
    let bytes = pack(&azure, &[("apis/odd/apj.json", b"{}")]);
    let twice = replace(&bytes, b"apis/odd/apj.json", b"apis/odd/api.json");
    azure.write("bad.zip", twice);
    let run = restore(&azure, "bad.zip");
    assert!(run.code == Some(1) && !run.stderr.contains("panicked"), "{run}");
}

fn replace(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut replaced = bytes.to_vec();
    for start in 0..=bytes.len() - old.len() {
        if bytes[start..].starts_with(old) {
            replaced[start..start + new.len()].copy_from_slice(new);
        }
    }
    replaced
}

#[cfg(unix)]
#[test]
fn a_link_in_a_folder_is_not_followed() {
    let azure = start();
    let file = azure.folder().join("catalog/apis/odd/api.json");
    std::fs::rename(&file, azure.folder().join("elsewhere.json")).expect("moved");
    std::os::unix::fs::symlink(azure.folder().join("elsewhere.json"), &file).expect("a link");
    for edits in ["", " --allow-edits"] {
        let run = azure.run(format!("apic restore {CENTER} --path catalog --dry-run{edits}"));
        assert!(run.error(1).contains("api.json") && run.stderr.contains("it is a link"), "{run}");
    }
}

#[test]
fn two_apis_of_the_same_name_are_refused() {
    let azure = start();
    let api: Value = serde_json::from_slice(&azure.read("catalog/apis/odd/api.json")).expect("JSON");
    std::fs::create_dir(azure.folder().join("catalog/apis/second")).expect("a folder");
    let second = json!({"name": "ODD", "properties": api["properties"]}).to_string();
    azure.write("catalog/apis/second/api.json", second);
    let run = azure.run(format!("apic restore {CENTER} --path catalog --dry-run --allow-edits"));
    assert!(run.stderr.contains("apis/odd/api.json and apis/second/api.json have the same name"), "{run}");
}

#[test]
fn a_backup_of_a_later_version_is_refused_with_the_reason() {
    let azure = start();
    let manifest = String::from_utf8(azure.read("catalog/manifest.json")).expect("text");
    azure.write("catalog/manifest.json", manifest.replacen("\"version\": 1", "\"version\": 2", 1));
    azure.write("later.zip", pack(&azure, &[]));
    for path in ["catalog", "later.zip"] {
        for edits in ["", " --allow-edits"] {
            let run = azure.run(format!("apic restore {CENTER} --path {path}{edits}"));
            let expected = "has version 2 of the format, and this azr reads version 1";
            assert!(run.error(1).contains(expected) && run.stderr.contains("or a later one"), "{run}");
        }
    }
    assert!(azure.run(format!("apic backup {CENTER} --path catalog")).error(1).contains("version 2"));
}
