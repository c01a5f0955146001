//! Archives that are taken, and those that are not.

use std::io::Cursor;

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn member(name: &str, content: &str) -> Member {
    Member { name: name.to_owned(), content: content.as_bytes().to_vec() }
}

#[test]
fn a_folder_comes_back_as_it_went() {
    let folder = tempfile::tempdir().expect("a folder");
    let members = [member("functions/greeting.js", "x"), member("ruleset.yml", "rules: {}\n")];
    write(&members, folder.path()).expect("written");
    let packed = pack(&collect(folder.path()).expect("collected")).expect("packed");
    assert_eq!(unpack(&packed).expect("unpacked"), members);
    assert_eq!(packed, pack(&members).expect("packed again"));
}

#[test]
fn an_archive_has_the_same_bytes_on_every_system() {
    let archive = pack(&[member("ruleset.yml", "rules: {}")]).expect("packed");
    // What precedes the entry of a file in the directory, after which its version and system follow.
    let entry = archive.windows(4).position(|bytes| bytes == b"PK\x01\x02").expect("an entry");
    let unix = 3;
    assert_eq!(archive[entry + 5], unix, "the system that made the entry");
}

#[test]
fn no_files_make_an_archive_without_entries() {
    let packed = pack(&[]).expect("packed");
    assert_eq!(packed, [b"PK\x05\x06".as_slice(), &[0; 18]].concat());
    assert_eq!(unpack(&packed).expect("unpacked"), []);
}

#[test]
fn names_that_leave_the_folder_are_refused() {
    for name in ["../x", "a/../../x", "/etc/x", "\\x", "..\\x", "C:/x", "a//b", "a/./b", "a\nb"] {
        let packed = pack(&[member("ruleset.yml", ""), member(name, "evil")]).expect("packed");
        let error = unpack(&packed).expect_err(name);
        assert!(error.to_string().contains("would leave the folder"), "{name}: {error}");
    }
}

#[test]
fn names_that_windows_takes_for_something_else_are_not_written_there() {
    assert!(check_names(&[member("functions/greeting.js", ""), member("ruleset.yml", "")]).is_ok());
    for name in ["functions/con.js", "nul", "COM1/x.js", "a.", "functions /x.js", "a?.js"] {
        let error = check_names(&[member("ruleset.yml", ""), member(name, "")]).expect_err(name);
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn links_in_an_archive_are_refused() {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.add_symlink("rules", "/etc", SimpleFileOptions::default()).expect("added");
    let packed = archive.finish().expect("packed").into_inner();
    assert!(unpack(&packed).expect_err("a link").to_string().contains("is a link"));
}

#[test]
fn names_that_differ_in_case_only_are_refused() {
    let packed = pack(&[member("a.yml", "1"), member("A.yml", "2")]).expect("packed");
    assert!(unpack(&packed).is_err());
}

#[test]
fn too_much_is_refused() {
    let many: Vec<Member> = (0..=MAX_FILES).map(|i| member(&format!("f{i}"), "")).collect();
    assert!(unpack(&pack(&many).expect("packed")).is_err());
    let bomb = Member { name: "bomb".to_owned(), content: vec![0; usize::try_from(MAX_BYTES).unwrap() + 1] };
    let packed = pack(&[bomb]).expect("packed");
    assert!(packed.len() < 1 << 20);
    assert!(unpack(&packed).expect_err("a bomb").to_string().contains("MiB"));
}

#[cfg(unix)]
#[test]
fn a_link_in_the_folder_is_not_followed_out_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let outside = tempfile::tempdir().expect("another");
    std::os::unix::fs::symlink(outside.path(), folder.path().join("functions")).expect("linked");
    assert!(write(&[member("functions/greeting.js", "x")], folder.path()).is_err());
    assert_eq!(fs::read_dir(outside.path()).expect("listed").count(), 0);
}

#[test]
fn what_is_no_archive_is_an_error() {
    assert!(unpack(b"no zip").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_ever_written_outside(names in prop::collection::vec("([./\\\\:~ ]|a|b|[.][.]/|/tmp/)(|[./\\\\]|a|b){0,6}", 1..4)) {
        let outer = tempfile::tempdir().expect("a folder");
        let folder = outer.path().join("ruleset");
        let members: Vec<Member> = names.iter().map(|name| member(name, "x")).collect();
        let Ok(packed) = pack(&members) else { return Ok(()) };
        let Ok(members) = unpack(&packed) else { return Ok(()) };
        // A file and a folder of one name are refused; what was written until then is inside.
        let written = write(&members, &folder);
        let around: Vec<_> = fs::read_dir(outer.path()).expect("listed").map(|e| e.expect("an entry").file_name()).collect();
        // Names that Windows does not take for files are refused there before the folder is created.
        prop_assert!(around.iter().all(|name| name == "ruleset"), "{around:?}");
        if written.is_ok() {
            prop_assert_eq!(collect(&folder).expect("collected").len(), members.len());
        }
    }
}
