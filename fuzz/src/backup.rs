//! Backups of a center: the manifest, the names and the resources of a zip archive.
//!
//! `=== PATH` on a line of its own begins a file of the archive.

use std::fs;
use std::path::{Component, Path};

use azr::fuzzing::{Member, pack};
use azr_catalog::backup::{BackupReader, EditPolicy};

/// Runs the target on one input.
pub fn run(data: &[u8]) {
    let input = String::from_utf8_lossy(data);
    let members: Vec<Member> = input.split("=== ").skip(1).map(member).collect();
    let Ok(archive) = pack(&members) else { return };
    let path = std::env::temp_dir().join(format!("azr-fuzz-backup-{}.zip", std::process::id()));
    fs::write(&path, archive).expect("a file");
    for edits in [EditPolicy::Refuse, EditPolicy::Allow] {
        if let Ok(backup) = BackupReader::open(&path, edits, &|_, _| {}) {
            read_all(&backup);
        }
    }
    fs::remove_file(path).expect("removed");
}

fn member(part: &str) -> Member {
    let (name, content) = part.split_once('\n').unwrap_or((part, ""));
    Member { name: name.to_owned(), content: content.as_bytes().to_vec() }
}

fn read_all(backup: &BackupReader) {
    for name in backup.files().keys() {
        let is_inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        assert!(is_inside && !name.is_empty(), "{name:?} leaves the backup");
        backup.read_file(name).expect("a file that was checked");
        let Ok(resource) = backup.read_resource(name) else { continue };
        if let Ok(Some(document)) = backup.document_path(name, &resource) {
            assert!(backup.files().contains_key(&document), "{document} does not exist");
        }
        for member in backup.read_ruleset(name, &resource).ok().flatten().unwrap_or_default() {
            let inside =
                Path::new(&member.name).components().all(|part| matches!(part, Component::Normal(_)));
            assert!(inside, "{:?} leaves the folder", member.name);
        }
    }
}
