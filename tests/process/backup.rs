//! `azr apic backup`: what it writes, what it leaves out, and how it continues.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Azure, CENTER, CENTER_ID, Proxy, TOKEN, send_request};

/// Adds resources that an import does not have: every kind of resource, and odd contents.
pub(crate) fn add_odd_contents(azure: &Azure) {
    for line in [
        "metadata create --metadata-name team --schema '{\"type\":\"string\"}' \
         --assignments [{entity:api,required:false},{entity:environment,required:false}]",
        "environment create --environment-id Live --title Live --type production --custom-properties team=blue",
        "api create --api-id odd --title Odd --type graphql --contacts [{name:Ada,email:ada@example.com}] \
         --custom-properties team=blue --external-documentation [{title:Docs,url:https://docs.example.com}]",
        "api version create --api-id odd --version-id v2-0 --title v2 --lifecycle-stage production",
        "api version create --api-id odd --version-id v1-0 --title v1 --lifecycle-stage deprecated",
        "api definition create --api-id odd --version-id v1-0 --definition-id empty --title Empty",
        "api definition create --api-id odd --version-id v1-0 --definition-id schema --title Schema",
        "api definition import-specification --api-id odd --version-id v1-0 --definition-id schema \
         --format inline --value 'type Query { ä: Int }' --specification {name:graphql}",
        "api definition create --api-id odd --version-id v1-0 --definition-id yaml --title YAML",
        "api definition import-specification --api-id odd --version-id v1-0 --definition-id yaml \
         --format inline --value 'openapi: 3.0.1' --specification {name:openapi,version:3.0.1}",
        "api deployment create --api-id odd --deployment-id live --title Live --server {runtimeUri:[https://w.example.com]} \
         --environment-id /workspaces/default/environments/Live \
         --definition-id /workspaces/default/apis/odd/versions/v1-0/definitions/schema",
        "api deployment create --api-id odd --deployment-id another --title Another --server {runtimeUri:[]} \
         --environment-id /workspaces/default/environments/Live \
         --definition-id /workspaces/default/apis/odd/versions/v1-0/definitions/yaml",
        "api create --api-id bare --title Bare --type rest",
        "api-analysis create --config-name rules --title Rules",
    ] {
        azure.ok(format!("apic {line} {CENTER} -o none"));
    }
    std::fs::create_dir_all(azure.folder().join("rules/functions")).expect("a folder");
    azure.write("rules/ruleset.yml", "rules: {}\n");
    azure.write("rules/functions/greeting.js", "export default () => {};\n");
    azure.ok(format!("apic api-analysis import-ruleset {CENTER} --config-name rules --path rules -o none"));
}

/// The paths and contents of all files below a folder, sorted.
pub(crate) fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    for entry in entries.map(|entry| entry.expect("an entry")).filter(|entry| entry.file_type().is_file()) {
        let name = entry.path().strip_prefix(folder).expect("below the folder");
        let name = name.to_string_lossy().replace('\\', "/");
        files.push((name, std::fs::read(entry.path()).expect("a file")));
    }
    files
}

/// Fails if two folders do not have the same files, and names the first that differs.
pub(crate) fn assert_same_files(left: &[(String, Vec<u8>)], right: &[(String, Vec<u8>)]) {
    for (left, right) in left.iter().zip(right) {
        assert_eq!(left.0, right.0);
        assert_eq!(String::from_utf8_lossy(&left.1), String::from_utf8_lossy(&right.1), "{}", left.0);
    }
    assert_eq!(left.len(), right.len());
}

fn read_json(azure: &Azure, name: &str) -> Value {
    serde_json::from_slice(&azure.read(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn a_backup_has_a_file_for_each_resource_and_documents_as_they_are() {
    let azure = Azure::start();
    add_odd_contents(&azure);
    let run = azure.ok(format!("apic backup {CENTER} --path catalog"));
    assert!(run.stderr.contains("Backed up 3 APIs to catalog"), "{run}");
    assert_eq!(run.json()["complete"], true);
    assert_eq!(
        read_json(&azure, "catalog/apis/odd/api.json"),
        json!({"name": "odd", "properties": {
            "contacts": [{"email": "ada@example.com", "name": "Ada"}], "customProperties": {"team": "blue"},
            "externalDocumentation": [{"title": "Docs", "url": "https://docs.example.com"}], "kind": "graphql",
            "lifecycleStage": "production", "title": "Odd",
        }})
    );
    let definitions = "catalog/apis/odd/versions/v1-0/definitions";
    assert_eq!(
        azure.read(&format!("{definitions}/schema/document.graphql")),
        "type Query { ä: Int }".as_bytes()
    );
    assert_eq!(azure.read(&format!("{definitions}/yaml/document.yaml")), b"openapi: 3.0.1");
    let empty = read_json(&azure, &format!("{definitions}/empty/definition.json"));
    assert_eq!(empty.get("document"), None, "{empty}");
    assert_eq!(
        azure.read("catalog/analyzers/rules/ruleset/functions/greeting.js"),
        b"export default () => {};\n"
    );
    let manifest = read_json(&azure, "catalog/manifest.json");
    assert_eq!((&manifest["version"], &manifest["center"]), (&json!(1), &json!(CENTER_ID)));
    assert_eq!(
        manifest["counts"],
        json!({"metadataSchemas": 1, "environments": 1, "apis": 3, "versions": 3, "definitions": 4, "documents": 3,
               "deployments": 2, "analyzers": 1, "apiSources": 0})
    );
    let files = contents(&azure.folder().join("catalog"));
    let listed = manifest["files"].as_object().expect("files").keys();
    let own = ["manifest.json", ".gitattributes"];
    let found = files.iter().map(|(name, _)| name).filter(|name| !own.contains(&name.as_str()));
    assert_eq!(found.collect::<Vec<_>>(), listed.collect::<Vec<_>>());
    let all = files.iter().map(|(_, content)| String::from_utf8_lossy(content)).collect::<String>();
    assert!(!all.contains("systemData") && !all.contains("lastModifiedAt"), "{all}");
}

#[test]
fn a_second_backup_writes_only_what_has_changed() {
    let azure = Azure::start();
    add_odd_contents(&azure);
    azure.ok(format!("apic backup {CENTER} --path catalog -o none"));
    azure.write("catalog/notes.txt", "mine");
    let before = contents(&azure.folder().join("catalog"));
    let run = azure.ok(format!("apic backup {CENTER} --path catalog"));
    assert!(run.stderr.contains("Nothing has changed since the last backup."), "{run}");
    assert_same_files(&contents(&azure.folder().join("catalog")), &before);
    azure.ok(format!("apic api delete {CENTER} --api-id bare --yes -o none"));
    azure.ok(format!("apic api update {CENTER} --api-id odd --title Even -o none"));
    let run = azure.ok(format!("apic backup {CENTER} --path catalog"));
    assert_eq!((&run.json()["written"], &run.json()["deleted"]), (&json!(1), &json!(1)), "{run}");
    assert!(!azure.folder().join("catalog/apis/bare").exists());
    assert_eq!(azure.read("catalog/notes.txt"), b"mine", "files of others stay");
}

#[test]
fn a_zip_file_has_the_same_files_and_is_the_same_every_time() {
    let azure = Azure::start();
    add_odd_contents(&azure);
    azure.ok(format!("apic backup {CENTER} --path one.zip -o none"));
    azure.ok(format!("apic backup {CENTER} --output two.zip -o none"));
    assert_eq!(azure.read("one.zip"), azure.read("two.zip"));
    azure.ok(format!("apic backup {CENTER} --path catalog -o none"));
    let file = std::fs::File::open(azure.folder().join("one.zip")).expect("the archive");
    let mut archive = zip::ZipArchive::new(file).expect("an archive");
    let files = contents(&azure.folder().join("catalog"));
    for (name, content) in files.iter().filter(|(name, _)| name != ".gitattributes") {
        let mut packed = Vec::new();
        let mut entry = archive.by_name(name).unwrap_or_else(|e| panic!("{name}: {e}"));
        std::io::Read::read_to_end(&mut entry, &mut packed).expect("read");
        assert_eq!(&packed, content, "{name}");
    }
    assert_eq!(archive.len() + 1, files.len());
    assert!(!azure.folder().join("one.zip.partial").exists());
}

#[test]
fn credentials_are_left_out_and_named() {
    let azure = Azure::start();
    azure.ok(format!(
        "apic integration create aws {CENTER} --integration-name aws --aws-access-key-reference https://v.vault.azure.net/secrets/key \
         --aws-secret-access-key-reference https://v.vault.azure.net/secrets/secret --aws-region-name eu-west-1 -o none"
    ));
    let run = azure.ok(format!("apic backup {CENTER} --path catalog"));
    assert!(run.stderr.contains("NOTE: API source aws was left out, fully or in part"), "{run}");
    let text = String::from_utf8(azure.read("catalog/api-sources/aws.json")).expect("text");
    assert!(text.contains("eu-west-1") && !text.contains("vault"), "{text}");
    assert_eq!(run.json()["omitted"][0]["resource"], "API source aws");
}

#[test]
fn an_incomplete_backup_continues_where_it_stopped() {
    let fault = "GET */apis/odd/versions/* status=403 code=Forbidden first=1";
    let azure = Azure::start_with_args(&["--sample", "--log", "log.jsonl", "--faults", fault]);
    add_odd_contents(&azure);
    let run = azure.run(format!("apic backup {CENTER} --path catalog"));
    assert_eq!(run.code, Some(4), "{run}");
    assert!(run.stderr.contains("the backup is not complete: 1 API could not be read"), "{run}");
    assert_eq!(run.json()["failed"][0]["name"], "odd");
    assert!(!azure.folder().join("catalog/manifest.json").exists());
    // Its file was changed after it was complete, so it is read again.
    azure.write("catalog/apis/bare/api.json", "{}");
    let reads = |api: &str| {
        let path = format!("/apis/{api}/versions");
        let log = azure.log("log.jsonl");
        log.iter().filter(|entry| entry["path"].as_str().is_some_and(|p| p.ends_with(&path))).count()
    };
    let before = [reads("odd"), reads("bare"), reads("swagger-petstore")];
    let run = azure.ok(format!("apic backup {CENTER} --path catalog"));
    assert!(run.stderr.contains("Continuing a backup that was not completed."), "{run}");
    assert_eq!(
        [reads("odd"), reads("bare"), reads("swagger-petstore")],
        [before[0] + 1, before[1] + 1, before[2]]
    );
    azure.ok(format!("apic backup {CENTER} --path another -o none"));
    let folder = azure.folder();
    assert_same_files(&contents(&folder.join("catalog")), &contents(&folder.join("another")));
}

#[test]
fn a_folder_of_others_is_refused() {
    let azure = Azure::start();
    std::fs::create_dir(azure.folder().join("mine")).expect("a folder");
    azure.write("mine/notes.txt", "mine");
    let run = azure.run(format!("apic backup {CENTER} --path mine"));
    assert_eq!(run.error(1), "mine is not empty, and does not contain a backup");
    azure.ok("apic create -g myResourceGroup -n other -l eastus -o none");
    azure.ok(format!("apic backup {CENTER} --path catalog -o none"));
    let run = azure.run("apic backup -g myResourceGroup -n other --path catalog");
    assert!(run.error(1).starts_with("catalog has a backup of another center"), "{run}");
}

/// The workspace of the sample's center in request targets.
const WORKSPACE: &str = "/services/myAPICenter/workspaces/default";

#[test]
fn hostile_names_stay_in_the_folder_and_are_files_on_every_system() {
    let mut azure = Azure::start();
    let names = ["con", "Orders", "orders", "trailing.", "../../outside", "a\u{7}b", "x/y"];
    let proxy = Proxy::start(azure.endpoint(), move |request, forward| {
        let path = request.target.split('?').next().unwrap_or_default();
        let api = |name: &&str| json!({"name": name, "properties": {"title": name, "kind": "rest"}});
        if path.ends_with(&format!("{WORKSPACE}/apis")) {
            return (
                200,
                json!({"value": names.iter().map(api).collect::<Vec<_>>()}).to_string().into_bytes(),
            );
        }
        if path.contains(&format!("{WORKSPACE}/apis/")) {
            return (200, json!({"value": []}).to_string().into_bytes());
        }
        forward()
    });
    azure.set("AZR_ARM_ENDPOINT", &proxy.url);
    let run = azure.ok(format!("apic backup {CENTER} --path catalog"));
    assert_eq!(run.json()["counts"]["apis"], 4, "{run}");
    assert_eq!(run.json()["omitted"].as_array().map(Vec::len), Some(3), "{run}");
    assert!(!run.stderr.contains('\u{7}'), "{run}");
    assert_eq!(azure.files(), ["catalog"]);
    let mut files: Vec<String> = std::fs::read_dir(azure.folder().join("catalog/apis"))
        .expect("the APIs")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    files.sort_unstable();
    for (file, start) in files.iter().zip(["Orders~", "con~", "orders~", "trailing_~"]) {
        assert!(file.starts_with(start), "{files:?}");
        let api = read_json(&azure, &format!("catalog/apis/{file}/api.json"));
        assert!(names.contains(&api["name"].as_str().expect("the name")), "{api}");
    }
}

#[test]
fn what_is_deleted_during_the_backup_is_left_out_and_named() {
    let mut azure = Azure::start();
    add_odd_contents(&azure);
    let endpoint = azure.endpoint().to_owned();
    let delete = move |path: &str| {
        let target = format!("{CENTER_ID}/workspaces/default/{path}?api-version=2024-03-01");
        send_request(&endpoint, TOKEN, "DELETE", &target, "").expect("a response");
    };
    let proxy = Proxy::start(azure.endpoint(), move |request, forward| {
        if request.target.contains("/apis/bare/versions?") {
            delete("apis/bare");
        }
        if request.target.contains("/apis/odd/versions/v2-0/definitions?") {
            delete("apis/odd/versions/v2-0");
        }
        if request.target.contains("/definitions/yaml/exportSpecification?") {
            delete("apis/odd/versions/v1-0/definitions/yaml");
        }
        forward()
    });
    azure.set("AZR_ARM_ENDPOINT", &proxy.url);
    let run = azure.ok(format!("apic backup {CENTER} --path catalog"));
    let omitted: Vec<String> = run.json()["omitted"]
        .as_array()
        .expect("omissions")
        .iter()
        .map(|omission| format!("{}: {}", omission["resource"], omission["reason"]))
        .collect();
    assert_eq!(
        omitted,
        [
            r#""API bare": "it was deleted during the backup""#,
            r#""definition yaml of version v1-0 of API odd": "it was deleted during the backup""#,
            r#""version v2-0 of API odd": "it was deleted during the backup""#,
        ]
    );
    let files = contents(&azure.folder().join("catalog"));
    assert!(!files.iter().any(|(name, _)| name.contains("bare") || name.contains("v2-0")), "{run}");
    // A restore accepts it.
    azure.ok(format!("apic restore {CENTER} --path catalog -o none"));
}

#[test]
fn a_list_that_is_shorter_than_its_count_is_an_error() {
    let mut azure = Azure::start();
    let proxy = Proxy::start(azure.endpoint(), |request, forward| {
        if request.target.contains("/environments?") {
            return (200, json!({"value": [], "count": 1}).to_string().into_bytes());
        }
        forward()
    });
    azure.set("AZR_ARM_ENDPOINT", &proxy.url);
    let run = azure.run(format!("apic backup {CENTER} --path catalog"));
    assert!(run.error(1).contains("/environments: the list is not complete: it has 0 of 1 items"), "{run}");
    assert!(!azure.folder().join("catalog/manifest.json").exists());
}

#[test]
fn what_a_cloud_does_not_have_is_left_out_and_named() {
    let mut azure = Azure::start();
    let proxy = Proxy::start(azure.endpoint(), |request, forward| {
        if request.target.contains("/analyzerConfigs?") {
            let error = json!({"error": {"code": "NoRegisteredProviderFound", "message": "not here"}});
            return (400, error.to_string().into_bytes());
        }
        forward()
    });
    azure.set("AZR_ARM_ENDPOINT", &proxy.url);
    let run = azure.ok(format!("apic backup {CENTER} --path catalog"));
    assert_eq!(run.json()["omitted"][0]["resource"], "every analyzer", "{run}");
    azure.ok(format!("apic restore {CENTER} --path catalog -o none"));
}
