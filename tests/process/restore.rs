//! `azr apic restore`: the round trip, what it changes and leaves, and what it refuses.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::backup::{add_odd_contents, assert_same_files, contents};
use crate::support::{APIM_ID, Azure, CENTER, CENTER_ID, StaticServer};

const API: &str = "/workspaces/default/apis/odd";

/// An emulator whose center has APIs that were imported, odd contents, and an API source of a service without APIs.
fn start_with_contents() -> Azure {
    let azure = Azure::start();
    azure.ok(format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis '*' --mode client -o none"
    ));
    add_odd_contents(&azure);
    let service = APIM_ID.replace("myAPIManagement", "empty");
    azure.ok(
        "apim create -g myResourceGroup -n empty --publisher-email a@example.com --publisher-name A -o none",
    );
    azure.ok(format!(
        "apic integration create apim {CENTER} --integration-name sync --azure-apim {service} --import-specification never -o none"
    ));
    azure
}

fn api(azure: &Azure) -> Value {
    azure.request_ok("GET", &format!("{CENTER_ID}{API}"), "").json()["properties"].clone()
}

#[test]
fn a_backup_that_was_restored_into_an_empty_center_is_the_same() {
    let azure = start_with_contents();
    azure.ok(format!("apic backup {CENTER} --path catalog -o none"));
    azure.ok(format!("apic backup {CENTER} --path catalog.zip -o none"));
    let backup = contents(&azure.folder().join("catalog"));
    let count = azure.json(format!("apic api list {CENTER} --query length(@)"));
    for path in ["catalog", "catalog.zip"] {
        let other = Azure::start_with("--sample --log log.jsonl");
        let path = azure.folder().join(path).display().to_string();
        let run = other.ok(format!("apic restore {CENTER} --input {path} --with-api-sources"));
        assert_eq!((&run.json()["failed"], &run.json()["skipped"]), (&json!(0), &json!(0)), "{run}");
        other.ok(format!("apic backup {CENTER} --path again -o none"));
        assert_same_files(&contents(&other.folder().join("again")), &backup);
        // Nothing is left to do.
        let requests = other.log("log.jsonl").len();
        let run = other.ok(format!("apic restore {CENTER} --input {path} --with-api-sources --prune"));
        assert_eq!((&run.json()["unchanged"], &run.json()["updated"]), (&count, &json!(0)), "{run}");
        let writes =
            other.log("log.jsonl")[requests..].iter().filter(|entry| entry["method"] == "PUT").count();
        assert_eq!(writes, 0);
        let run =
            other.run(format!("apic restore {CENTER} --path {path} --dry-run --detailed-exitcode --prune"));
        assert_eq!(run.code, Some(0), "{run}");
    }
}

#[test]
fn an_import_continues_after_a_restore_into_another_center() {
    let azure = start_with_contents();
    azure.ok(format!("apic backup {CENTER} --path catalog -o none"));
    azure.ok("apic create -g myResourceGroup -n other -l eastus -o none");
    azure.ok("apic restore -g myResourceGroup -n other --path catalog -o none");
    let run = azure.ok(
        "apic import-from-apim -g myResourceGroup -n other --apim-name myAPIManagement --apim-apis '*' --mode client --prune",
    );
    let counts = ["created", "updated", "deleted", "failed"].map(|status| run.json()[status].clone());
    assert_eq!(counts, [0, 0, 0, 0].map(|count| json!(count)), "{run}");
}

#[test]
fn what_people_have_changed_is_changed_back_and_what_they_have_added_stays() {
    let azure = start_with_contents();
    azure.ok(format!("apic backup {CENTER} --path catalog -o none"));
    let before = contents(&azure.folder().join("catalog"));
    azure.ok(format!(
        "apic api update {CENTER} --api-id odd --title Changed --summary New --custom-properties {{}} -o none"
    ));
    azure.ok(format!("apic api version create {CENTER} --api-id odd --version-id v3-0 --title v3 --lifecycle-stage design -o none"));
    azure.ok(format!("apic api delete {CENTER} --api-id bare --yes -o none"));
    azure.ok(format!("apic api create {CENTER} --api-id mine --title Mine --type rest -o none"));
    azure.ok(format!(
        "apic environment create {CENTER} --environment-id extra --title Extra --type staging -o none"
    ));
    azure.ok(format!(
        "apic api definition import-specification {CENTER} --api-id orders --version-id version-v1 --definition-id openapi \
         --format inline --value '{{\"openapi\":\"3.0.1\"}}' --specification {{name:openapi,version:3.0.1}} -o none"
    ));
    let run = azure.run(format!("apic restore {CENTER} --path catalog --dry-run --detailed-exitcode"));
    assert_eq!(run.code, Some(5), "{run}");
    let plan = run.json();
    let counts = ["create", "update", "delete"].map(|action| plan[action].clone());
    assert_eq!(counts, [json!(1), json!(2), json!(0)], "{run}");
    let odd =
        plan["apis"].as_array().expect("the APIs").iter().find(|api| api["name"] == "odd").expect("odd");
    assert_eq!(odd["notes"], json!(["title, summary, team of API odd updated"]));
    assert_eq!(api(&azure)["title"], "Changed", "a dry run writes nothing");

    let run = azure.ok(format!("apic restore {CENTER} --path catalog --report report.json"));
    assert_eq!((&run.json()["created"], &run.json()["updated"]), (&json!(1), &json!(2)), "{run}");
    assert_eq!((&api(&azure)["title"], &api(&azure)["summary"]), (&json!("Odd"), &json!(null)));
    let report: Value = serde_json::from_slice(&azure.read("report.json")).expect("the report");
    let names = report.as_array().into_iter().flatten().map(|api| &api["name"]);
    assert!(names.clone().any(|name| name == "odd") && !names.clone().any(|name| name == "mine"));

    // Only with --prune is anything deleted, and only as much as is allowed.
    let run = azure.run(format!("apic restore {CENTER} --path catalog --prune --max-delete 2"));
    assert!(run.error(1).contains("would delete 3"), "{run}");
    let run = azure.ok(format!("apic restore {CENTER} --path catalog --prune"));
    assert_eq!((&run.json()["deleted"], &run.json()["updated"]), (&json!(1), &json!(1)), "{run}");
    azure.ok(format!("apic backup {CENTER} --path catalog -o none"));
    assert_same_files(&contents(&azure.folder().join("catalog")), &before);
}

#[test]
fn an_edited_or_damaged_backup_is_refused_before_anything_is_written() {
    let azure = start_with_contents();
    azure.ok(format!("apic backup {CENTER} --path catalog -o none"));
    let file = "catalog/apis/odd/api.json";
    let original = azure.read(file);
    let edited = String::from_utf8(original.clone()).expect("text").replace("\"Odd\"", "\"Odt\"");
    azure.write(file, &edited);
    let run = azure.run(format!("apic restore {CENTER} --path catalog"));
    assert_eq!(run.error(1), format!("{file} is not what the backup has written: its hash differs"));
    azure.ok(format!("apic restore {CENTER} --path catalog --allow-edits -o none"));
    assert_eq!(api(&azure)["title"], "Odt");
    azure.write(file, "{\"name\": \"../x\", \"properties\": {}}");
    let run = azure.run(format!("apic restore {CENTER} --path catalog --allow-edits"));
    assert!(run.stderr.contains("has the name '../x', which is not valid"), "{run}");
    azure.write(file, original);
    azure.write("catalog/apis/.DS_Store", "not of the backup");
    azure.ok(format!("apic restore {CENTER} --path catalog -o none"));
    std::fs::remove_file(azure.folder().join("catalog/apis/bare/api.json")).expect("removed");
    let run = azure.run(format!("apic restore {CENTER} --path catalog"));
    assert_eq!(run.error(1), "catalog/apis/bare/api.json is missing, but the manifest lists it");
    azure.write("catalog/environments/new.json", "{}");
    let run = azure.run(format!("apic restore {CENTER} --path catalog"));
    assert!(run.error(1).starts_with("catalog/"), "{run}");
    let run = azure.run(format!("apic restore {CENTER} --path ."));
    assert!(run.error(1).contains("is not a backup"), "{run}");
}

#[test]
fn a_hostile_archive_is_refused() {
    let azure = Azure::start();
    let archive = |entries: &[(&str, &[u8])]| {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, content) in entries {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("an entry");
            writer.write_all(content).expect("written");
        }
        writer.finish().expect("an archive").into_inner()
    };
    let manifest = |path: &str, bytes: usize| {
        let files = json!({path: {"sha256": "0".repeat(64), "bytes": bytes}});
        json!({"version": 1, "center": CENTER_ID, "counts": {"metadataSchemas": 0, "environments": 0, "apis": 0,
            "versions": 0, "definitions": 0, "documents": 0, "deployments": 0, "analyzers": 0, "apiSources": 0},
            "omitted": [], "files": files})
        .to_string()
    };
    let leaving = manifest("../x", 1);
    let bomb = manifest("apis/a/api.json", 10);
    let zeros = vec![0; 20 << 20];
    for (entries, reason) in [
        (vec![("manifest.json", leaving.as_bytes())], "would leave the backup"),
        (vec![("manifest.json", bomb.as_bytes()), ("../../x", b"x".as_slice())], "would leave the backup"),
        (vec![("manifest.json", bomb.as_bytes()), ("apis/a/api.json", &zeros[..])], "it is longer"),
        (vec![("other", b"x".as_slice())], "manifest.json"),
    ] {
        azure.write("bad.zip", archive(&entries));
        let run = azure.run(format!("apic restore {CENTER} --path bad.zip"));
        assert_eq!(run.code, Some(1), "{run}");
        assert!(run.stderr.contains(reason), "{reason}: {run}");
    }
    azure.write("bad.zip", "not a zip");
    assert!(azure.run(format!("apic restore {CENTER} --path bad.zip")).error(1).contains("is not a backup"));
}

#[test]
fn environments_and_ids_are_mapped() {
    let azure = start_with_contents();
    azure.ok(format!("apic backup {CENTER} --path catalog -o none"));
    azure.ok("apic create -g myResourceGroup -n other -l eastus -o none");
    let other = "-g myResourceGroup -n other";
    let map = "--map-environment Live=prod --map-id /subscriptions/00000000-0000-0000-0000-000000000000=/subscriptions/1";
    let run = azure.run(format!("apic restore {other} --path catalog {map}"));
    assert!(run.error(1).contains("other does not have an environment 'prod'"), "{run}");
    azure.ok(format!(
        "apic environment create {other} --environment-id prod --title Prod --type production -o none"
    ));
    let run = azure.ok(format!("apic restore {other} --path catalog {map} -o none"));
    assert!(run.stderr.contains("API source sync: not restored"), "{run}");
    let live = azure.json(format!("apic api deployment show {other} --api-id odd --deployment-id live"));
    assert_eq!(live["environmentId"], "/workspaces/default/environments/prod");
    assert_eq!(azure.run(format!("apic environment show {other} --environment-id Live")).code, Some(3));
    let imported = azure.json(format!(
        "apic api deployment show {other} --api-id orders --deployment-id myAPIManagement-version-v1"
    ));
    let provenance = imported["customProperties"]["azr-import"].as_str().expect("provenance").to_owned();
    assert!(provenance.starts_with("/subscriptions/1/resourceGroups/"), "{provenance}");
}

#[test]
fn an_import_from_the_mapped_service_continues_in_another_center() {
    let azure = Azure::start();
    let import = |center: &str, service: &str| {
        azure.json(format!(
            "apic import-from-apim {center} --apim-name {service} --apim-apis weather --mode client --portal-links -o json"
        ))
    };
    import(CENTER, "myAPIManagement");
    azure.ok(format!("apic backup {CENTER} --path catalog -o none"));
    azure.ok("apic create -g myResourceGroup -n other -l eastus -o none");
    azure.ok(
        "apim create -g myResourceGroup -n moved --publisher-email a@b.example --publisher-name A -o none",
    );
    azure.ok(
        "apim api create -g myResourceGroup -n moved --api-id weather --path weather --display-name Weather --protocols https",
    );
    let (other, moved) = ("-g myResourceGroup -n other", APIM_ID.replace("myAPIManagement", "moved"));
    // The case of letters does not count.
    let old = APIM_ID.replace("resourceGroups", "RESOURCEGROUPS");
    azure.ok(format!("apic restore {other} --path catalog --map-id {old}={moved} -o none"));
    let api = azure.json(format!("apic api show {other} --api-id weather"));
    let text = api.to_string();
    assert!(text.contains(&moved) && !text.contains(APIM_ID), "{api}");
    let run = import(other, "moved");
    assert_eq!((&run["created"], &run["failed"]), (&json!(0), &json!(0)), "{run}");
    assert_eq!(azure.json(format!("apic api list {other} --query length(@)")), 2);
}

#[test]
fn an_interrupted_restore_is_resumed() {
    let azure = start_with_contents();
    azure.ok(format!("apic backup {CENTER} --path catalog -o none"));
    let fault = "PUT */apis/orders/versions/* status=403 code=Forbidden first=1";
    let other = Azure::start_with_args(&["--sample", "--faults", fault]);
    let path = azure.folder().join("catalog").display().to_string();
    let run = other.run(format!("apic restore {CENTER} --path {path} --with-api-sources"));
    assert_eq!(run.code, Some(4), "{run}");
    assert_eq!(run.json()["problems"][0]["name"], "orders", "{run}");
    other.ok(format!("apic restore {CENTER} --path {path} --with-api-sources -o none"));
    other.ok(format!("apic backup {CENTER} --path again -o none"));
    let (again, before) =
        (contents(&other.folder().join("again")), contents(&azure.folder().join("catalog")));
    // A version that was created before the one that failed is the default now.
    let is_compared =
        |(name, _): &(String, Vec<u8>)| name != "manifest.json" && !name.starts_with("apis/orders/");
    let [again, before] =
        [again, before].map(|files| files.into_iter().filter(is_compared).collect::<Vec<_>>());
    assert_same_files(&again, &before);
}

#[test]
fn a_document_that_is_too_large_for_a_request_is_restored_by_a_link() {
    let azure = Azure::start();
    let document = format!("{{\"openapi\": \"3.0.1\", \"x\": \"{}\"}}", "y".repeat(3 << 20));
    let server = StaticServer::start(200, "openapi.json", document.as_bytes());
    azure.ok(format!(
        "apic api definition import-specification {CENTER} --api-id swagger-petstore --version-id 1-0-0 --definition-id openapi \
         --format link --value {} --specification {{name:openapi,version:3.0.1}} -o none",
        server.url
    ));
    azure.ok(format!("apic backup {CENTER} --path catalog -o none"));
    let name = "catalog/apis/swagger-petstore/versions/1-0-0/definitions/openapi/document.json";
    assert!(azure.read(name) == document.as_bytes(), "the document is as it was");
    azure.ok("apic create -g myResourceGroup -n other -l eastus -o none");
    let run = azure.run("apic restore -g myResourceGroup -n other --path catalog");
    assert_eq!(run.code, Some(4), "{run}");
    assert!(run.stderr.contains("larger than 3 MB") && run.stderr.contains("--documents-url"), "{run}");
    // The server has the same response for every path.
    let url = server.url.trim_end_matches("/openapi.json");
    azure
        .ok(format!("apic restore -g myResourceGroup -n other --path catalog --documents-url {url} -o none"));
    assert!(
        server.requests().last().is_some_and(|head| head.contains("/apis/swagger-petstore/versions/1-0-0/"))
    );
    azure.ok("apic diff catalog other -g myResourceGroup -o none");
}

#[test]
fn a_document_that_a_restore_replaces_is_never_marked_as_the_imported_one() {
    // Two documents are imported, people replace one, and the first restore fails to bring it back.
    let fault = "POST */apis/orders/*importSpecification* status=403 code=Forbidden n=4";
    let azure = Azure::start_with_args(&["--sample", "--faults", fault]);
    let import = format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis orders-* --mode client"
    );
    azure.ok(format!("{import} -o none"));
    azure.ok(format!("apic backup {CENTER} --path catalog -o none"));
    let definition = "--api-id orders --version-id version-v1 --definition-id openapi";
    azure.ok(format!(
        "apic api definition import-specification {CENTER} {definition} --format inline --value '{{\"openapi\":\"3.0.1\"}}' \
         --specification {{name:openapi,version:3.0.1}} -o none"
    ));
    let provenance = || {
        let path =
            format!("{CENTER_ID}/workspaces/default/apis/orders/deployments/myAPIManagement-version-v1");
        let deployment = azure.request_ok("GET", &path, "").json();
        deployment["properties"]["customProperties"]["azr-import"].as_str().expect("provenance").to_owned()
    };
    let imported = provenance();
    let run = azure.run(format!("apic restore {CENTER} --path catalog"));
    assert_eq!(run.code, Some(4), "{run}");
    assert!(provenance().contains(" pending"), "{}", provenance());
    azure.ok(format!("apic restore {CENTER} --path catalog -o none"));
    assert_eq!(provenance(), imported);
    azure.ok("apic diff catalog myAPICenter -g myResourceGroup -o none");

    // A deployment that only the center has does not vouch for the document of the backup.
    let file = "catalog/apis/orders/deployments/myAPIManagement-version-v1.json";
    std::fs::remove_file(azure.folder().join(file)).expect("removed");
    let document = "catalog/apis/orders/versions/version-v1/definitions/openapi/document.json";
    azure.write(document, "{\"openapi\":\"3.0.1\",\"info\":{\"title\":\"Edited\"}}");
    azure.ok(format!("apic restore {CENTER} --path catalog --allow-edits -o none"));
    assert!(provenance().contains(" pending"), "{}", provenance());
    let run = azure.ok(import);
    assert_eq!(run.json()["updated"], 1, "{run}");
    assert_eq!(provenance(), imported);
}
