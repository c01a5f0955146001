//! Shell completion.

use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::{Azure, CENTER, InProcessAzure, Sandbox, TOKEN};

/// How long a completion may take: its own limit of one second, and some more on a slow machine.
const LIMIT: Duration = Duration::from_secs(4);

/// The command that completes the last word of a line.
fn complete_command(sandbox: &Sandbox, line: &str) -> Command {
    let words: Vec<&str> = line.split(' ').collect();
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_azr"));
    command
        .args(["--", "azr"])
        .args(&words)
        .env("AZR_COMPLETE", "bash")
        .env("_CLAP_IFS", "\n")
        .env("_CLAP_COMPLETE_INDEX", words.len().to_string());
    command
}

/// The completions of a line; nothing is on stderr, and the exit code is 0.
fn complete(sandbox: &Sandbox, line: &str) -> Vec<String> {
    let output = complete_command(sandbox, line).output().expect("azr runs");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && stderr.is_empty(), "{line}: {stderr}");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(!text.contains(TOKEN), "{text}");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn commands_options_and_values_are_completed() {
    let azure = InProcessAzure::new();
    assert_eq!(complete(&azure, "apic api ver"), ["version"]);
    assert_eq!(complete(&azure, "apic import-from-apim --on-c"), ["--on-collision"]);
    assert_eq!(complete(&azure, "apic import-from-apim --on-collision m"), ["merge"]);
    assert_eq!(complete(&azure, "-o json apic api crea"), ["create"]);
    assert!(complete(&azure, "apic api show -o ").contains(&"wide".to_owned()));
    // An older spelling works, but is not suggested.
    assert!(!complete(&azure, "apic ").contains(&"service".to_owned()));
    // The global options are offered after a hyphen only, and an option that is given is not offered again.
    let offered = complete(&azure, "apic api list -g myResourceGroup ");
    assert!(offered.contains(&"--service-name".to_owned()), "{offered:?}");
    assert!(!offered.iter().any(|name| name == "--verbose" || name == "--resource-group"), "{offered:?}");
    let offered = complete(&azure, "apic api list -");
    assert!(
        ["--verbose", "--resource-group"].iter().all(|name| offered.iter().any(|o| o == name)),
        "{offered:?}"
    );
    // The commands to get help or a page of.
    assert!(complete(&azure, "help ").contains(&"auth".to_owned()));
    assert_eq!(complete(&azure, "help apic api ver"), ["version"]);
    assert_eq!(complete(&azure, "man apic api ver"), ["version"]);
    azure.write("spec.yaml", "");
    assert_eq!(complete(&azure, "apic diff sp"), ["spec.yaml"]);
    assert_eq!(complete(&azure, "apic api register --api-location sp"), ["spec.yaml"]);
}

#[test]
fn a_subscription_is_completed_by_its_id_and_its_name() {
    let azure = InProcessAzure::new();
    let profile = r#"{"subscriptions": [
        {"id": "0b1f6471-1bf0-4dda-aec3-cb9272f09590", "name": "prod", "environmentName": "AzureCloud"},
        {"id": "1b1f6471-1bf0-4dda-aec3-cb9272f09590", "name": "Pay as you go", "environmentName": "AzureCloud"}
    ]}"#;
    let shell = Sandbox::new(&[]);
    let folder = shell.folder().join("../home/config");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("azureProfile.json"), profile).expect("the profile is written");
    assert_eq!(complete(&shell, "apic list --subscription pr"), ["prod"]);
    assert_eq!(complete(&shell, "apic list --subscription 0b"), ["0b1f6471-1bf0-4dda-aec3-cb9272f09590"]);
    assert_eq!(complete(&shell, "apic list --subscription ").len(), 3);
    assert!(complete(&azure, "apic list --subscription 000").len() == 1, "the emulator's");
}

#[test]
fn names_of_resources_are_completed() {
    let azure = Azure::start();
    azure.ok(format!(
        "apic environment create {CENTER} --environment-id live --title Live --type production -o none"
    ));
    for (line, completion) in [
        ("apic api show -g ", "myResourceGroup"),
        ("group show -n ", "myResourceGroup"),
        ("apic show -n my", "myAPICenter"),
        ("apic api list -g myResourceGroup -n ", "myAPICenter"),
        ("apim show -g myResourceGroup --name my", "myAPIManagement"),
        ("apim api show -g myResourceGroup -n ", "myAPIManagement"),
        ("apic import-from-apim -g myResourceGroup -n myAPICenter --apim-name ", "myAPIManagement"),
        ("apic api show -g myResourceGroup -n myAPICenter --api-id swag", "swagger-petstore"),
        (
            "apic api show -gmyResourceGroup --service-name=myAPICenter --api-id=sw",
            "--api-id=swagger-petstore",
        ),
        (
            "apic api version show -g myResourceGroup -n myAPICenter --api-id swagger-petstore --version-id ",
            "1-0-0",
        ),
        (
            "apic api definition show -g myResourceGroup -n myAPICenter --api-id swagger-petstore --version-id 1-0-0 --definition-id ",
            "openapi",
        ),
        ("apic environment show -g myResourceGroup -n myAPICenter --environment-id ", "live"),
        ("apim api show -g myResourceGroup -n myAPIManagement --api-id wea", "weather"),
        (
            "apic import-from-apim -g myResourceGroup -n myAPICenter --apim-name myAPIManagement --apim-apis orders-v2 wea",
            "weather",
        ),
    ] {
        // A completion gives up after a second, which may not be enough on a busy machine.
        let is_completed = (0..5).any(|_| complete(&azure, line).contains(&completion.to_owned()));
        assert!(is_completed, "{line}: {:?}", complete(&azure, line));
    }
    // Without the name of the service no name is completed.
    assert!(complete(&azure, "apic api show -g myResourceGroup --api-id sw").is_empty());
}

#[test]
fn names_are_cached_for_a_while_and_for_the_user_alone() {
    let azure = Azure::start_with("--sample --log log.jsonl");
    let line = "apic api show -g myResourceGroup -n myAPICenter --api-id ";
    for _ in 0..3 {
        assert_eq!(complete(&azure, line), ["swagger-petstore"]);
    }
    assert_eq!(azure.log("log.jsonl").len(), 1, "one request for three completions");
    let folder = azure.folder().join("../home/azr/cache/completion");
    let files: Vec<_> = std::fs::read_dir(&folder).expect("a cache").map(|e| e.expect("an entry")).collect();
    assert_eq!(files.len(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &std::path::Path| {
            std::fs::metadata(path).expect("the file exists").permissions().mode() & 0o777
        };
        assert_eq!((mode(&folder), mode(&files[0].path())), (0o700, 0o600));
    }
    // An entry that is an hour old is read again, and an invalid one is ignored.
    let old = std::time::SystemTime::now() - Duration::from_secs(3600);
    std::fs::File::options()
        .write(true)
        .open(files[0].path())
        .expect("open")
        .set_modified(old)
        .expect("the time is set");
    assert_eq!(complete(&azure, line), ["swagger-petstore"]);
    assert_eq!(azure.log("log.jsonl").len(), 2);
    std::fs::write(files[0].path(), "[[").expect("overwritten");
    assert_eq!(complete(&azure, line), ["swagger-petstore"]);
    assert_eq!(azure.log("log.jsonl").len(), 3);
}

#[test]
fn a_service_that_does_not_respond_is_ignored_in_time() {
    let mut azure = Azure::start();
    // It accepts connections, and sends nothing.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let silent = format!("http://{}", silent.local_addr().expect("its address"));
    for endpoint in [silent.as_str(), "http://127.0.0.1:1", "https://no-such-host.invalid", "nonsense"] {
        azure.set("AZR_ARM_ENDPOINT", endpoint);
        let start = Instant::now();
        assert!(complete(&azure, "apic api show -g ").is_empty(), "{endpoint}");
        assert!(start.elapsed() < LIMIT, "{endpoint}: {:?}", start.elapsed());
        // Options need no service.
        let options = "apic import-from-apim -g g -n n --apim-name a --apim-apis x ";
        assert!(complete(&azure, options).contains(&"--mode".to_owned()), "{endpoint}");
        assert_eq!(complete(&azure, "apic api ver"), ["version"], "{endpoint}");
    }
}

#[test]
fn a_refused_request_is_ignored() {
    for fault in ["* * status=401", "* * status=403 code=Forbidden", "* * status=200 truncate"] {
        let azure = Azure::start_with_args(&["--sample", "--faults", fault]);
        assert!(complete(&azure, "apic api show -g ").is_empty(), "{fault}");
    }
    let mut azure = InProcessAzure::new();
    azure.set("AZURE_CLOUD_NAME", "NoSuchCloud");
    assert!(complete(&azure, "apic api show -g ").is_empty());
    azure.set("AZR_COMPLETE", "tcsh");
    let output =
        azure.command(env!("CARGO_BIN_EXE_azr")).args(["--", "azr", "ap"]).output().expect("azr runs");
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty());
    // The variable without a line to complete has no effect.
    assert!(azure.ok("--version").stdout().starts_with("azr "));
}

#[cfg(unix)]
#[test]
fn completion_starts_no_other_program() {
    use std::os::unix::fs::PermissionsExt as _;
    let azure = Azure::start();
    let shell = Sandbox::new(&[("AZR_ARM_ENDPOINT", azure.endpoint())]);
    let programs = shell.folder().join("programs");
    std::fs::create_dir(&programs).expect("a folder");
    for program in ["az", "azd"] {
        let file = programs.join(program);
        std::fs::write(
            &file,
            format!("#!/bin/sh\necho started >> {}/started\nexit 1\n", shell.folder().display()),
        )
        .expect("the program is written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("made executable");
    }
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default());
    let subscription = "00000000-0000-0000-0000-000000000000";
    let mut line = complete_command(&shell, "apic api show -g ");
    let output =
        line.env("PATH", &path).env("AZURE_SUBSCRIPTION_ID", subscription).output().expect("azr runs");
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
    assert!(!shell.files().contains(&"started".to_owned()), "a program was started");
    // A command starts them, so that the test would notice.
    let mut command = shell.command(env!("CARGO_BIN_EXE_azr"));
    let list = command.args(["apic", "list"]).env("PATH", &path).env("AZURE_SUBSCRIPTION_ID", subscription);
    assert!(!list.output().expect("azr runs").status.success());
    assert!(shell.files().contains(&"started".to_owned()), "no program was started");
}

#[test]
fn every_shell_has_a_completion_script() {
    let azure = InProcessAzure::new();
    for shell in ["bash", "zsh", "fish", "PowerShell", "elvish"] {
        let run = azure.ok(format!("completion {shell}"));
        assert!(run.stdout().contains("AZR_COMPLETE"), "{run}");
    }
    assert_eq!(azure.run("completion tcsh").code, Some(2));
}

/// The output of a script in a shell, with azr on its path; none if the shell is not installed.
#[cfg(unix)]
fn run_in_shell(shell: &str, script: &str) -> Option<Vec<String>> {
    let azure = InProcessAzure::new();
    let azr =
        std::path::Path::new(env!("CARGO_BIN_EXE_azr")).parent().expect("a folder").display().to_string();
    let path = format!("{azr}:{}", std::env::var("PATH").unwrap_or_default());
    azure.write("complete", script);
    let output = match azure.command(shell).arg("complete").env("PATH", path).output() {
        Ok(output) => output,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return None,
        Err(e) => panic!("{shell}: {e}"),
    };
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && stderr.is_empty(), "{shell}: {stderr}");
    Some(String::from_utf8(output.stdout).expect("text").lines().map(|line| line.trim().to_owned()).collect())
}

#[cfg(unix)]
const SHOW: &str = "azr apic api show -g myResourceGroup -n myAPICenter";

#[cfg(unix)]
#[test]
fn bash_completes() {
    let complete = |line: &str, word: &str, number: usize| {
        format!(
            "COMP_WORDS=({line} '{word}') COMP_CWORD={number}\n\
             _clap_complete_azr azr '{word}' x; printf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
        )
    };
    let script = format!(
        "source <(azr completion bash)\ncomplete -p azr >/dev/null\n{}{}{}",
        complete("azr apic api", "ver", 3),
        complete(SHOW, "--api-i", 8),
        complete(&format!("{SHOW} --api-id"), "", 9),
    );
    let output = run_in_shell("bash", &script).expect("bash is installed");
    assert_eq!(output, ["version", "--api-id", "swagger-petstore"]);
}

#[cfg(unix)]
#[test]
fn zsh_completes() {
    // The functions of zsh's completion system, for a shell without a line editor.
    let system = "compdef() { }\n_describe() { print -l -- ${(P)3} }\n";
    let script = format!(
        "{system}source <(azr completion zsh)\n\
         words=(azr apic api ver) CURRENT=4; _clap_dynamic_completer_azr\n\
         words=({SHOW} --api-id '') CURRENT=10; _clap_dynamic_completer_azr\n"
    );
    let Some(output) = run_in_shell("zsh", &script) else { return };
    assert_eq!(output, ["version:Versions of an API", "swagger-petstore:Swagger Petstore"]);
}

#[cfg(unix)]
#[test]
fn fish_completes() {
    let script = format!(
        "azr completion fish | source\ncomplete -C 'azr apic api ver'\ncomplete -C '{SHOW} --api-i'\n\
         complete -C '{SHOW} --api-id '\n"
    );
    let Some(output) = run_in_shell("fish", &script) else { return };
    assert_eq!(
        output,
        ["version\tVersions of an API", "--api-id\tAPI in the center", "swagger-petstore\tSwagger Petstore"]
    );
}
