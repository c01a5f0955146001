// @azure/identity (MSAL.js) against the emulator: each kind of credential signs in without patches, and so do the
// clients of API Management and API Center.
const assert = require("node:assert");
const net = require("node:net");
const path = require("node:path");
const test = require("node:test");
const packages = require("node:module").createRequire(path.join(process.env.PACKAGES, "package.json"));
const identity = packages("@azure/identity");
const { ApiManagementClient } = packages("@azure/arm-apimanagement");
const { AzureAPICenter } = packages("@azure/arm-apicenter");

const { EMULATOR, TENANT, CLIENT, SECRET, SUBSCRIPTION, CLIENT_CERTIFICATE } = process.env;
const SCOPE = `${EMULATOR}/.default`;
const OPTIONS = { authorityHost: EMULATOR, disableInstanceDiscovery: true };
const secret = () => new identity.ClientSecretCredential(TENANT, CLIENT, SECRET, OPTIONS);

async function check(credential) {
  const { token } = await credential.getToken(SCOPE);
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${EMULATOR}/subscriptions?api-version=2022-12-01`, { headers });
  assert.equal(response.status, 200);
}

async function assertion() {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const expiry = Math.floor(Date.now() / 1000) + 60;
  const claims = { iss: "https://issuer.example", sub: "job", aud: "api://AzureADTokenExchange", exp: expiry };
  return `${encode({ alg: "RS256" })}.${encode(claims)}.c2ln`;
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

test("a secret", () => check(secret()));

test("a certificate", () =>
  check(new identity.ClientCertificateCredential(TENANT, CLIENT, { certificatePath: CLIENT_CERTIFICATE }, OPTIONS)));

test("an assertion", () => check(new identity.ClientAssertionCredential(TENANT, CLIENT, assertion, OPTIONS)));

test("an authorization code", async () => {
  const redirectUri = "http://localhost:8400/";
  const query = new URLSearchParams({
    client_id: CLIENT, response_type: "code", redirect_uri: redirectUri, scope: SCOPE,
  });
  const page = `${EMULATOR}/${TENANT}/oauth2/v2.0/authorize?${query}`;
  const response = await fetch(page, { redirect: "manual" });
  const code = new URL(response.headers.get("location")).searchParams.get("code");
  await check(new identity.AuthorizationCodeCredential(TENANT, CLIENT, SECRET, code, redirectUri, OPTIONS));
});

test("a device code", () => {
  const userPromptCallback = ({ verificationUri, userCode }) =>
    fetch(verificationUri, { method: "POST", body: new URLSearchParams({ code: userCode, answer: "approve" }) });
  return check(new identity.DeviceCodeCredential({
    ...OPTIONS, tenantId: TENANT, clientId: CLIENT, userPromptCallback,
  }));
});

test("a browser", async () => {
  const redirectUri = `http://localhost:${await freePort()}`;
  await check(new identity.InteractiveBrowserCredential({
    ...OPTIONS, tenantId: TENANT, clientId: CLIENT, redirectUri,
  }));
});

test("the clients of API Management and API Center", async () => {
  const options = { endpoint: EMULATOR, credentialScopes: [SCOPE] };
  const management = new ApiManagementClient(secret(), SUBSCRIPTION, options);
  const service = await management.apiManagementService.get("myResourceGroup", "myAPIManagement");
  assert.equal(service.name, "myAPIManagement");
  const center = await new AzureAPICenter(secret(), SUBSCRIPTION, options).services.get("myResourceGroup", "myAPICenter");
  assert.equal(center.name, "myAPICenter");
});
