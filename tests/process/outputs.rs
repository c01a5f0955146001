//! Output: the result on stdout in the requested format, everything else on stderr.

use crate::support::{APIM, Azure, CENTER};

#[test]
fn a_result_is_printed_in_every_format() {
    let azure = Azure::start();
    let show = format!(
        "apim api show {APIM} --api-id unicode --query {{title:displayName,path:path,none:apiVersion}}"
    );
    let title = "Ünïcode — 日本語";
    // az sorts the members of JSON and YAML, and leaves null out of a table.
    for (format, expected) in [
        ("json", format!("{{\n  \"none\": null,\n  \"path\": \"unicode\",\n  \"title\": \"{title}\"\n}}\n")),
        ("yaml", format!("none: null\npath: unicode\ntitle: {title}\n")),
        ("tsv", format!("{title}\tunicode\tNone\n")),
        ("table", format!("Title          Path\n-------------  -------\n{title}  unicode\n")),
        ("none", String::new()),
    ] {
        for option in
            [format!("-o {format}"), format!("--output={}", format.to_uppercase()), format!("--out {format}")]
        {
            let run = azure.ok(format!("{show} {option}"));
            assert_eq!(run.stdout(), expected, "{option}");
            assert_eq!(run.stderr, "", "{option}");
        }
    }
}

#[test]
fn colours_are_for_terminals_only() {
    let mut azure = Azure::start();
    azure.set("NO_COLOR", "");
    for format in ["jsonc", "yamlc"] {
        let run = azure.ok(format!("apim show {APIM} -o {format}"));
        assert!(!run.stdout().contains('\u{1b}'), "{run}");
    }
    assert!(!azure.run("apim show -g g -n nobody").stderr.contains('\u{1b}'));
    assert!(!azure.run("apim shwo").stderr.contains('\u{1b}'));
}

#[test]
fn a_query_without_a_result_prints_what_az_prints() {
    let azure = Azure::start();
    assert_eq!(azure.ok(format!("apim show {APIM} --query nothing")).stdout(), "");
    assert_eq!(azure.ok(format!("apim show {APIM} --query nothing -o tsv")).stdout(), "");
    assert_eq!(azure.ok(format!("apic api list {CENTER} --query '[?name==`x`]'")).stdout(), "[]\n");
}

#[test]
fn only_show_errors_hides_all_other_messages() {
    let azure = Azure::start();
    let export = format!("apim api export {APIM} --api-id my-api --export-format OpenApiJsonFile -f .");
    assert!(!azure.ok(&export).stderr.is_empty());
    assert_eq!(azure.ok(format!("{export} --only-show-errors")).stderr, "");
}

#[test]
fn options_can_be_abbreviated_joined_and_repeated() {
    let azure = Azure::start();
    let id = azure.ok(format!("apim show {APIM} --query id -o tsv"));
    for line in [
        "apim show --resource-g myResourceGroup --name=myAPIManagement --query id -otsv",
        "apim show -gmyResourceGroup -nmyAPIManagement --query=id -o=tsv",
        "apim show -g other -g myResourceGroup -n x -n myAPIManagement -o json -o tsv --query name --query id",
    ] {
        assert_eq!(azure.ok(line).stdout(), id.stdout(), "{line}");
    }
}

#[test]
fn the_defaults_of_az_are_used() {
    let mut azure = Azure::start();
    let shown = azure.json(format!("apim show {APIM}"));
    azure.set("AZURE_DEFAULTS_GROUP", "myResourceGroup");
    assert_eq!(azure.json("apim show -n myAPIManagement"), shown);
    azure.set("AZURE_CORE_OUTPUT", "tsv");
    assert_eq!(azure.ok("apim show -n myAPIManagement --query name").stdout(), "myAPIManagement\n");
}

#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_a_file_is_written_to_and_stays() {
    use std::os::unix::fs::FileTypeExt as _;
    let azure = Azure::start();
    azure.write(
        "spec.json",
        r#"{"openapi": "3.0.1", "info": {"title": "Pets", "version": "1"}, "paths": {}}"#,
    );
    let definition = "--api-id swagger-petstore --version-id 1-0-0 --definition-id openapi";
    for (file, start, command) in [
        (
            "a.json",
            "{",
            format!("apim api export {APIM} --api-id my-api --export-format OpenApiJsonFile -f a.json"),
        ),
        (
            "b.json",
            "{",
            format!("apic api definition export-specification {CENTER} {definition} --file-name b.json"),
        ),
        ("c.html", "<!DOCTYPE html>", format!("apic inventory {CENTER} --html c.html")),
        ("d.json", "[", format!("apic api register {CENTER} -l spec.json --report d.json")),
        ("e.json", "{", "rest -u /subscriptions?api-version=2022-12-01 --output-file e.json".to_owned()),
        ("f.zip", "PK", format!("apic backup {CENTER} --path f.zip")),
    ] {
        let path = azure.folder().join(file);
        assert!(azure.command("mkfifo").arg(&path).status().expect("mkfifo runs").success());
        let reader = std::thread::spawn({
            let path = path.clone();
            move || std::fs::read(path).expect("the pipe is read")
        });
        azure.ok(&command);
        let content = reader.join().expect("the reader ends");
        assert!(content.starts_with(start.as_bytes()), "{command}: {}", String::from_utf8_lossy(&content));
        assert!(std::fs::symlink_metadata(&path).expect("exists").file_type().is_fifo(), "{command}");
    }
}
