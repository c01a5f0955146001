"""azure-identity (MSAL for Python) against the emulator: each kind of credential signs in without patches."""
import asyncio
import os
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

import azure.identity as identity
import azure.identity.aio
import jwt

import peer
from sdk_client import EMULATOR, SCOPES

REDIRECT = "http://localhost:8400/"
OPTIONS = {"authority": EMULATOR, "disable_instance_discovery": True}


def check_token(token):
    """Resource Manager accepts the token, and the published key verifies it."""
    request = urllib.request.Request(f"{EMULATOR}/subscriptions?api-version=2022-12-01",
                                     headers={"Authorization": f"Bearer {token}"})
    urllib.request.urlopen(request).close()
    keys = jwt.PyJWKClient(f"{EMULATOR}/{peer.TENANT}/discovery/v2.0/keys")
    jwt.decode(token, keys.get_signing_key_from_jwt(token).key, algorithms=["RS256"], audience=EMULATOR)


def assertion():
    claims = {"iss": "https://issuer.example", "sub": "job", "aud": "api://AzureADTokenExchange",
              "exp": int(time.time()) + 60}
    return jwt.encode(claims, "a key that the emulator does not know")


def approve(page, code, _):
    form = urllib.parse.urlencode({"code": code, "answer": "approve"})
    urllib.request.urlopen(page, form.encode()).close()


def authorization_code():
    class NoRedirect(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    query = urllib.parse.urlencode({"client_id": peer.CLIENT, "response_type": "code", "redirect_uri": REDIRECT,
                                    "scope": SCOPES[0]})
    try:
        urllib.request.build_opener(NoRedirect).open(f"{EMULATOR}/{peer.TENANT}/oauth2/v2.0/authorize?{query}")
    except urllib.error.HTTPError as response:
        location = urllib.parse.urlparse(response.headers["location"])
        return urllib.parse.parse_qs(location.query)["code"][0]
    raise AssertionError("the page did not redirect")


class SignIn(unittest.TestCase):
    def check(self, credential):
        check_token(credential.get_token(*SCOPES).token)

    def test_a_secret(self):
        self.check(identity.ClientSecretCredential(peer.TENANT, peer.CLIENT, peer.SECRET, **OPTIONS))

    def test_a_secret_async(self):
        async def get_token():
            async with azure.identity.aio.ClientSecretCredential(
                    peer.TENANT, peer.CLIENT, peer.SECRET, **OPTIONS) as credential:
                return await credential.get_token(*SCOPES)

        check_token(asyncio.run(get_token()).token)

    def test_a_certificate(self):
        certificate = os.environ["CLIENT_CERTIFICATE"]
        self.check(identity.CertificateCredential(peer.TENANT, peer.CLIENT, certificate, **OPTIONS))

    def test_an_assertion(self):
        self.check(identity.ClientAssertionCredential(peer.TENANT, peer.CLIENT, assertion, **OPTIONS))

    def test_an_authorization_code(self):
        self.check(identity.AuthorizationCodeCredential(
            peer.TENANT, peer.CLIENT, authorization_code(), REDIRECT, client_secret=peer.SECRET, **OPTIONS))

    def test_a_device_code(self):
        credential = identity.DeviceCodeCredential(peer.CLIENT, tenant_id=peer.TENANT, prompt_callback=approve,
                                                   **OPTIONS)
        self.check(credential)
        self.assertEqual(credential.authenticate(scopes=SCOPES).username, "user@emulator.onmicrosoft.com")

    def test_a_browser(self):
        # In the background: azure-identity listens for the response only after it has opened the page.
        os.environ["BROWSER"] = os.environ["BROWSER"].removesuffix(" %s &") + " %s &"
        for tenant in (peer.TENANT, "organizations"):
            redirect = f"http://localhost:{peer.free_port()}"
            self.check(identity.InteractiveBrowserCredential(
                client_id=peer.CLIENT, tenant_id=tenant, redirect_uri=redirect, timeout=20, **OPTIONS))


if __name__ == "__main__":
    unittest.main()
