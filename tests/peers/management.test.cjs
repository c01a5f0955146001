// @azure/arm-apimanagement against the emulator: the life cycle of each resource.
const assert = require("node:assert");
const test = require("node:test");
const { management, all, refused, names, GROUP, SERVICE } = require("./sdk_client.cjs");

const POLLING = { updateIntervalInMs: 10 };
const POLICY = "<policies><inbound><base /></inbound></policies>";
const DOCUMENT = JSON.stringify({
  openapi: "3.0.1",
  info: { title: "Bookshop", version: "1.0" },
  servers: [{ url: "https://books.example.com" }],
  paths: {
    "/books": {
      get: {
        operationId: "listBooks",
        parameters: [{ name: "limit", in: "query", schema: { type: "integer" } }],
        responses: {
          200: {
            description: "Books",
            headers: { "x-next": { schema: { type: "string" } } },
            content: { "application/json": { schema: { $ref: "#/components/schemas/Books" } } },
          },
        },
      },
      post: { operationId: "addBook", responses: { 201: { description: "Added" } } },
    },
  },
  components: { schemas: { Books: { type: "array", items: { type: "string" } } } },
});

/** Creates an API for a test, and deletes it afterwards. */
async function createApi(t, name, parameters) {
  t.after(() => management.api.beginDeleteAndWait(GROUP, SERVICE, name, "*", { deleteRevisions: true, ...POLLING }));
  return management.api.beginCreateOrUpdateAndWait(GROUP, SERVICE, name, { path: name, ...parameters }, POLLING);
}

/** Deletes a service; as recorded, the operation ends with 404, which the SDK's poller takes for an error. */
const deleteService = (name) =>
  refused(management.apiManagementService.beginDeleteAndWait(GROUP, name, POLLING), 404, "ResourceNotFound");

const createBookshop = (t, name) => createApi(t, name, { format: "openapi+json", value: DOCUMENT });
const createEmpty = (t, name) => createApi(t, name, {
  displayName: name, protocols: ["https"], serviceUrl: "https://x.example.com",
});

test("services", async () => {
  const services = management.apiManagementService;
  const service = await services.get(GROUP, SERVICE);
  assert.equal(service.sku.name, "Developer");
  assert.ok(service.publisherEmail && service.createdAtUtc instanceof Date && service.hostnameConfigurations.length);
  assert.ok(names(await all(services.list())).includes(SERVICE));
  assert.ok(names(await all(services.listByResourceGroup(GROUP))).includes(SERVICE));
  assert.equal((await services.checkNameAvailability({ name: "some-name" })).nameAvailable, true);
  assert.equal((await services.checkNameAvailability({ name: SERVICE })).nameAvailable, false);
  const parameters = {
    location: "eastus", sku: { name: "Developer", capacity: 1 }, publisherEmail: "a@b.example", publisherName: "A",
  };
  const created = await services.beginCreateOrUpdateAndWait(GROUP, "byNode", parameters, POLLING);
  assert.equal(created.provisioningState, "Succeeded");
  const updated = await services.beginUpdateAndWait(GROUP, "byNode", { tags: { a: "b" } }, POLLING);
  assert.deepEqual(updated.tags, { a: "b" });
  await deleteService("byNode");
  await refused(services.get(GROUP, "byNode"), 404, "ResourceNotFound");
});

test("deleted services", async () => {
  const parameters = {
    location: "eastus", sku: { name: "Consumption", capacity: 0 }, publisherEmail: "a@b.example", publisherName: "A",
  };
  await management.apiManagementService.beginCreateOrUpdateAndWait(GROUP, "purged", parameters, POLLING);
  await deleteService("purged");
  assert.ok(names(await all(management.deletedServices.listBySubscription())).includes("purged"));
  const deleted = await management.deletedServices.getByName("purged", "eastus");
  assert.ok(deleted.serviceId && deleted.scheduledPurgeDate instanceof Date && deleted.deletionDate instanceof Date);
  await management.deletedServices.beginPurgeAndWait("purged", "eastus", POLLING);
  await refused(management.deletedServices.getByName("purged", "eastus"), 404);
});

test("lists of APIs", async () => {
  const apis = await all(management.api.listByService(GROUP, SERVICE));
  assert.ok(apis.length > 5);
  const first = await management.api.listByService(GROUP, SERVICE, { top: 3 }).byPage().next();
  assert.deepEqual(names(first.value), names(apis.slice(0, 3)));
  const rest = await all(management.api.listByService(GROUP, SERVICE, { skip: 2 }));
  assert.equal(rest[0].name, apis[2].name);
  const expanded = await all(management.api.listByService(GROUP, SERVICE, { expandApiVersionSet: true }));
  assert.equal(expanded.find((api) => api.name === "orders-v1").apiVersionSet.versioningScheme, "Segment");
  for (const filter of [
    "name eq 'weather'", "properties/displayName eq 'Weather'", "displayName eq 'Weather'",
    "contains(properties/displayName,'eath')", "startswith(name,'wea')", "substringof('eath',name)",
    "endswith(name,'ther')", "path eq 'weather'", "properties/path eq 'weather' and isCurrent eq true",
  ]) {
    assert.ok(names(await all(management.api.listByService(GROUP, SERVICE, { filter }))).includes("weather"), filter);
  }
});

test("an API", async (t) => {
  const created = await createEmpty(t, "node-api");
  assert.equal(created.displayName, "node-api");
  const { eTag } = await management.api.get(GROUP, SERVICE, "node-api");
  assert.equal(eTag, created.eTag);
  assert.equal((await management.api.getEntityTag(GROUP, SERVICE, "node-api")).eTag, eTag);
  const update = (tag) => management.api.update(GROUP, SERVICE, "node-api", tag, { displayName: "Changed" });
  await refused(update('"AAAAAAAA="'), 412, "PreconditionFailed");
  const updated = await update(eTag);
  assert.equal(updated.displayName, "Changed");
  assert.notEqual(updated.eTag, eTag);
  const samePath = { displayName: "Other", path: "node-api", protocols: ["https"] };
  await refused(management.api.beginCreateOrUpdateAndWait(GROUP, SERVICE, "other", samePath, POLLING), 400, "ValidationError");
  await refused(management.api.get(GROUP, SERVICE, "nothing"), 404, "ResourceNotFound");
});

test("a deleted API", async () => {
  const parameters = { displayName: "Gone", path: "gone", protocols: ["https"] };
  await management.api.beginCreateOrUpdateAndWait(GROUP, SERVICE, "gone", parameters, POLLING);
  await management.api.beginDeleteAndWait(GROUP, SERVICE, "gone", "*", { deleteRevisions: true, ...POLLING });
  await refused(management.api.get(GROUP, SERVICE, "gone"), 404, "ResourceNotFound");
});

test("an import and exports", async (t) => {
  const api = await createBookshop(t, "imported");
  assert.equal(api.displayName, "Bookshop");
  const operations = await all(management.apiOperation.listByApi(GROUP, SERVICE, "imported"));
  assert.deepEqual(names(operations), ["addBook", "listBooks"]);
  const operation = await management.apiOperation.get(GROUP, SERVICE, "imported", "listBooks");
  assert.equal(operation.request.queryParameters[0].name, "limit");
  assert.equal(operation.responses[0].headers[0].name, "x-next");
  assert.ok(operation.responses[0].representations[0].typeName);
  const schemas = await all(management.apiSchema.listByApi(GROUP, SERVICE, "imported"));
  assert.ok(schemas.some((schema) => schema.contentType === "application/vnd.oai.openapi.components+json"));
  const schema = await management.apiSchema.get(GROUP, SERVICE, "imported", schemas[0].name);
  assert.ok(schema.components && schema.eTag);
  for (const format of ["swagger-link", "openapi-link", "openapi+json-link", "wadl-link"]) {
    const exported = await management.apiExport.get(GROUP, SERVICE, "imported", format, "true");
    assert.ok(exported.value.link, format);
    assert.equal((await fetch(exported.value.link)).status, 200);
  }
  assert.ok((await management.apiExport.get(GROUP, SERVICE, "stock", "wsdl-link", "true")).value.link);
  await refused(management.apiExport.get(GROUP, SERVICE, "imported", "wsdl-link", "true"), 400);
  const broken = { path: "broken", format: "openapi+json", value: "{" };
  await refused(management.api.beginCreateOrUpdateAndWait(GROUP, SERVICE, "broken", broken, POLLING), 400, "ValidationError");
});

test("operations", async (t) => {
  await createEmpty(t, "with-operations");
  const path = [GROUP, SERVICE, "with-operations"];
  const parameters = {
    displayName: "Read", method: "GET", urlTemplate: "/a/{id}",
    templateParameters: [{ name: "id", type: "string", required: true }],
  };
  const { eTag } = await management.apiOperation.createOrUpdate(...path, "read", parameters);
  assert.equal((await management.apiOperation.getEntityTag(...path, "read")).eTag, eTag);
  const updated = await management.apiOperation.update(...path, "read", eTag, { displayName: "Changed" });
  assert.equal(updated.displayName, "Changed");
  await refused(management.apiOperation.delete(...path, "read", eTag), 412, "PreconditionFailed");
  const undeclared = { displayName: "Read", method: "GET", urlTemplate: "/b/{id}" };
  await refused(management.apiOperation.createOrUpdate(...path, "bad", undeclared), 400, "ValidationError");
  await refused(management.apiOperation.createOrUpdate(...path, "again", parameters), 400);
  await management.apiOperationPolicy.createOrUpdate(...path, "read", "policy", { format: "xml", value: POLICY });
  assert.equal((await management.apiOperationPolicy.listByOperation(...path, "read")).value.length, 1);
  await management.apiOperationPolicy.delete(...path, "read", "policy", "*");
  await management.apiOperation.delete(...path, "read", "*");
  await refused(management.apiOperation.get(...path, "read"), 404);
});

test("schemas", async (t) => {
  await createEmpty(t, "with-schemas");
  const path = [GROUP, SERVICE, "with-schemas", "types"];
  const parameters = {
    contentType: "application/vnd.ms-azure-apim.xsd+xml",
    value: '<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema"/>',
  };
  const created = await management.apiSchema.beginCreateOrUpdateAndWait(...path, parameters, POLLING);
  assert.equal(created.contentType, parameters.contentType);
  assert.ok((await management.apiSchema.getEntityTag(...path)).eTag);
  await management.apiSchema.delete(...path, "*");
  await refused(management.apiSchema.get(...path), 404);
});

test("policies", async (t) => {
  await createEmpty(t, "with-policies");
  const path = [GROUP, SERVICE, "with-policies", "policy"];
  await management.apiPolicy.createOrUpdate(...path, { format: "rawxml", value: POLICY });
  for (const format of ["rawxml", "xml"]) {
    // The SDK expects XML and does not read JSON, which API Management sends.
    let body;
    await management.apiPolicy.get(...path, { format, onResponse: (response) => { body = response.bodyAsText; } });
    assert.deepEqual(JSON.parse(body).properties, { format, value: POLICY });
  }
  await management.apiPolicy.delete(...path, "*");
  await refused(management.apiPolicy.get(...path), 404);
  await management.policy.createOrUpdate(GROUP, SERVICE, "policy", { format: "xml", value: POLICY });
  assert.equal((await all(management.policy.listByService(GROUP, SERVICE))).length, 1);
  await management.policy.delete(GROUP, SERVICE, "policy", "*");
});

test("revisions and releases", async (t) => {
  await createEmpty(t, "revised");
  const path = [GROUP, SERVICE, "revised"];
  const revision = { path: "revised", sourceApiId: "/apis/revised", apiRevisionDescription: "Two" };
  await management.api.beginCreateOrUpdateAndWait(GROUP, SERVICE, "revised;rev=2", revision, POLLING);
  const revisions = await all(management.apiRevision.listByService(...path));
  assert.deepEqual(revisions.map((r) => r.apiRevision).sort(), ["1", "2"]);
  const parameters = { apiId: "/apis/revised;rev=2", notes: "New" };
  const release = await management.apiRelease.createOrUpdate(...path, "first", parameters);
  assert.ok(release.createdDateTime instanceof Date);
  assert.equal((await management.api.get(...path)).apiRevision, "2");
  assert.equal((await management.apiRelease.getEntityTag(...path, "first")).eTag, release.eTag);
  const updated = await management.apiRelease.update(...path, "first", release.eTag, { notes: "Changed" });
  assert.equal(updated.notes, "Changed");
  assert.equal((await all(management.apiRelease.listByService(...path))).length, 1);
  await management.apiRelease.delete(...path, "first", "*");
  await refused(management.apiRelease.get(...path, "first"), 404);
});

test("version sets", async () => {
  const path = [GROUP, SERVICE, "node-set"];
  const parameters = { displayName: "Set", versioningScheme: "Segment" };
  const { eTag } = await management.apiVersionSet.createOrUpdate(...path, parameters);
  const updated = await management.apiVersionSet.update(...path, eTag, { description: "Changed" });
  assert.equal(updated.description, "Changed");
  assert.ok(names(await all(management.apiVersionSet.listByService(GROUP, SERVICE))).includes("node-set"));
  const nameless = { displayName: "Set", versioningScheme: "Query" };
  await refused(management.apiVersionSet.createOrUpdate(GROUP, SERVICE, "bad", nameless), 400, "ValidationError");
  await management.apiVersionSet.delete(...path, "*");
  await refused(management.apiVersionSet.get(...path), 404);
});

test("products", async (t) => {
  await createEmpty(t, "sold");
  const path = [GROUP, SERVICE, "node-product"];
  const created = await management.product.createOrUpdate(...path, { displayName: "Product" });
  assert.deepEqual([created.state, created.approvalRequired], ["notPublished", false]);
  assert.equal((await management.product.update(...path, created.eTag, { state: "published" })).state, "published");
  await management.productApi.createOrUpdate(...path, "sold");
  await management.productApi.checkEntityExists(...path, "sold");
  assert.deepEqual(names(await all(management.productApi.listByProduct(...path))), ["sold"]);
  assert.deepEqual(names(await all(management.apiProduct.listByApis(GROUP, SERVICE, "sold"))), ["node-product"]);
  await management.productPolicy.createOrUpdate(...path, "policy", { format: "xml", value: POLICY });
  assert.equal((await all(management.productPolicy.listByProduct(...path))).length, 1);
  await management.productApi.delete(...path, "sold");
  assert.deepEqual(await all(management.productApi.listByProduct(...path)), []);
  await management.product.delete(...path, "*", { deleteSubscriptions: true });
  await refused(management.product.get(...path), 404);
});

test("tags", async (t) => {
  await createBookshop(t, "tagged");
  const path = [GROUP, SERVICE, "node-tag"];
  const onApi = [GROUP, SERVICE, "tagged", "node-tag"];
  const onOperation = [GROUP, SERVICE, "tagged", "listBooks", "node-tag"];
  await management.tag.createOrUpdate(...path, { displayName: "Tag" });
  await management.tag.assignToApi(...onApi);
  assert.ok((await management.tag.getEntityStateByApi(...onApi)).eTag);
  assert.deepEqual(names(await all(management.tag.listByApi(GROUP, SERVICE, "tagged"))), ["node-tag"]);
  assert.ok((await all(management.api.listByTags(GROUP, SERVICE))).some(({ tag }) => tag.name === "Tag"));
  await management.tag.assignToOperation(...onOperation);
  const tags = await all(management.tag.listByOperation(GROUP, SERVICE, "tagged", "listBooks"));
  assert.deepEqual(names(tags), ["node-tag"]);
  await management.tag.detachFromOperation(...onOperation);
  const description = { description: "Words", externalDocsUrl: "https://x.example.com" };
  await management.apiTagDescription.createOrUpdate(...onApi, description);
  assert.equal((await all(management.apiTagDescription.listByService(GROUP, SERVICE, "tagged"))).length, 1);
  await management.apiTagDescription.delete(...onApi, "*");
  await management.tag.detachFromApi(...onApi);
  await management.tag.assignToProduct(GROUP, SERVICE, "starter", "node-tag");
  assert.ok((await management.tag.getEntityStateByProduct(GROUP, SERVICE, "starter", "node-tag")).eTag);
  await management.tag.detachFromProduct(GROUP, SERVICE, "starter", "node-tag");
  assert.equal((await management.tag.update(...path, "*", { displayName: "Other" })).displayName, "Other");
  await management.tag.delete(...path, "*");
  await refused(management.tag.get(...path), 404);
});

test("named values", async () => {
  const path = [GROUP, SERVICE, "node-value"];
  const parameters = { displayName: "node-value", value: "v", secret: true, tags: ["a"] };
  const created = await management.namedValue.beginCreateOrUpdateAndWait(...path, parameters, POLLING);
  assert.equal(created.value, undefined);
  assert.equal((await management.namedValue.listValue(...path)).value, "v");
  const updated = await management.namedValue.beginUpdateAndWait(...path, "*", { secret: false }, POLLING);
  assert.deepEqual([updated.secret, updated.value], [false, "v"]);
  assert.ok(names(await all(management.namedValue.listByService(GROUP, SERVICE))).includes("node-value"));
  await management.namedValue.delete(...path, "*");
  await refused(management.namedValue.get(...path), 404);
});

test("backends", async () => {
  const path = [GROUP, SERVICE, "node-backend"];
  const created = await management.backend.createOrUpdate(...path, { url: "https://x.example.com", protocol: "http" });
  await management.backend.update(...path, created.eTag, { description: "Changed" });
  assert.equal((await management.backend.get(...path)).description, "Changed");
  assert.ok(names(await all(management.backend.listByService(GROUP, SERVICE))).includes("node-backend"));
  await management.backend.delete(...path, "*");
  await refused(management.backend.get(...path), 404);
});

test("resolvers", async () => {
  const path = [GROUP, SERVICE, "museum", "node-resolver"];
  const created = await management.graphQLApiResolver.createOrUpdate(...path, { displayName: "R", path: "Query/items" });
  await management.graphQLApiResolver.update(...path, created.eTag, { description: "Changed" });
  const resolvers = await all(management.graphQLApiResolver.listByApi(GROUP, SERVICE, "museum"));
  assert.equal(resolvers.find(({ name }) => name === "node-resolver").description, "Changed");
  await management.graphQLApiResolver.delete(...path, "*");
  await refused(management.graphQLApiResolver.get(...path), 404);
});

test("wikis and documentations", async (t) => {
  await createEmpty(t, "documented");
  const path = [GROUP, SERVICE, "node-page"];
  const created = await management.documentation.createOrUpdate(...path, { title: "Page", content: "# Page" });
  assert.equal((await management.documentation.update(...path, created.eTag, { title: "Other" })).title, "Other");
  const wiki = { documents: [{ documentationId: "node-page" }] };
  await management.apiWiki.createOrUpdate(GROUP, SERVICE, "documented", wiki);
  assert.deepEqual((await management.apiWiki.get(GROUP, SERVICE, "documented")).documents, wiki.documents);
  await management.apiWiki.delete(GROUP, SERVICE, "documented", "*");
  await management.documentation.delete(...path, "*");
  await refused(management.documentation.get(...path), 404);
});

test("gateways", async (t) => {
  await createEmpty(t, "hosted");
  const path = [GROUP, SERVICE, "node-gateway"];
  const created = await management.gateway.createOrUpdate(...path, { locationData: { name: "Here" }, description: "G" });
  assert.equal((await management.gateway.update(...path, created.eTag, { description: "H" })).description, "H");
  await management.gatewayApi.createOrUpdate(...path, "hosted");
  assert.deepEqual(names(await all(management.gatewayApi.listByService(...path))), ["hosted"]);
  await management.gatewayApi.delete(...path, "hosted");
  await management.gateway.delete(...path, "*");
  await refused(management.gateway.get(...path), 404);
});

test("workspaces", async () => {
  const path = [GROUP, SERVICE, "node-workspace"];
  await management.workspace.createOrUpdate(...path, { displayName: "Workspace" });
  const parameters = { displayName: "Inside", path: "inside", protocols: ["https"] };
  await management.workspaceApi.beginCreateOrUpdateAndWait(...path, "inside", parameters, POLLING);
  assert.deepEqual(names(await all(management.workspaceApi.listByService(...path))), ["inside"]);
  assert.ok(!names(await all(management.api.listByService(GROUP, SERVICE))).includes("inside"));
  await management.workspace.delete(...path, "*");
  await refused(management.workspace.get(...path), 404);
});
