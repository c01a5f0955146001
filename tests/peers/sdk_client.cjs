// Clients of Microsoft's JavaScript SDKs for the emulator, and helpers of the tests.
const assert = require("node:assert");
const path = require("node:path");
const packages = require("node:module").createRequire(path.join(process.env.PACKAGES, "package.json"));
const { ClientSecretCredential } = packages("@azure/identity");
const { ApiManagementClient } = packages("@azure/arm-apimanagement");
const { AzureAPICenter } = packages("@azure/arm-apicenter");

const { EMULATOR, TENANT, CLIENT, SECRET, SUBSCRIPTION } = process.env;
const credential = new ClientSecretCredential(TENANT, CLIENT, SECRET, {
  authorityHost: EMULATOR, disableInstanceDiscovery: true,
});
const options = { endpoint: EMULATOR, credentialScopes: [`${EMULATOR}/.default`] };

/** All items of a paged list. */
async function all(list) {
  const items = [];
  for await (const item of list) items.push(item);
  return items;
}

/** Checks that a request is refused with a status, and with a code if one is given. */
async function refused(request, status, code) {
  await assert.rejects(request, (error) => {
    assert.equal(error.statusCode, status, error.message);
    if (code) assert.equal(error.code, code);
    return true;
  });
}

module.exports = {
  management: new ApiManagementClient(credential, SUBSCRIPTION, options),
  center: new AzureAPICenter(credential, SUBSCRIPTION, options),
  all,
  refused,
  names: (items) => items.map(({ name }) => name).sort(),
  GROUP: "myResourceGroup",
  SERVICE: "myAPIManagement",
  CENTER: "myAPICenter",
};
