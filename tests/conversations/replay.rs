//! Running azr against the server of a conversation.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::case::Case;
use crate::compare::{compare_texts, pretty};
use crate::script::{Script, TOKEN};
use crate::server::Server;

/// Variables of the surroundings that programs cannot do without.
const INHERITED: [&str; 6] = ["PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LLVM_PROFILE_FILE"];

/// Runs the command of a conversation and returns what differs from it.
pub(crate) fn replay(case: &Value) -> Vec<String> {
    let server = Server::start();
    let home = tempfile::tempdir().expect("a temporary folder");
    let folder = home.path().join("work");
    std::fs::create_dir(&folder).expect("a folder to work in");
    let case = Case::localize(case, &server.endpoint(), &folder);
    for (name, content) in &case.inputs {
        std::fs::write(folder.join(name), content).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
    server.set_script(Script::new(&case));
    let output = run(&case, &server.endpoint(), home.path(), &folder);
    let script = server.take_script();

    let mut problems = script.problems().to_vec();
    check_exit_code(&case, &output, &mut problems);
    check_stdout(&case, &output, &mut problems);
    if case.exit == Some(0) {
        problems.extend(script.missing_writes().map(|request| format!("not sent: {request}")));
    }
    check_files(&case, &folder, &mut problems);
    problems
}

fn run(case: &Case, endpoint: &str, home: &Path, folder: &Path) -> Output {
    let config = home.join("config");
    std::fs::create_dir(&config).expect("a folder for az's files");
    std::fs::write(config.join("azureProfile.json"), profile().to_string()).expect("a profile");
    let inherited = INHERITED.iter().filter_map(|name| std::env::var_os(name).map(|value| (*name, value)));
    Command::new(env!("CARGO_BIN_EXE_azr"))
        .args(&case.argv)
        .env_clear()
        .envs(inherited)
        .env("AZR_ARM_ENDPOINT", endpoint)
        .env("AZR_ACCESS_TOKEN", TOKEN)
        .env("AZR_STATE_DIR", home.join("azr"))
        .env("AZURE_CONFIG_DIR", &config)
        .env("HOME", home)
        .env("USERPROFILE", home)
        .env("NO_COLOR", "1")
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|e| panic!("azr cannot be run: {e}"))
}

/// az's file of a signed-in service principal with one subscription.
fn profile() -> Value {
    json!({"installationId": "0", "subscriptions": [{
        "id": "00000000-0000-0000-0000-000000000000",
        "name": "Example Sub",
        "state": "Enabled",
        "user": {"name": "11111111-0000-0000-0000-000000000000", "type": "servicePrincipal"},
        "isDefault": true,
        "tenantId": "22222222-2222-2222-2222-222222222222",
        "environmentName": "AzureCloud",
        "homeTenantId": "22222222-2222-2222-2222-222222222222",
        "managedByTenants": []
    }]})
}

fn check_exit_code(case: &Case, output: &Output, problems: &mut Vec<String>) {
    let actual = output.status.code();
    let expected = match case.exit {
        Some(code) if actual == Some(code) => return,
        None if actual.is_some_and(|code| code != 0) => return,
        Some(code) => code.to_string(),
        None => "any but 0".to_owned(),
    };
    let stderr = String::from_utf8_lossy(&output.stderr);
    problems.push(format!("the exit code is {actual:?}, expected {expected}; stderr:\n{stderr}"));
}

fn check_stdout(case: &Case, output: &Output, problems: &mut Vec<String>) {
    let expected = match (&case.stdout, &case.lines) {
        (Some(json), _) => pretty(json) + "\n",
        (None, Some(lines)) => lines.join("\n") + "\n",
        (None, None) => String::new(),
    };
    let actual = String::from_utf8_lossy(&output.stdout);
    if let Err(difference) = compare_texts(&expected, &actual) {
        problems.push(format!("stdout differs: {difference}"));
    }
}

/// Compares the files of the folder with those that the command reads and writes.
fn check_files(case: &Case, folder: &Path, problems: &mut Vec<String>) {
    let entries = std::fs::read_dir(folder).expect("the folder can be listed");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let actual: BTreeSet<String> = names.collect();
    let expected: BTreeSet<String> = case.inputs.keys().chain(case.files.keys()).cloned().collect();
    if actual != expected {
        problems.push(format!("the folder has the files {actual:?}, expected {expected:?}"));
    }
    for (name, expected) in case.files.iter().filter(|(name, _)| actual.contains(*name)) {
        let actual = std::fs::read(folder.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        let actual = String::from_utf8_lossy(&actual);
        let result = if Path::new(name).extension().is_some_and(|extension| extension == "json") {
            // Indented or not, it is the same document.
            compare_texts(&indented(expected), &indented(&actual))
        } else {
            compare_texts(expected, &actual)
        };
        if let Err(difference) = result {
            problems.push(format!("the file {name} differs: {difference}"));
        }
    }
}

/// JSON in one layout; what is not JSON stays as it is.
fn indented(text: &str) -> String {
    serde_json::from_str::<Value>(text).map_or_else(|_| text.to_owned(), |value| pretty(&value))
}
