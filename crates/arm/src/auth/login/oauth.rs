//! OAuth 2.0 with Entra for users: exchanges codes and refresh tokens for access tokens.
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

use super::id_token::SignedInUser;
use crate::auth::Secret;
use crate::auth::token::{Token, unix_now};
use crate::auth::token_response::{self, DEFAULT_LIFETIME};
use crate::auth::transport::{AuthTransport, MAX_TOKEN_RESPONSE};
use crate::not_json;
use crate::transport::{Request, redact_url};
use azr_core::context::is_loopback;
use azr_core::error::{Error, ErrorKind, NetworkFault, Result};

/// The scopes of a sign-in besides the resource, for an id token and a refresh token.
const USER_SCOPES: [&str; 3] = ["openid", "profile", "offline_access"];

/// The delays between attempts if the authority cannot be reached or is busy.
const RETRY_DELAYS: [Duration; 3] =
    [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2)];

/// The errors that only another sign-in fixes.
const SIGN_IN_ERRORS: [&str; 4] =
    ["invalid_grant", "interaction_required", "consent_required", "login_required"];

/// The tokens of a sign-in.
#[derive(Debug)]
pub struct TokenGrant {
    /// The access token.
    pub access: Token,
    /// The token to get the next access token with.
    pub refresh: Option<Secret>,
    /// The user who signed in.
    pub(super) user: Option<SignedInUser>,
}

/// The request that the browser sends to the authority.
pub(crate) struct AuthorizationRequest {
    /// The URL to open.
    pub url: Url,
    /// The state that the callback must return.
    pub state: Secret,
    verifier: PkceCodeVerifier,
    redirect: RedirectUrl,
}

/// An application that requests tokens from the authority on behalf of a user.
#[derive(Clone)]
pub struct OAuthClient {
    pub(super) transport: AuthTransport,
    client: String,
    tenant: String,
    /// The longest pause, if a test sets one.
    pub(super) max_pause: Option<Duration>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct IdToken {
    id_token: Option<String>,
}

impl ExtraTokenFields for IdToken {}

type Answer = StandardTokenResponse<IdToken, BasicTokenType>;

pub(super) type EntraClient = Client<
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

impl OAuthClient {
    /// The application `client`, for users of `tenant`.
    #[must_use]
    pub fn new(transport: AuthTransport, client: &str, tenant: &str, max_pause: Option<Duration>) -> Self {
        Self { transport, client: client.to_owned(), tenant: tenant.to_owned(), max_pause }
    }

    fn endpoint(&self, name: &str) -> Result<String> {
        let mut url = self.transport.authority.clone();
        let invalid = || Error::unexpected(format!("{} cannot have a path", self.transport.authority));
        // As segments, so that a tenant with a slash does not change the path.
        url.path_segments_mut()
            .map_err(|()| invalid())?
            .pop_if_empty()
            .push(&self.tenant)
            .extend(["oauth2", "v2.0", name]);
        Ok(url.into())
    }

    pub(super) fn entra_client(&self) -> Result<EntraClient> {
        let invalid = |e: url::ParseError| Error::unexpected(format!("{}: {e}", self.transport.authority));
        Ok(Client::new(ClientId::new(self.client.clone()))
            // A public client has no secret, and sends its id in the form.
            .set_auth_type(AuthType::RequestBody)
            .set_auth_uri(AuthUrl::new(self.endpoint("authorize")?).map_err(invalid)?)
            .set_device_authorization_url(
                DeviceAuthorizationUrl::new(self.endpoint("devicecode")?).map_err(invalid)?,
            )
            .set_token_uri(TokenUrl::new(self.endpoint("token")?).map_err(invalid)?))
    }

    /// The request for a sign-in that ends with a redirect to `redirect`.
    pub(crate) fn authorization_request(&self, scope: &str, redirect: &Url) -> Result<AuthorizationRequest> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let redirect = RedirectUrl::from_url(redirect.clone());
        let entra = self.entra_client()?.set_redirect_uri(redirect.clone());
        let (url, state) = entra
            .authorize_url(CsrfToken::new_random)
            .add_scopes(scopes(scope))
            .set_pkce_challenge(challenge)
            .add_extra_param("prompt", "select_account")
            .url();
        Ok(AuthorizationRequest { url, state: Secret::new(state.secret()), verifier, redirect })
    }

    /// The tokens for the code of a callback.
    pub(crate) async fn redeem_code(
        &self,
        request: AuthorizationRequest,
        code: &Secret,
    ) -> Result<TokenGrant> {
        let entra = self.entra_client()?.set_redirect_uri(request.redirect);
        let answer = entra
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .set_pkce_verifier(request.verifier)
            .request_async(self)
            .await;
        answer.map(|answer| token_grant(&answer)).map_err(token_error)
    }

    /// The tokens for a refresh token, possibly with a new refresh token.
    pub(crate) async fn refresh(&self, secret: &Secret, scope: &str) -> Result<TokenGrant> {
        let entra = self.entra_client()?;
        let secret = RefreshToken::new(secret.expose().to_owned());
        let request = entra.exchange_refresh_token(&secret).add_scopes(scopes(scope));
        let answer = request.request_async(self).await;
        answer.map(|answer| token_grant(&answer)).map_err(token_error)
    }

    /// Sends one request to the authority.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string())
            .map_err(|e| Error::unexpected(format!("the authority has an invalid URL: {e}")))?;
        let is_confidential = url.scheme() == "https" || is_loopback(&url);
        if !is_confidential || url.origin() != self.transport.authority.origin() {
            return Err(Error::invalid_response(format!(
                "{} is not a trusted token endpoint",
                redact_url(&url)
            )));
        }
        let request =
            Request { headers: parts.headers, body: body.into(), ..Request::new(Method::POST, url) };
        for pause in RETRY_DELAYS {
            match self.send_once(&request).await {
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
        self.send_once(&request).await
    }

    async fn send_once(&self, request: &Request) -> Result<HttpResponse> {
        tracing::debug!("POST {}", redact_url(&request.url));
        let answer = self.transport.http.send_limited(request.clone(), MAX_TOKEN_RESPONSE).await?;
        let status = answer.status.as_u16();
        tracing::debug!("{status} for POST {}", redact_url(&request.url));
        if answer.status.is_server_error() || answer.status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Error::network(
                format!("POST {}: HTTP {status}", redact_url(&request.url)),
                NetworkFault::NotSent,
            )
            .with_hint("Try again later."));
        }
        let host = request.url.host_str().unwrap_or_default();
        if let Some(error) = not_json::error(host, status, &answer.body) {
            return Err(error);
        }
        let answer = token_response::normalize(&request.url, answer)?;
        let mut response = HttpResponse::new(answer.body.to_vec());
        *response.status_mut() = answer.status;
        if let Some(content_type) = answer.headers.get(CONTENT_TYPE) {
            response.headers_mut().insert(CONTENT_TYPE, content_type.clone());
        }
        Ok(response)
    }

    pub(super) async fn pause(&self, pause: Duration) {
        tokio::time::sleep(self.max_pause.map_or(pause, |longest| pause.min(longest))).await;
    }
}

impl<'c> AsyncHttpClient<'c> for OAuthClient {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

pub(super) fn scopes(resource: &str) -> Vec<Scope> {
    [resource].into_iter().chain(USER_SCOPES).map(|scope| Scope::new(scope.to_owned())).collect()
}

pub(super) fn token_grant(answer: &Answer) -> TokenGrant {
    let life = answer.expires_in().map_or(DEFAULT_LIFETIME, |life| life.as_secs());
    TokenGrant {
        access: Token {
            secret: Secret::new(answer.access_token().secret()),
            expires: unix_now() + i64::try_from(life).unwrap_or(i64::MAX / 2),
        },
        refresh: answer.refresh_token().map(|token| Secret::new(token.secret())),
        user: answer.extra_fields().id_token.as_deref().and_then(SignedInUser::from_id_token),
    }
}

fn token_error(error: RequestTokenError<Error, BasicErrorResponse>) -> Error {
    match error {
        RequestTokenError::ServerResponse(answer) => {
            let error = answer.error().as_ref();
            refusal(answer.error_description(), error, SIGN_IN_ERRORS.contains(&error))
        }
        other => invalid_response(other),
    }
}

/// A refusal by the authority; if `is_expired`, only another sign-in fixes it.
pub(super) fn refusal(description: Option<&String>, error: &str, is_expired: bool) -> Error {
    let text = description.map_or(error, String::as_str);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let known = crate::auth::explain::entra_hint(&line);
    Error::authentication(line).with_optional_hint(is_expired.then_some(SIGN_IN_AGAIN).or(known))
}

/// The hint for a login that has expired.
pub(crate) const SIGN_IN_AGAIN: &str = "Run azr login again.";

/// The error for a response that is not a refusal. The response is not shown, because it may have a token in it.
pub(super) fn invalid_response<T: ErrorResponse + 'static>(error: RequestTokenError<Error, T>) -> Error {
    match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::ServerResponse(_) => Error::invalid_response("the authority refused the request"),
        RequestTokenError::Parse(reason, _) => {
            Error::invalid_response(format!("the response of the authority is invalid at {}", reason.path()))
        }
        RequestTokenError::Other(_) => {
            Error::invalid_response("the response of the authority does not follow OAuth")
        }
    }
}
