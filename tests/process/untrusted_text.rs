//! Text that azr did not write: it cannot control the terminal or a pipeline, and secrets in it are not repeated.

use crate::support::{APIM, InProcessAzure};

/// What a command writes to stderr.
fn stderr_of(azure: &InProcessAzure, line: &str, word: &str) -> String {
    let args: Vec<String> = line.split(' ').chain([word]).map(str::to_owned).collect();
    let run = azure.run_args(&args);
    assert!(!run.stderr.is_empty(), "{run}");
    run.stderr
}

#[test]
fn no_message_controls_a_terminal_or_a_pipeline() {
    let azure = InProcessAzure::new();
    let evil = "x\n##vso[task.prependpath]/tmp\n::error::y\r\u{1b}]0;t\u{7}\u{9b}2J\u{202e}";
    for line in [
        format!("apim api show {APIM} --api-id"),
        format!("apim api list {APIM} --query"),
        format!("apim api list {APIM} -o"),
        format!("apim api list {APIM}"),
        "apim".to_owned(),
        "config get".to_owned(),
        "cloud set --name".to_owned(),
        format!("apim api export {APIM} --api-id my-api --export-format OpenApiJsonFile -f"),
    ] {
        let stderr = stderr_of(&azure, &line, evil);
        let is_unsafe = |c: char| c != '\n' && azr_core::text::is_unsafe_to_show(c);
        assert!(!stderr.contains(is_unsafe), "{line}: {stderr:?}");
        assert!(!stderr.contains("##vso["), "{line}: {stderr}");
        assert!(!stderr.lines().any(|line| line.trim_start().starts_with("::")), "{line}: {stderr}");
    }
}

#[test]
fn no_usage_error_repeats_a_secret() {
    let azure = InProcessAzure::new();
    let secret = "S3cr3tV4lueOfAKeyThatIsLong42";
    let update = format!("apim nv update {APIM} --named-value-id n1 --set");
    for (line, word) in [
        ("rest -m get -u /x --headers", format!("Authorization: Bearer {secret}")),
        ("rest -m get -u /x --headers", format!("Ocp-Apim-Subscription-Key:{secret}")),
        ("rest -m get -u /x --headers", format!("{{\"Authorization\":\"Bearer {secret}\",}}")),
        ("rest -m get -u /x --uri-parameters", secret.to_owned()),
        (&update, format!("properties.value={secret}")),
        (&update, format!("value {secret}")),
        ("apim api list -g g -n n", secret.to_owned()),
        ("apim api list -g g -n n --storage-account-key", secret.to_owned()),
        ("login --service-principal -u x --tenant t -p a", secret.to_owned()),
        ("apim", secret.to_owned()),
    ] {
        let stderr = stderr_of(&azure, line, &word);
        assert!(!stderr.contains("S3cr3tV4"), "{line}: {stderr}");
    }
}
