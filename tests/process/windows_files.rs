//! Files on Windows, for every command that writes one: kinds of paths, devices, and files in use.

use std::fs::{self, File};
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::support::{APIM, CENTER, InProcessAzure};

const SPEC: &str = r#"{"openapi": "3.0.1", "info": {"title": "Pets", "version": "1.0"}, "paths": {}}"#;

/// A command that writes a file.
struct Writer {
    /// The extension of the file.
    extension: &'static str,
    /// The command, with the path in place of `FILE`.
    command: String,
    /// The start of what it writes.
    start: &'static str,
}

impl Writer {
    fn to(&self, path: &str) -> String {
        self.command.replace("FILE", &format!("'{path}'"))
    }
}

/// All commands that write one file that the user names.
fn writers() -> Vec<Writer> {
    let definition = "--api-id swagger-petstore --version-id 1-0-0 --definition-id openapi";
    [
        (
            "json",
            format!("apim api export {APIM} --api-id my-api --export-format OpenApiJsonFile -f FILE"),
            "{",
        ),
        (
            "json",
            format!("apic api definition export-specification {CENTER} {definition} --file-name FILE"),
            "{",
        ),
        ("html", format!("apic inventory {CENTER} --html FILE -o none"), "<!"),
        ("md", format!("apic api register {CENTER} -l spec.json --report FILE"), "#"),
        ("json", "rest -u /subscriptions?api-version=2022-12-01 --output-file FILE".to_owned(), "{"),
        ("json", format!("apic sync {CENTER} --file azr.yaml --dry-run --out FILE -o none"), "{"),
        ("zip", format!("apic backup {CENTER} --path FILE -o none"), "PK"),
    ]
    .map(|(extension, command, start)| Writer { extension, command, start })
    .into()
}

fn start() -> InProcessAzure {
    let azure = InProcessAzure::new();
    azure.write("spec.json", SPEC);
    fs::create_dir(azure.folder().join("specs")).expect("created");
    azure.write("specs/zoo.json", SPEC.replace("Pets", "Zoo"));
    azure.write("azr.yaml", "version: 1\nsources:\n- folder: specs\n");
    azure
}

/// Writes a file with every command to a path, and checks it where it must be.
fn write_all(azure: &InProcessAzure, folder: &Path, path: impl Fn(&str) -> String) {
    for (index, writer) in writers().iter().enumerate() {
        let name = format!("f{index}.{}", writer.extension);
        let command = writer.to(&path(&name));
        azure.ok(&command);
        let content = fs::read(folder.join(&name)).unwrap_or_else(|e| panic!("{command}: {e}"));
        assert!(content.starts_with(writer.start.as_bytes()), "{command}");
        fs::remove_file(folder.join(&name)).expect("deleted");
    }
}

#[test]
fn every_command_writes_to_every_kind_of_path() {
    let azure = start();
    let folder = azure.folder();
    let text = folder.display().to_string();
    let (drive, rest) = text.split_at(2);
    fs::create_dir(folder.join("with spaces & more")).expect("created");
    write_all(&azure, &folder.join("with spaces & more"), |name| format!(r"with spaces & more\{name}"));
    // Relative to the current folder of a drive, below the root of the current drive, and not changed by Windows.
    write_all(&azure, &folder, |name| format!("{drive}{name}"));
    write_all(&azure, &folder, |name| format!(r"{rest}\{name}"));
    write_all(&azure, &folder, |name| format!(r"\\?\{text}\{name}"));
    // Windows drops the dot; reports and archives are known by their extension.
    azure.ok(writers()[0].to("dot.json."));
    assert!(azure.read("dot.json").starts_with(b"{"));
    // The share of the drive for administrators; Wine has none.
    let share = format!(r"\\localhost\{}${rest}", &drive[..1]);
    if Path::new(&share).is_dir() {
        write_all(&azure, &folder, |name| format!(r"{share}\{name}"));
    }
}

#[test]
fn every_command_writes_to_paths_of_more_than_260_characters() {
    let azure = start();
    let deep: PathBuf = std::iter::repeat_n("a folder with a long name of forty chars", 8).collect();
    let folder = azure.folder().join(&deep);
    fs::create_dir_all(&folder).expect("created");
    // Wine 8 cannot resolve such a path (error 234), which a zip file needs.
    let can_resolve = folder.canonicalize().is_ok();
    for (index, writer) in writers().iter().enumerate().filter(|(_, w)| can_resolve || w.extension != "zip") {
        let file = folder.join(format!("f{index}.{}", writer.extension));
        assert!(file.as_os_str().len() > 300);
        let command = writer.to(&file.display().to_string());
        azure.ok(&command);
        assert!(fs::read(&file).expect("written").starts_with(writer.start.as_bytes()), "{command}");
        assert_eq!(fs::read_dir(&folder).expect("listed").count(), 1, "{command}");
        fs::remove_file(file).expect("deleted");
    }
}

#[test]
fn the_device_that_discards_everything_is_written_to() {
    let azure = start();
    let before = azure.files();
    for writer in writers() {
        for device in ["NUL", "nul"] {
            // Reports and archives are known by their extension.
            if !["md", "zip"].contains(&writer.extension) {
                azure.ok(writer.to(device));
            }
        }
    }
    assert_eq!(azure.files(), before);
}

/// Checks that every command leaves a file that it cannot replace, and replaces it later.
///
/// `block` prevents that a file is replaced, until the function that it returns is called.
fn check_blocked_files<U: FnOnce()>(hint: &str, block: impl Fn(&Path) -> U) {
    let azure = start();
    for (index, writer) in writers().iter().enumerate() {
        let name = format!("f{index}.{}", writer.extension);
        azure.write(&name, "old");
        let before = azure.files();
        let unblock = block(&azure.folder().join(&name));
        let run = azure.run(writer.to(&name));
        assert!(run.error(1).contains(&name), "{run}");
        assert!(run.stderr.contains(hint), "{run}");
        assert_eq!(azure.read(&name), b"old", "{run}");
        // A backup continues from this folder.
        let mut files = azure.files();
        files.retain(|name| !name.ends_with(".partial"));
        assert_eq!(files, before, "{run}");
        unblock();
        azure.ok(writer.to(&name));
        assert_eq!(azure.files(), before, "{name}");
        assert!(azure.read(&name).starts_with(writer.start.as_bytes()), "{name}");
    }
}

#[test]
fn a_file_that_another_program_has_open_stays_with_every_command() {
    check_blocked_files("Close the program that has the file open.", |path| {
        // As a program opens a file that lets others read it, but not replace it.
        let open = File::options().read(true).share_mode(1).open(path).expect("opened");
        move || drop(open)
    });
}

#[test]
fn a_read_only_file_stays_with_every_command() {
    check_blocked_files("Remove the read-only attribute of the file.", |path| {
        let writable = fs::metadata(path).expect("exists").permissions();
        let mut read_only = writable.clone();
        read_only.set_readonly(true);
        fs::set_permissions(path, read_only).expect("set");
        let path = path.to_owned();
        move || fs::set_permissions(path, writable).expect("set")
    });
}

/// Windows ignores the read-only attribute of folders; only their access control list counts.
#[test]
fn nothing_is_written_to_a_folder_without_permission() {
    let azure = start();
    fs::create_dir(azure.folder().join("locked")).expect("created");
    let icacls = |arguments: &[&str]| {
        let done = azure.command("icacls").arg("locked").args(arguments).output().expect("icacls runs");
        assert!(done.status.success(), "{done:?}");
    };
    // Everyone may neither create files nor folders there.
    icacls(&["/deny", "*S-1-1-0:(WD,AD)"]);
    for writer in writers() {
        let name = format!("locked\\a.{}", writer.extension);
        let run = azure.run(writer.to(&name));
        assert!(run.error(1).contains(&name), "{run}");
    }
    icacls(&["/remove:d", "*S-1-1-0"]);
    assert_eq!(fs::read_dir(azure.folder().join("locked")).expect("listed").count(), 0);
    let writer = &writers()[0];
    azure.ok(writer.to("locked\\a.json"));
}

#[test]
fn a_folder_with_a_file_that_another_program_has_open_is_completed_later() {
    let azure = start();
    let export =
        format!("apim api export {APIM} --api-id my-api orders-v1 --export-format OpenApiJsonFile -f out");
    let backup = format!("apic backup {CENTER} --path backup -o none");
    azure.ok(&export);
    azure.ok(&backup);
    let document = a_file_below(&azure.folder().join("backup/apis"));
    fs::write(&document, "old").expect("written");
    for (command, path) in [
        (&export, azure.folder().join("out/manifest.json")),
        (&backup, document),
        (&backup, azure.folder().join("backup/manifest.json")),
    ] {
        let before = fs::read(&path).expect("read");
        let open = File::options().read(true).share_mode(1).open(&path).expect("opened");
        let run = azure.run(command);
        assert!(run.error(1).contains("cannot write"), "{run}");
        assert!(run.stderr.contains("Close the program that has the file open."), "{run}");
        assert_eq!(fs::read(&path).expect("read"), before, "{run}");
        drop(open);
        azure.ok(command);
        assert_ne!(fs::read(&path).expect("read"), b"old");
    }
    azure.ok(format!("apic restore {CENTER} --path backup --dry-run -o none"));
}

/// Some file in a folder or below it.
fn a_file_below(folder: &Path) -> PathBuf {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name();
    let mut files = files.into_iter().map(|entry| entry.expect("an entry"));
    files.find(|entry| entry.file_type().is_file()).expect("a file").into_path()
}

#[test]
fn the_state_of_the_emulator_is_not_lost_while_another_program_reads_it() {
    let azure = start();
    azure.ok(format!("apic api register {CENTER} -l spec.json -o none"));
    let state = azure.folder().join("../state.json");
    let open = File::options().read(true).share_mode(1).open(&state).expect("opened");
    let run = azure.run(format!("apic api delete {CENTER} --api-id pets --yes"));
    drop(open);
    assert_ne!(run.code, None, "{run}");
    assert!(!run.stderr.contains("panicked"), "{run}");
    azure.ok(format!("apic api show {CENTER} --api-id swagger-petstore"));
}
