//! Hostile texts in every place: names, titles and errors of services, options of every command, variables, files. No
//! output for people controls a terminal or a pipeline, and no document for other programs is broken by them.

use clap::Command;
use serde_json::json;

use crate::support::{APIM, APIM_ID, Azure, CENTER, CENTER_ID, InProcessAzure, Run, Sandbox};

/// A formula, commands of terminals and pipelines, a mark of text direction, markup.
const EVIL: &str = "=x\u{1b}]0;t\u{7}\n##vso[task.evil]\r::evil::\u{202e}##[evil]\u{9b}2J";

/// Fails if a text for people contains what a terminal or a pipeline would obey.
fn check_harmless(text: &str, context: &str) {
    let is_unsafe = |c: char| c != '\n' && azr_core::text::is_unsafe_to_show(c);
    assert!(!text.contains(is_unsafe), "{context}: {text:?}");
    assert!(!text.contains("##vso[task.evil") && !text.contains("##[evil"), "{context}: {text}");
    assert!(!text.lines().any(|line| line.trim_start().starts_with("::evil")), "{context}: {text}");
}

fn check_run(run: &Run, context: &str) {
    check_harmless(&run.stderr, context);
    check_harmless(&String::from_utf8_lossy(&run.stdout_bytes), context);
}

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

/// The command lines of all commands below a group, each with a hostile value for every required option.
fn lines_with_hostile_values(group: &Command, path: &[String]) -> Vec<Vec<String>> {
    let mut lines = Vec::new();
    for command in group.get_subcommands() {
        let path = [path, &[command.get_name().to_owned()]].concat();
        if command.has_subcommands() {
            lines.extend(lines_with_hostile_values(command, &path));
            continue;
        }
        let required =
            command.get_arguments().filter(|arg| arg.is_required_set() && arg.get_action().takes_values());
        let options = required.flat_map(|arg| {
            let name = arg.get_long().map(|long| format!("--{long}"));
            name.into_iter().chain([EVIL.to_owned()])
        });
        let with_values: Vec<String> = path.iter().cloned().chain(options).collect();
        lines.push([&with_values[..], &["--nonsense".to_owned()]].concat());
        lines.push([&with_values[..], &[format!("-o={EVIL}")]].concat());
        lines.push([&path[..], &[EVIL.to_owned()]].concat());
        // These wait for requests, a person or a program.
        let waits = ["emulator start", "emulator demo", "login", "mcp"].contains(&path.join(" ").as_str());
        if !waits {
            lines.push(with_values);
        }
    }
    lines
}

#[test]
fn no_command_obeys_its_options() {
    let azure = InProcessAzure::new();
    let lines = lines_with_hostile_values(&azr::cli::command_tree(), &[]);
    assert!(lines.len() > 400, "only {} lines", lines.len());
    for line in lines {
        check_run(&azure.run_args(&line), &format!("{line:?}"));
    }
}

#[test]
fn no_command_obeys_variables() {
    for name in [
        "AZURE_SUBSCRIPTION_ID",
        "AZURE_DEFAULTS_GROUP",
        "AZURE_CORE_OUTPUT",
        "AZURE_CLOUD_NAME",
        "AZURE_CONFIG_DIR",
        "AZURE_AUTHORITY_HOST",
        "AZURE_TENANT_ID",
        "AZR_ARM_ENDPOINT",
        "AZR_STATE_DIR",
        "AZR_ACCESS_TOKEN",
        "AZR_TIMEOUT",
        "AZR_OPERATION_TIMEOUT",
        "HTTPS_PROXY",
        "SSL_CERT_FILE",
        "COLUMNS",
    ] {
        for pipeline in ["TF_BUILD", "GITHUB_ACTIONS", "CI"] {
            let mut sandbox = Sandbox::new(&[("AZURE_SUBSCRIPTION_ID", "s"), (pipeline, "true")]);
            sandbox.set(name, EVIL);
            for line in ["apic list -g g", "account show", "config get", "cloud show", "doctor -o table"] {
                check_run(&sandbox.run(line), &format!("{name}, {pipeline}: {line}"));
            }
        }
    }
}

/// An emulator whose resources have hostile texts.
fn start_with_hostile_resources() -> Azure {
    let azure = Azure::start();
    let put = |path: &str, body: serde_json::Value| {
        azure.request_ok("PUT", path, &body.to_string());
    };
    let api = format!("{CENTER_ID}/workspaces/default/apis/evil");
    put(
        &format!("{api}?api-version=2024-03-01"),
        json!({"properties": {
            "title": EVIL, "kind": "rest", "description": EVIL, "summary": EVIL,
            "contacts": [{"name": EVIL, "url": EVIL, "email": EVIL}],
            "license": {"name": EVIL, "url": EVIL},
            "externalDocumentation": [{"title": EVIL, "url": "https://example.com", "description": EVIL}],
        }}),
    );
    put(
        &format!("{CENTER_ID}/workspaces/default/environments/evil?api-version=2024-03-01"),
        json!({"properties": {"title": EVIL, "kind": "testing", "description": EVIL}}),
    );
    put(
        &format!("{api}/versions/v-1?api-version=2024-03-01"),
        json!({"properties": {"title": EVIL, "lifecycleStage": "design"}}),
    );
    put(
        &format!("{api}/versions/v-1/definitions/def-1?api-version=2024-03-01"),
        json!({"properties": {"title": EVIL, "description": EVIL}}),
    );
    put(
        &format!("{api}/deployments/dep-1?api-version=2024-03-01"),
        json!({"properties": {
            "title": EVIL, "description": EVIL, "server": {"runtimeUri": [EVIL]},
            "environmentId": "/workspaces/default/environments/evil",
            "definitionId": "/workspaces/default/apis/evil/versions/v-1/definitions/def-1",
        }}),
    );
    put(
        &format!("{APIM_ID}/apis/evil?api-version=2024-05-01"),
        json!({"properties": {"displayName": EVIL, "description": EVIL, "path": "evil", "protocols": ["https"]}}),
    );
    put(
        &format!("{APIM_ID}/products/evil?api-version=2024-05-01"),
        json!({"properties": {"displayName": EVIL, "description": EVIL, "terms": EVIL}}),
    );
    azure
}

#[test]
fn no_text_of_a_service_is_obeyed() {
    let mut azure = start_with_hostile_resources();
    for pipeline in ["CI", "TF_BUILD", "GITHUB_ACTIONS"] {
        azure.set(pipeline, "true");
        for line in [
            format!("apic api list {CENTER} -o table"),
            format!("apic api list {CENTER} -o wide"),
            format!("apic api show {CENTER} --api-id evil -o table"),
            format!("apic api version list {CENTER} --api-id evil -o table"),
            format!("apic api definition list {CENTER} --api-id evil --version-id v-1 -o table"),
            format!("apic api deployment list {CENTER} --api-id evil -o table"),
            format!("apic environment list {CENTER} -o table"),
            format!("apic inventory {CENTER} -o table"),
            format!("apic integration status {CENTER} -o table"),
            format!(
                "apic api definition export-specification {CENTER} --api-id evil --version-id v-1 --definition-id def-1 --file-name x"
            ),
            format!("apic api delete {CENTER} --api-id evil"),
            format!("apic api update {CENTER} --api-id evil --set nonsense=1"),
            format!("apic backup {CENTER} --path backup -o table"),
            "apic diff backup myAPICenter -g myResourceGroup -o table".to_owned(),
            format!("apic restore {CENTER} --path backup --dry-run -o table"),
            format!(
                "apic import-from-apim {CENTER} --mode client --apim-name myAPIManagement --apim-apis * --dry-run -o table --verbose"
            ),
            format!("apim api list {APIM} -o table"),
            format!("apim product list {APIM} -o table"),
            format!(
                "apim api export {APIM} --api-id evil --export-format OpenApiJsonFile --file-path . -o table"
            ),
            format!("apim api delete {APIM} --api-id evil"),
        ] {
            let run = azure.run_args(&words(&line));
            // That the text is there shows that the line tests something.
            check_run(&run, &format!("{pipeline}: {line}"));
        }
    }
    let table = azure.ok(format!("apic api list {CENTER} -o table"));
    assert!(table.stdout().contains("\\u{1b}"), "{table}");
}

#[test]
fn no_document_for_other_programs_is_broken_by_a_text_of_a_service() {
    let azure = start_with_hostile_resources();
    let inventory = |options: &str| {
        let run = azure.run_args(&words(&format!("apic inventory {CENTER} {options}")));
        assert_eq!(run.code, Some(0), "{run}");
        run.stdout().to_owned()
    };
    let csv = inventory("--format csv");
    assert!(csv.contains("\"'=x") && !csv.contains(",\"=") && !csv.contains(",="), "{csv}");
    let markdown = inventory("--format markdown");
    for text in [&csv, &markdown] {
        assert!(!text.contains(|c: char| !matches!(c, '\n' | '\r') && c.is_control()), "{text:?}");
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
    }
    let backstage = inventory("--format backstage");
    let is_printable = |c: char| matches!(c, '\t' | '\n' | '\r') || !c.is_control();
    assert!(backstage.chars().all(is_printable), "YAML allows no control characters: {backstage:?}");
    let html = inventory("--html -");
    assert!(!html.contains(|c: char| !matches!(c, '\n' | '\r' | '\t') && c.is_control()), "{html:?}");
    for file in ["report.xml", "report.md", "report.json"] {
        let line = format!(
            "apic import-from-apim {CENTER} --mode client --apim-name myAPIManagement --apim-apis evil --environment-id evil \
             --report {file} -o none"
        );
        azure.run_args(&words(&line));
        let report = String::from_utf8(azure.read(file)).expect("UTF-8");
        // Machines read JSON, in which these characters are data.
        if file == "report.json" {
            let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
            assert_eq!(report[0]["title"], json!(EVIL));
            continue;
        }
        assert!(
            !report.contains(|c: char| !matches!(c, '\n' | '\r' | '\t') && c.is_control()),
            "{file}: {report:?}"
        );
        assert!(!report.lines().any(|line| line.trim_start().starts_with("::evil")), "{file}: {report}");
    }
}
