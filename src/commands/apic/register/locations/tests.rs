use super::super::path_pattern::slashed;
use super::*;

/// A folder with these files.
fn folder(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for file in files {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, "x").expect("written");
    }
    folder
}

const FILES: &[&str] =
    &["b.yaml", "a.json", "README.md", ".hidden.yaml", "sub/c.yaml", "sub/deep/d.yaml", ".git/e.yaml"];

fn names(folder: &Path, words: &[&str], recursive: bool) -> Vec<String> {
    let words: Vec<String> = words.iter().map(|word| folder.join(word).display().to_string()).collect();
    let found = find_locations(&words, recursive).expect("found");
    assert!(!found.is_single);
    let below = |location: &Location| match location {
        Location::File(file) => slashed(file.path.strip_prefix(folder).expect("below")),
        Location::Url(url) => url.clone(),
    };
    found.all.iter().map(below).collect()
}

#[test]
fn folders_and_patterns_find_files_in_order() {
    let folder = folder(FILES);
    let at = folder.path();
    assert_eq!(names(at, &[""], false), ["README.md", "a.json", "b.yaml"]);
    assert_eq!(names(at, &[""], true), ["README.md", "a.json", "b.yaml", "sub/c.yaml", "sub/deep/d.yaml"]);
    assert_eq!(names(at, &["*.yaml"], false), ["b.yaml"]);
    assert_eq!(names(at, &["**/*.yaml"], false), ["b.yaml", "sub/c.yaml", "sub/deep/d.yaml"]);
    assert_eq!(names(at, &["*.{json,yaml}"], false), ["a.json", "b.yaml"]);
    assert_eq!(names(at, &["s?b/*"], false), ["sub/c.yaml"]);
    assert_eq!(names(at, &["sub/[c-d].yaml", "sub", "b.yaml"], false), ["sub/c.yaml", "b.yaml"], "each once");
    assert_eq!(names(at, &[".*/*.yaml"], false), [".git/e.yaml"]);
}

#[test]
fn patterns_with_an_exclamation_mark_exclude() {
    let folder = folder(FILES);
    let at = folder.path();
    let names = |exclusions: &[&str]| {
        let mut words = vec![at.display().to_string()];
        words.extend(exclusions.iter().map(|word| (*word).to_owned()));
        let found = find_locations(&words, true).expect("found");
        assert!(!found.is_single);
        let name = |location: &Location| match location {
            Location::File(file) => slashed(file.path.strip_prefix(at).expect("below")),
            Location::Url(url) => url.clone(),
        };
        found.all.iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(names(&["!*.yaml"]), ["README.md", "a.json"]);
    assert_eq!(names(&["!sub", "!README.*"]), ["a.json", "b.yaml"], "a folder and everything in it");
    assert_eq!(names(&["!sub/deep/"]), ["README.md", "a.json", "b.yaml", "sub/c.yaml"]);
    assert_eq!(names(&["!**/d.yaml", "!./a.json", "!b.yaml"]), ["README.md", "sub/c.yaml"]);
    let absolute = format!("!{}/sub/**", at.display());
    assert_eq!(names(&[&absolute, "!missing"]), ["README.md", "a.json", "b.yaml"]);
    assert_eq!(names(&["!../*/sub"]).len(), 5, "other folders");
    let parent = at.components().nth(1).expect("a folder").as_os_str().to_string_lossy();
    assert_eq!(names(&[&format!("!{parent}")]).len(), 5, "the names of folders above are not compared");
    let all_excluded = find_locations(&["!*.yaml".to_owned()], false).expect_err("nothing is included");
    assert!(all_excluded.to_string().contains("only excludes"));
    let words = [at.join("a.json").display().to_string(), "!*.yaml".to_owned()];
    assert!(find_locations(&words, false).expect("found").is_single);
}

#[test]
fn a_single_file_or_url_is_as_in_az() {
    let folder = folder(&["a.json", "x[1].yaml"]);
    for word in ["a.json", "x[1].yaml", "missing.json"] {
        let word = folder.path().join(word).display().to_string();
        let found = find_locations(std::slice::from_ref(&word), false).expect("found");
        assert!(found.is_single && found.all.len() == 1, "{word}");
        let Location::File(file) = &found.all[0] else { panic!("no file") };
        assert!(file.is_explicit && file.base == folder.path(), "{file:?}");
    }
    let found = find_locations(&["HTTPS://x.example/a?b=*".to_owned()], false).expect("found");
    assert!(found.is_single && matches!(found.all[0], Location::Url(_)));
}

#[test]
fn a_missing_location_is_an_error() {
    let folder = folder(&["a.json", "sub/b.json"]);
    let at = |word: &str| folder.path().join(word).display().to_string();
    for (words, message) in [
        (vec![at("a.json"), at("gone.json")], "cannot read"),
        (vec![at("*.yaml")], "no file matches"),
        (vec![at("nowhere/*.yaml")], "does not exist"),
        (vec![at("a[")], "is not a valid pattern"),
    ] {
        let error = find_locations(&words, false).expect_err(message);
        assert!(error.to_string().contains(message), "{error}");
    }
    let error = find_locations(&[at("s*")], false).expect_err("a folder");
    let hint = error.hint().unwrap_or_default();
    assert!(hint.contains("matches folders"), "{hint}");
    assert_eq!(find_locations(&[at("a.json")], true).expect_err("no folder").exit_code(), 2);
}

#[cfg(unix)]
#[test]
fn links_are_followed_only_within_the_folder() {
    use std::os::unix::fs::symlink;
    let outside = folder(&["secret.yaml"]);
    let inside = folder(&["real/a.yaml"]);
    let at = inside.path();
    symlink(outside.path(), at.join("out")).expect("a link");
    symlink(outside.path().join("secret.yaml"), at.join("out.yaml")).expect("a link");
    symlink(at.join("gone"), at.join("dangling.yaml")).expect("a link");
    symlink(at, at.join("real/loop")).expect("a link");
    symlink(at.join("real/a.yaml"), at.join("z.yaml")).expect("a link");
    assert_eq!(
        names(at, &[""], true),
        ["real/a.yaml"],
        "the link within leads to a file that is there already"
    );
    assert_eq!(names(at, &["*.yaml"], false), ["z.yaml"]);
}
