//! `import-from-apim` in its three spellings: the service imports APIs of API Management into the center.

use serde_json::{Value, json};

use crate::support::{APIM, APIM_ID, Azure, CENTER, Run, Sandbox, strings};

/// The titles that the sample's APIs have in the center.
const TITLES: &[&str] = &[
    "City Library",
    "Museum",
    "Orders",
    "StockQuote",
    "Ticker",
    // A title of over fifty characters does not fit into a center.
    "Warehouse inventory, replenishment and returns man",
    "Weather",
    "Ünïcode — 日本語",
];

/// Gives the center an identity and returns its principal.
pub(crate) fn create_identity(azure: &Sandbox) -> String {
    let run = azure.ok(format!(
        "apic update {CENTER} --identity type=SystemAssigned --query identity.principalId -o tsv"
    ));
    run.text().to_owned()
}

/// Lets a principal read API Management.
pub(crate) fn assign_role(azure: &Sandbox, principal: &str) {
    azure.ok(format!(
        "role assignment create --role 'API Management Service Reader Role' --assignee-object-id {principal} --assignee-principal-type ServicePrincipal --scope {APIM_ID}"
    ));
}

/// Starts an emulator whose center may read API Management.
pub(crate) fn start_with_role() -> Azure {
    let azure = Azure::start();
    let principal = create_identity(&azure);
    assign_role(&azure, &principal);
    azure
}

pub(crate) fn import(azure: &Sandbox, rest: &str) -> Run {
    azure.run(format!("apic service import-from-apim -g myResourceGroup --service-name myAPICenter {rest}"))
}

/// The numbers of APIs that were created, that existed before, and that failed, from the sentence on stderr.
pub(crate) fn summary_counts(run: &Run) -> [u64; 3] {
    let sentence = run.stderr.lines().find(|line| line.starts_with("Imported "));
    let counts = sentence.and_then(|line| line.split_once(": ")).unwrap_or_else(|| panic!("{run}")).1;
    let count = |word: &str| {
        let part = counts.trim_end_matches('.').split(", ").find_map(|part| part.strip_suffix(word));
        part.map_or(0, |count| count.trim().parse::<u64>().unwrap_or_else(|e| panic!("{e}: {run}")))
    };
    [count(" created"), count(" updated") + count(" unchanged"), count(" failed")]
}

fn titles(azure: &Sandbox) -> Vec<String> {
    let listed = azure.json(format!("apic api list {CENTER} --query [].title"));
    let mut titles: Vec<String> = strings(&listed).into_iter().map(str::to_owned).collect();
    titles.sort_unstable();
    titles.retain(|title| title != "Swagger Petstore");
    titles
}

#[test]
fn without_an_identity_the_hint_has_the_command_that_creates_it() {
    let azure = Azure::start();
    let run = import(&azure, &format!("--source-resource-ids {APIM_ID}/apis/*"));
    assert!(run.error(1).contains("identity"), "{run}");
    let hint = run.stderr.lines().nth(1).unwrap_or_default();
    let command = hint.split_once("azr ").unwrap_or_else(|| panic!("no command\n{run}")).1;
    azure.ok(command);
    assert_ne!(azure.json(format!("apic show {CENTER} --query identity.principalId")), Value::Null);
}

#[test]
fn without_the_role_the_operation_fails_and_nothing_is_imported() {
    let azure = Azure::start();
    let principal = create_identity(&azure);
    let run = import(&azure, &format!("--source-resource-ids {APIM_ID}/apis/*"));
    assert_eq!((run.code, run.stdout_bytes.len()), (Some(1), 0), "{run}");
    assert_eq!(run.stderr.matches("ERROR: ").count(), 1, "{run}");
    let warning = run.stderr.lines().find(|line| line.starts_with("WARNING: ")).unwrap_or_default();
    let command = warning.split_once("azr ").unwrap_or_else(|| panic!("no command\n{run}")).1;
    assert!(titles(&azure).is_empty());
    // The command in the warning fixes it.
    azure.ok(command.replace('"', "'"));
    assert!(command.contains(&principal), "{command}");
    assert_eq!(import(&azure, &format!("--source-resource-ids {APIM_ID}/apis/my-api")).code, Some(0));
    assert_eq!(titles(&azure), ["City Library"]);
}

#[test]
fn all_apis_are_imported_with_documents_deployments_and_the_environment() {
    let azure = start_with_role();
    let run = import(&azure, &format!("--source-resource-ids {APIM_ID}/apis/*")).expect_success();
    assert!(run.stdout_bytes.is_empty() && summary_counts(&run) == [8, 0, 0], "{run}");
    assert_eq!(titles(&azure), TITLES);
    let environments = azure.json(format!("apic environment list {CENTER} --query [].[name,server.type]"));
    assert_eq!(environments.as_array().map(Vec::len), Some(1), "{environments}");
    assert_eq!(environments[0][1], "Azure API Management");
    let environment = environments[0][0].as_str().expect("a name");

    let apis = azure.json(format!("apic api list {CENTER}"));
    let library =
        apis.as_array().expect("a list").iter().find(|api| api["title"] == "City Library").expect("the API");
    let name = library["name"].as_str().expect("a name");
    assert!(name.chars().all(|c| c.is_ascii_digit()), "the service generates decimal names: {name}");
    let versions = azure.json(format!("apic api version list {CENTER} --api-id {name}"));
    assert_eq!(versions[0]["lifecycleStage"], "design", "{versions}");
    let version = versions[0]["name"].as_str().expect("a version");
    let parent = format!("{CENTER} --api-id {name} --version-id {version}");
    let definitions = azure.json(format!("apic api definition list {parent}"));
    let definition = definitions[0]["name"].as_str().expect("a definition");
    let document = azure.ok(format!(
        "apic api definition export-specification {parent} --definition-id {definition} --file-name -"
    ));
    assert!(document.stdout().contains("City Library"), "{document}");
    let deployments = azure.json(format!("apic api deployment list {CENTER} --api-id {name}"));
    let environment = format!("/workspaces/default/environments/{environment}");
    assert_eq!(deployments[0]["environmentId"], environment);
    assert!(deployments[0]["server"]["runtimeUri"][0].is_string(), "{deployments}");
}

#[test]
fn a_second_import_creates_nothing() {
    let azure = start_with_role();
    let all = format!("--source-resource-ids {APIM_ID}/apis/*");
    import(&azure, &all).expect_success();
    let list = format!("apic api list {CENTER} --query [].name");
    let first = azure.json(&list);
    let run = import(&azure, &all).expect_success();
    assert_eq!(summary_counts(&run), [0, 8, 0], "{run}");
    assert_eq!(azure.json(&list), first);
}

#[test]
fn several_apis_can_be_named() {
    let azure = start_with_role();
    import(&azure, &format!("--source-resource-ids {APIM_ID}/apis/my-api {APIM_ID}/apis/museum"))
        .expect_success();
    assert_eq!(titles(&azure), ["City Library", "Museum"]);
    let run = import(&azure, &format!("--source-resource-ids {APIM_ID}/apis/nobody"));
    assert_eq!((run.code, run.stdout_bytes.len()), (Some(1), 0), "{run}");
    assert_eq!(titles(&azure), ["City Library", "Museum"]);
}

#[test]
fn current_spellings_do_the_same() {
    let azure = start_with_role();
    azure
        .ok(format!("apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis weather ticker"));
    assert_eq!(titles(&azure), ["Ticker", "Weather"]);
    azure.ok(format!("apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis '[museum]'"));
    azure.ok(format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis my-api --apim-resource-group myResourceGroup --apim-subscription 00000000-0000-0000-0000-000000000000"
    ));
    assert_eq!(titles(&azure), ["City Library", "Museum", "Ticker", "Weather"]);
    azure.ok(format!("apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis '*'"));
    assert_eq!(
        titles(&azure).len(),
        azure
            .json(format!("apim api list {APIM} --query '[?isCurrent].name'"))
            .as_array()
            .map_or(0, Vec::len)
            - 1
    );
}

#[test]
fn import_apim_sets_the_lifecycle_stage_and_the_environment() {
    let azure = start_with_role();
    azure
        .ok(format!("apic environment create {CENTER} --environment-id live --title Live --type production"));
    azure.ok(format!(
        "apic import apim {CENTER} --azure-apim {APIM_ID} --apim-apis my-api --target-lifecycle-stage production --target-environment-id /workspaces/default/environments/live --import-specification never"
    ));
    assert_eq!(titles(&azure), ["City Library"]);
    let apis = azure.json(format!("apic api list {CENTER} --query '[?title==`City Library`].name'"));
    let name = strings(&apis)[0];
    let stage =
        azure.json(format!("apic api version list {CENTER} --api-id {name} --query [0].lifecycleStage"));
    assert_eq!(stage, "production");
    let deployments =
        azure.json(format!("apic api deployment list {CENTER} --api-id {name} --query [].environmentId"));
    assert_eq!(deployments, json!(["/workspaces/default/environments/live"]));
}

#[test]
fn no_wait_returns_once_the_service_has_accepted_the_import() {
    let azure = start_with_role();
    let run =
        import(&azure, &format!("--source-resource-ids {APIM_ID}/apis/my-api --no-wait")).expect_success();
    assert!(run.stdout_bytes.is_empty() && run.stderr.contains("started"), "{run}");
    assert_eq!(titles(&azure), ["City Library"]);
}

#[test]
fn a_user_assigned_identity_can_read_the_source() {
    let azure = Azure::start();
    let created = azure.json("identity create -g myResourceGroup -n myIdentity");
    assign_role(&azure, created["principalId"].as_str().expect("a principal"));
    let id = created["id"].as_str().expect("an id");
    let identity = json!({"type": "UserAssigned", "userAssignedIdentities": {id: {}}});
    azure.ok(format!("apic update {CENTER} --identity '{identity}'"));
    import(&azure, &format!("--source-resource-ids {APIM_ID}/apis/museum")).expect_success();
    assert_eq!(titles(&azure), ["Museum"]);
    // The named identity has the role; that of the center itself does not count.
    let both = json!({"type": "SystemAssigned,UserAssigned", "userAssignedIdentities": {id: {}}});
    azure.ok(format!("apic update {CENTER} --identity '{both}'"));
    let run = azure.ok(format!(
        "apic import apim {CENTER} --azure-apim {APIM_ID} --apim-apis weather --msi-resource-id {id}"
    ));
    assert!(!run.stderr.contains("WARNING"), "{run}");
    assert_eq!(titles(&azure), ["Museum", "Weather"]);
}
