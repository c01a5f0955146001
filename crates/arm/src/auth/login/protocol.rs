//! OAuth 2.0 with Entra, for users: codes and refresh tokens against access tokens.
//!
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow>

use std::pin::Pin;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{Method, StatusCode};
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, Client, ClientId, CsrfToken,
    DeviceAuthorizationUrl, EndpointNotSet, EndpointSet, ErrorResponse, ExtraTokenFields, HttpRequest,
    HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope,
    StandardRevocableToken, StandardTokenResponse, TokenResponse as _, TokenUrl,
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::Person;
use crate::auth::Secret;
use crate::auth::token::{Token, now};
use crate::auth::transport::{AuthTransport, MAX_TOKEN_RESPONSE};
use crate::transport::{Request, redact_url};
use azr_core::context::is_loopback;
use azr_core::error::{Error, ErrorKind, NetworkFault, Result};

/// What a request for a login asks besides the resource: who it is, and a refresh token.
const OF_USERS: [&str; 3] = ["openid", "profile", "offline_access"];

/// The pauses before another attempt where the authority cannot be reached, or says that it is busy.
const PAUSES: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2)];

/// The refusals that only a new sign-in mends.
const OVER: [&str; 4] = ["invalid_grant", "interaction_required", "consent_required", "login_required"];

/// How long an access token is good for where the authority does not say, in seconds.
const LIFE: u64 = 3600;

/// What came of signing in.
#[derive(Debug)]
pub struct Granted {
    /// The access token for what was asked.
    pub access: Token,
    /// What gets the next one.
    pub refresh: Option<Secret>,
    /// Who signed in.
    pub person: Option<Person>,
}

/// A sign-in page, and what its answer is known by.
pub struct Page {
    /// Where to send the browser.
    pub url: Url,
    /// What the answer must bring back.
    pub state: Secret,
    verifier: PkceCodeVerifier,
    redirect: RedirectUrl,
}

/// An application that asks an authority on behalf of a user.
#[derive(Clone)]
pub struct Protocol {
    pub(super) wire: AuthTransport,
    client: String,
    tenant: String,
    /// The longest pause, where a test says so.
    pub(super) longest_pause: Option<Duration>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct IdToken {
    id_token: Option<String>,
}

impl ExtraTokenFields for IdToken {}

type Answer = StandardTokenResponse<IdToken, BasicTokenType>;

pub(super) type Entra = Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

impl Protocol {
    /// The application `client` asking for users of `tenant`.
    #[must_use]
    pub fn new(wire: AuthTransport, client: &str, tenant: &str, longest_pause: Option<Duration>) -> Self {
        Self { wire, client: client.to_owned(), tenant: tenant.to_owned(), longest_pause }
    }

    fn endpoint(&self, tail: &str) -> Result<String> {
        let mut url = self.wire.authority.clone();
        let nowhere = || Error::unexpected(format!("{} takes no path", self.wire.authority));
        // Pushed as segments, so that a tenant with a slash in it does not lead elsewhere.
        url.path_segments_mut()
            .map_err(|()| nowhere())?
            .pop_if_empty()
            .push(&self.tenant)
            .extend(["oauth2", "v2.0", tail]);
        Ok(url.into())
    }

    pub(super) fn entra(&self) -> Result<Entra> {
        let bad = |e: url::ParseError| Error::unexpected(format!("{}: {e}", self.wire.authority));
        Ok(Client::new(ClientId::new(self.client.clone()))
            // A public client says who it is in the form, having no secret to authenticate with.
            .set_auth_type(AuthType::RequestBody)
            .set_auth_uri(AuthUrl::new(self.endpoint("authorize")?).map_err(bad)?)
            .set_device_authorization_url(
                DeviceAuthorizationUrl::new(self.endpoint("devicecode")?).map_err(bad)?,
            )
            .set_token_uri(TokenUrl::new(self.endpoint("token")?).map_err(bad)?))
    }

    /// The page that somebody signs in on, and is sent from to `redirect`.
    pub fn page(&self, scope: &str, redirect: &Url) -> Result<Page> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let redirect = RedirectUrl::from_url(redirect.clone());
        let entra = self.entra()?.set_redirect_uri(redirect.clone());
        let (url, state) = entra
            .authorize_url(CsrfToken::new_random)
            .add_scopes(scopes(scope))
            .set_pkce_challenge(challenge)
            .add_extra_param("prompt", "select_account")
            .url();
        Ok(Page { url, state: Secret::new(state.secret()), verifier, redirect })
    }

    /// The tokens for the code that the page's answer brought.
    pub async fn redeem(&self, page: Page, code: &Secret) -> Result<Granted> {
        let entra = self.entra()?.set_redirect_uri(page.redirect);
        let answer = entra
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .set_pkce_verifier(page.verifier)
            .request_async(self)
            .await;
        answer.map(|answer| granted(&answer)).map_err(refused)
    }

    /// The tokens for a refresh token, which another one may take the place of.
    pub async fn refresh(&self, secret: &Secret, scope: &str) -> Result<Granted> {
        let entra = self.entra()?;
        let secret = RefreshToken::new(secret.expose().to_owned());
        let request = entra.exchange_refresh_token(&secret).add_scopes(scopes(scope));
        let answer = request.request_async(self).await;
        answer.map(|answer| granted(&answer)).map_err(refused)
    }

    /// Carries one request to the authority.
    async fn carry(&self, request: HttpRequest) -> Result<HttpResponse> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string())
            .map_err(|e| Error::unexpected(format!("the authority has no URL: {e}")))?;
        let is_private = url.scheme() == "https" || is_loopback(&url);
        if !is_private || url.origin() != self.wire.authority.origin() {
            return Err(Error::invalid_response(format!("{} is not who gives out tokens", redact_url(&url))));
        }
        let request = Request { method: Method::POST, url, headers: parts.headers, body: body.into() };
        for pause in PAUSES {
            match self.once(&request).await {
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::Network(NetworkFault::NotSent | NetworkFault::ConnectionLost)
                    ) =>
                {
                    self.pause(pause).await;
                }
                other => return other,
            }
        }
        self.once(&request).await
    }

    async fn once(&self, request: &Request) -> Result<HttpResponse> {
        tracing::debug!("POST {}", redact_url(&request.url));
        let answer = self.wire.transport.send_limited(request.clone(), MAX_TOKEN_RESPONSE).await?;
        let status = answer.status.as_u16();
        tracing::debug!("{status} for POST {}", redact_url(&request.url));
        if answer.status.is_server_error() || answer.status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Error::network(
                format!("POST {}: status {status}", redact_url(&request.url)),
                NetworkFault::NotSent,
            )
            .with_hint("Try again later."));
        }
        let mut response = HttpResponse::new(answer.body.to_vec());
        *response.status_mut() = answer.status;
        if let Some(content_type) = answer.headers.get(CONTENT_TYPE) {
            response.headers_mut().insert(CONTENT_TYPE, content_type.clone());
        }
        Ok(response)
    }

    pub(super) async fn pause(&self, pause: Duration) {
        tokio::time::sleep(self.longest_pause.map_or(pause, |longest| pause.min(longest))).await;
    }
}

impl<'c> AsyncHttpClient<'c> for Protocol {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.carry(request))
    }
}

pub(super) fn scopes(resource: &str) -> Vec<Scope> {
    [resource].into_iter().chain(OF_USERS).map(|scope| Scope::new(scope.to_owned())).collect()
}

pub(super) fn granted(answer: &Answer) -> Granted {
    let life = answer.expires_in().map_or(LIFE, |life| life.as_secs());
    Granted {
        access: Token {
            secret: Secret::new(answer.access_token().secret()),
            expires: now() + i64::try_from(life).unwrap_or(i64::MAX / 2),
        },
        refresh: answer.refresh_token().map(|token| Secret::new(token.secret())),
        person: answer.extra_fields().id_token.as_deref().and_then(Person::of),
    }
}

fn refused(error: RequestTokenError<Error, BasicErrorResponse>) -> Error {
    match error {
        RequestTokenError::ServerResponse(answer) => {
            let error = answer.error().as_ref();
            said(answer.error_description(), error, OVER.contains(&error))
        }
        other => broken(other),
    }
}

/// The authority's refusal; one that `is_over` can be mended by signing in only.
pub(super) fn said(description: Option<&String>, error: &str, is_over: bool) -> Error {
    let text = description.map_or(error, String::as_str);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let known = crate::auth::explain::hint(&line).map(str::to_owned);
    let again = || is_over.then(|| SIGN_IN_AGAIN.to_owned());
    Error::authentication(line).with_optional_hint(again().or(known))
}

/// What to do about a login that is over.
pub const SIGN_IN_AGAIN: &str = "Run azr login again.";

/// What is not a refusal. The answer itself is not shown: a part of it may be a token.
pub(super) fn broken<T: ErrorResponse + 'static>(error: RequestTokenError<Error, T>) -> Error {
    match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::ServerResponse(_) => Error::invalid_response("the authority refused"),
        RequestTokenError::Parse(why, _) => {
            Error::invalid_response(format!("the authority's answer cannot be read: at {}", why.path()))
        }
        RequestTokenError::Other(_) => {
            Error::invalid_response("the authority's answer is not what OAuth says")
        }
    }
}
