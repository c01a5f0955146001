// @azure/arm-apicenter against the emulator: the life cycle of each resource.
const assert = require("node:assert");
const test = require("node:test");
const { center, all, refused, names, GROUP, CENTER } = require("./sdk_client.cjs");

test("the operations of the provider", async () => {
  const operations = await all(center.operations.list());
  assert.ok(operations.length > 10);
  assert.ok(operations.every(({ name, display }) => name && display));
});

test("centers", async () => {
  assert.equal((await center.services.get(GROUP, CENTER)).provisioningState, "Succeeded");
  assert.ok(names(await all(center.services.listBySubscription())).includes(CENTER));
  assert.ok(names(await all(center.services.listByResourceGroup(GROUP))).includes(CENTER));
  const created = await center.services.createOrUpdate(GROUP, "byNode", {
    resource: { location: "eastus", tags: { a: "b" } },
  });
  assert.deepEqual([created.name, created.tags], ["byNode", { a: "b" }]);
  const updated = await center.services.update(GROUP, "byNode", { parameters: { location: "eastus" } });
  assert.equal(updated.name, "byNode");
  await center.services.delete(GROUP, "byNode");
  await refused(center.services.get(GROUP, "byNode"), 404, "ResourceNotFound");
  // A deletion of a center that does not exist succeeds.
  await center.services.delete(GROUP, "byNode");
});

test("refusals", async () => {
  await refused(center.services.get(GROUP, "nothing"), 404, "ResourceNotFound");
  await refused(center.services.createOrUpdate(GROUP, "a_b", { resource: { location: "eastus" } }), 400);
});
