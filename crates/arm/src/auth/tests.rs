//! The credential chain against a fake identity provider.

use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::json;

use super::{CredentialChain, Secret, TokenRequest, TokenSource, credential_chain};
use crate::transport::{Request, Response, Transport};
use azr_core::context::{Context, Environment, Terminal};
use azr_core::error::Result;

const TENANT: (&str, &str) = ("AZURE_TENANT_ID", "tenant");
const CLIENT: (&str, &str) = ("AZURE_CLIENT_ID", "client");
const SECRET: (&str, &str) = ("AZURE_CLIENT_SECRET", "hush");

/// An identity provider that issues numbered tokens, and records its requests.
struct FakeProvider {
    requests: Mutex<Vec<Request>>,
    lifetime: i64,
    error: Option<&'static str>,
}

impl FakeProvider {
    fn new() -> Self {
        Self { requests: Mutex::new(Vec::new()), lifetime: 3600, error: None }
    }

    fn requests(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        requests.iter().map(|r| format!("{} {}", r.method, r.url)).collect()
    }

    fn form(&self, index: usize) -> String {
        String::from_utf8(self.requests.lock().unwrap()[index].body.to_vec()).unwrap()
    }
}

#[async_trait]
impl Transport for FakeProvider {
    async fn send(&self, request: Request) -> Result<Response> {
        let mut requests = self.requests.lock().unwrap();
        requests.push(request);
        let number = requests.len();
        let expires_on = (super::token::unix_now() + self.lifetime).to_string();
        let (status, body) = match self.error {
            Some(text) => {
                (400, json!({ "error": "invalid_client", "error_description": text, "error_codes": [7] }))
            }
            None => (
                200,
                json!({ "token_type": "Bearer", "expires_in": self.lifetime, "expires_on": expires_on, "resource": "r",
                        "access_token": format!("token-{number}"), "value": "assertion", "oidcToken": "assertion" }),
            ),
        };
        Ok(crate::testing::response(status, &[], body.to_string()))
    }
}

fn context(home: &Path, variables: &[(&str, &str)]) -> Context {
    Context::new(Environment::for_test(home, variables.iter().copied()), Terminal::default())
}

fn chain_of(home: &Path, provider: &Arc<FakeProvider>, variables: &[(&str, &str)]) -> CredentialChain {
    credential_chain(&context(home, variables), &TokenRequest::default(), Arc::clone(provider) as _).unwrap()
}

async fn token(chain: &CredentialChain) -> String {
    chain.token().await.unwrap().expose().to_owned()
}

async fn renew(chain: &CredentialChain, refused: &str) -> Result<String> {
    chain.renew(&Secret::new(refused)).await.map(|token| token.expose().to_owned())
}

#[tokio::test]
async fn a_token_that_is_rejected_at_once_is_replaced() {
    let home = tempfile::tempdir().unwrap();
    let chain = chain_of(home.path(), &Arc::new(FakeProvider::new()), &[TENANT, CLIENT, SECRET]);
    assert_eq!(token(&chain).await, "token-1");
    assert_eq!(renew(&chain, "token-1").await.unwrap(), "token-2");
    assert_eq!(token(&chain).await, "token-2");
}

#[tokio::test]
async fn an_access_token_in_the_environment_comes_first_and_is_never_stored() {
    let home = tempfile::tempdir().unwrap();
    let provider = Arc::new(FakeProvider::new());
    let chain = chain_of(home.path(), &provider, &[("AZR_ACCESS_TOKEN", "mine"), TENANT, CLIENT, SECRET]);
    assert_eq!(token(&chain).await, "mine");
    assert!(renew(&chain, "mine").await.unwrap_err().to_string().contains("rejected"));
    assert_eq!(chain.describe(), "signed in: AZR_ACCESS_TOKEN");
    assert!(provider.requests().is_empty());
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    assert!(!format!("{chain:?}").contains("mine"));
}

#[tokio::test]
async fn the_emulator_needs_no_credential() {
    let home = tempfile::tempdir().unwrap();
    let variables = [("AZURE_CLOUD_NAME", "AzureEmulator"), ("AZR_ACCESS_TOKEN", "mine")];
    let chain = chain_of(home.path(), &Arc::new(FakeProvider::new()), &variables);
    assert_eq!(token(&chain).await, "emulator");
    assert_eq!(renew(&chain, "emulator").await.unwrap(), "emulator");
    let served = [variables[0], ("AZR_ARM_ENDPOINT", "http://127.0.0.1:8080")];
    assert_eq!(token(&chain_of(home.path(), &Arc::new(FakeProvider::new()), &served)).await, "emulator");
    let both = [served[0], served[1], variables[1]];
    assert_eq!(token(&chain_of(home.path(), &Arc::new(FakeProvider::new()), &both)).await, "mine");
}

#[tokio::test]
async fn a_service_principal_needs_no_home() {
    let variables = [TENANT, CLIENT, SECRET];
    let context = Context::new(Environment::without_home(variables), Terminal::default());
    let chain = credential_chain(&context, &TokenRequest::default(), Arc::new(FakeProvider::new())).unwrap();
    assert_eq!(token(&chain).await, "token-1");
}

#[tokio::test]
async fn a_secret_is_sent_to_the_authority_of_the_cloud() {
    let home = tempfile::tempdir().unwrap();
    let provider = Arc::new(FakeProvider::new());
    let variables = [TENANT, CLIENT, SECRET, ("AZURE_CLOUD_NAME", "AzureUSGovernment")];
    let chain = chain_of(home.path(), &provider, &variables);
    assert_eq!(token(&chain).await, "token-1");
    assert_eq!(token(&chain).await, "token-1");
    assert_eq!(provider.requests(), ["POST https://login.microsoftonline.us/tenant/oauth2/v2.0/token"]);
    let form = provider.form(0);
    assert!(form.contains("client_secret=hush"), "{form}");
    assert!(form.contains("management.core.usgovcloudapi.net"), "{form}");
    let description = chain.describe();
    assert!(
        description
            .starts_with("signed in: service principal with a secret (client client, tenant tenant)\n")
    );
    assert!(description.contains("not by AZR_ACCESS_TOKEN: not set"));
    assert!(!format!("{description}{chain:?}").contains("hush"));
}

#[tokio::test]
async fn the_next_run_uses_the_cached_token_and_a_rejected_one_is_replaced() {
    let home = tempfile::tempdir().unwrap();
    let provider = Arc::new(FakeProvider::new());
    let variables = [TENANT, CLIENT, SECRET];
    assert_eq!(token(&chain_of(home.path(), &provider, &variables)).await, "token-1");
    let second = chain_of(home.path(), &provider, &variables);
    assert_eq!(token(&second).await, "token-1");
    assert!(second.describe().contains("with a cached token"));
    assert_eq!(renew(&second, "token-1").await.unwrap(), "token-2");
    let other = renew(&second, "token-1").await.unwrap();
    assert_eq!(other, "token-2", "concurrent requests need only one renewal");
    assert_eq!(renew(&second, "token-2").await.unwrap(), "token-2", "a token is not renewed again and again");
    assert_eq!(token(&chain_of(home.path(), &provider, &variables)).await, "token-2");

    let other = [TENANT, CLIENT, ("AZURE_CLIENT_SECRET", "another")];
    assert_eq!(token(&chain_of(home.path(), &provider, &other)).await, "token-3");
    let off = [TENANT, CLIENT, SECRET, ("AZR_TOKEN_CACHE", "off")];
    assert_eq!(token(&chain_of(home.path(), &provider, &off)).await, "token-4");
}

#[tokio::test]
async fn a_token_that_expires_soon_is_not_cached() {
    let home = tempfile::tempdir().unwrap();
    let provider = Arc::new(FakeProvider { lifetime: 200, ..FakeProvider::new() });
    let variables = [TENANT, CLIENT, SECRET];
    let first = chain_of(home.path(), &provider, &variables);
    assert_eq!(token(&first).await, "token-1");
    assert_eq!(token(&first).await, "token-1", "half of its lifetime is left");
    assert_eq!(token(&chain_of(home.path(), &provider, &variables)).await, "token-2");
}

#[tokio::test]
async fn the_error_of_entra_is_shown_and_no_other_credential_is_tried() {
    let home = tempfile::tempdir().unwrap();
    let error = Some("AADSTS7000215: Invalid client secret provided. Trace ID: x");
    let provider = Arc::new(FakeProvider { error, ..FakeProvider::new() });
    let chain = chain_of(home.path(), &provider, &[TENANT, CLIENT, SECRET]);
    let error = chain.token().await.unwrap_err();
    assert_eq!(error.code(), "Authentication");
    assert_eq!(
        error.to_string(),
        "service principal with a secret (client client, tenant tenant): AADSTS7000215: Invalid client secret provided. Trace ID: x"
    );
    assert!(error.hint().unwrap().contains("not its id"));
    assert!(!format!("{error:?}").contains("hush"));
    assert_eq!(provider.requests().len(), 1);
}

#[tokio::test]
async fn a_federated_token_is_read_again_for_each_token() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("federated");
    std::fs::write(&file, "first").unwrap();
    let provider = Arc::new(FakeProvider::new());
    let variables = [TENANT, CLIENT, ("AZURE_FEDERATED_TOKEN_FILE", file.to_str().unwrap())];
    let chain = chain_of(home.path(), &provider, &variables);
    token(&chain).await;
    std::fs::write(&file, "second").unwrap();
    std::fs::remove_dir_all(home.path().join(".azr")).unwrap();
    token(&chain_of(home.path(), &provider, &variables)).await;
    assert!(provider.form(0).contains("client_assertion=first"));
    assert!(provider.form(1).contains("client_assertion=second"));
}

#[tokio::test]
async fn a_certificate_signs_an_assertion() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("client.pem");
    std::fs::write(&file, super::credential::test_pem()).unwrap();
    let provider = Arc::new(FakeProvider::new());
    let variables = [TENANT, CLIENT, ("AZURE_CLIENT_CERTIFICATE_PATH", file.to_str().unwrap())];
    let chain = chain_of(home.path(), &provider, &variables);
    assert_eq!(token(&chain).await, "token-1");
    assert!(provider.form(0).contains("client_assertion=ey"));
    std::fs::write(&file, "nothing").unwrap();
    std::fs::remove_dir_all(home.path().join(".azr")).unwrap();
    let error = chain_of(home.path(), &provider, &variables).token().await.unwrap_err();
    assert!(error.to_string().contains("has no PEM certificate"), "{error}");
    assert!(error.hint().unwrap().contains("openssl"));
}

#[tokio::test]
async fn pipelines_request_an_assertion_for_each_token() {
    let home = tempfile::tempdir().unwrap();
    let provider = Arc::new(FakeProvider::new());
    let github = [
        TENANT,
        CLIENT,
        ("ACTIONS_ID_TOKEN_REQUEST_URL", "https://token.actions.example/x?v=1"),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "job"),
    ];
    let chain = chain_of(home.path(), &provider, &github);
    assert_eq!(token(&chain).await, "token-2");
    let devops = [
        ("SYSTEM_OIDCREQUESTURI", "https://dev.azure.example/oidc"),
        ("SYSTEM_ACCESSTOKEN", "job"),
        ("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID", "connection"),
        ("AZURESUBSCRIPTION_CLIENT_ID", "client"),
        ("AZURESUBSCRIPTION_TENANT_ID", "tenant"),
    ];
    assert_eq!(token(&chain_of(home.path(), &provider, &devops)).await, "token-4");
    let exchange = "POST https://login.microsoftonline.com/tenant/oauth2/v2.0/token";
    assert_eq!(
        provider.requests(),
        [
            "GET https://token.actions.example/x?v=1&audience=api%3A%2F%2FAzureADTokenExchange",
            exchange,
            "POST https://dev.azure.example/oidc?api-version=7.1&serviceConnectionId=connection",
            exchange,
        ]
    );
    assert!(provider.form(1).contains("client_assertion=assertion"));
    let plain =
        [TENANT, CLIENT, github[3], ("ACTIONS_ID_TOKEN_REQUEST_URL", "http://token.actions.example/x")];
    let error = chain_of(home.path(), &provider, &plain).token().await.unwrap_err();
    assert!(error.to_string().contains("is not an https URL"), "{error}");
}

#[tokio::test]
async fn a_managed_identity_is_requested_only_if_it_is_configured() {
    let home = tempfile::tempdir().unwrap();
    let provider = Arc::new(FakeProvider::new());
    let error = chain_of(home.path(), &provider, &[]).token().await.unwrap_err();
    assert!(error.to_string().starts_with("not signed in"), "{error}");
    assert!(error.hint().unwrap().contains("az login"));
    assert!(provider.requests().is_empty());

    assert_eq!(
        token(&chain_of(home.path(), &provider, &[("AZR_USE_MANAGED_IDENTITY", "1")])).await,
        "token-1"
    );
    assert!(provider.requests()[0].starts_with("GET http://169.254.169.254/metadata/identity/oauth2/token?"));
    let shell = [("MSI_ENDPOINT", "http://localhost:50342/oauth2/token")];
    assert_eq!(token(&chain_of(home.path(), &provider, &shell)).await, "token-2");
    assert_eq!(provider.requests()[1], "POST http://localhost:50342/oauth2/token");
}

#[tokio::test]
async fn incomplete_credentials_are_part_of_the_error() {
    let home = tempfile::tempdir().unwrap();
    let chain = chain_of(home.path(), &Arc::new(FakeProvider::new()), &[SECRET, TENANT]);
    let error = chain.token().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "not signed in to Azure; service principal with a secret: AZURE_CLIENT_ID is not set"
    );
    assert!(chain.describe().contains("not by managed identity: IDENTITY_ENDPOINT"));
}

/// Writes a program into `home` that prints `output` and exits with `code`.
#[cfg(unix)]
fn write_program(home: &Path, name: &str, output: &str, code: u8) {
    use std::os::unix::fs::PermissionsExt as _;
    let file = home.join(name);
    let text = format!(
        "#!/bin/sh\necho \"$*\" >> {}/calls\necho '{output}' >&{}\nexit {code}\n",
        home.display(),
        1 + u8::from(code > 0)
    );
    std::fs::write(&file, text).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn if_a_login_does_not_work_the_next_is_tried() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".azure")).unwrap();
    std::fs::write(home.path().join(".azure/azureProfile.json"), "{}").unwrap();
    let path = format!("{}:/bin:/usr/bin", home.path().display());
    let variables = [("PATH", path.as_str())];
    let provider = Arc::new(FakeProvider::new());
    write_program(home.path(), "az", "AADSTS700082: the refresh token has expired", 1);
    let error = chain_of(home.path(), &provider, &variables).token().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "not signed in to Azure; login of az: AADSTS700082: the refresh token has expired"
    );
    assert_eq!(error.hint(), Some("Sign in again: azr login, or az login."));

    let expires = super::token::unix_now() + 3600;
    write_program(home.path(), "azd", r#"{"token":"from-azd","expiresOn":"2999-01-01T00:00:00Z"}"#, 0);
    let chain = chain_of(home.path(), &provider, &variables);
    assert_eq!(token(&chain).await, "from-azd");
    assert!(chain.describe().contains("not by login of az: AADSTS700082"), "{}", chain.describe());

    write_program(
        home.path(),
        "az",
        &json!({ "accessToken": "from-az", "expires_on": expires, "tokenType": "Bearer" }).to_string(),
        0,
    );
    let calls = || std::fs::read_to_string(home.path().join("calls")).unwrap().lines().count();
    let before = calls();
    assert_eq!(token(&chain_of(home.path(), &provider, &variables)).await, "from-az");
    assert_eq!(token(&chain_of(home.path(), &provider, &variables)).await, "from-az");
    assert_eq!(calls(), before + 1, "the second run uses the cache");
    std::fs::write(home.path().join(".azure/azureProfile.json"), "{ }").unwrap();
    assert_eq!(token(&chain_of(home.path(), &provider, &variables)).await, "from-az");
    assert_eq!(calls(), before + 2, "the profile of az has changed");
    let nested = [("PATH", path.as_str()), ("AZR_WITHIN", "1"), ("AZR_TOKEN_CACHE", "off")];
    assert_eq!(token(&chain_of(home.path(), &provider, &nested)).await, "from-azd");
}
