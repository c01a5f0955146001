"""azure-mgmt-apicenter against the emulator, with and without async."""
import asyncio
import json
import unittest

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential
from azure.mgmt.apicenter import ApiCenterMgmtClient
from azure.mgmt.apicenter.aio import ApiCenterMgmtClient as AsyncApiCenterMgmtClient
from azure.mgmt.apicenter import models

from sdk_client import CENTER, GROUP, client, credential

DEFAULT = "default"
DOCUMENT = json.dumps({"openapi": "3.0.1", "info": {"title": "Echo", "version": "1.0"}, "paths": {}})


def api(title="Echo", kind="rest"):
    return models.Api(properties=models.ApiProperties(title=title, kind=kind))


class Center(unittest.TestCase):
    def setUp(self):
        self.client = client(ApiCenterMgmtClient, credential(ClientSecretCredential))
        self.addCleanup(self.client.close)

    def test_a_center_is_shown(self):
        center = self.client.services.get(GROUP, CENTER)
        self.assertEqual((center.name, center.properties.provisioning_state), (CENTER, "Succeeded"))
        self.assertIn(CENTER, [c.name for c in self.client.services.list_by_resource_group(GROUP)])
        self.assertIn(CENTER, [c.name for c in self.client.services.list_by_subscription()])
        self.assertEqual([w.name for w in self.client.workspaces.list(GROUP, CENTER)], [DEFAULT])

    def test_a_definition_is_imported_and_exported(self):
        path = (GROUP, CENTER, DEFAULT, "echo")
        created = self.client.apis.create_or_update(*path, api())
        self.assertEqual((created.name, created.properties.title, created.properties.kind), ("echo", "Echo", "rest"))
        self.assertEqual(created.type.lower(), "microsoft.apicenter/services/workspaces/apis")
        self.assertIsNotNone(created.system_data.created_at)
        version = self.client.api_versions.create_or_update(*path, "v1-0", models.ApiVersion(
            properties=models.ApiVersionProperties(title="v1-0", lifecycle_stage="testing")))
        self.assertEqual(version.properties.lifecycle_stage, "testing")
        definition = self.client.api_definitions.create_or_update(*path, "v1-0", "openapi", models.ApiDefinition(
            properties=models.ApiDefinitionProperties(title="OpenAPI")))
        self.assertEqual(definition.properties.title, "OpenAPI")
        parameters = models.ApiSpecImportRequest(
            format="inline", value=DOCUMENT,
            specification=models.ApiSpecImportRequestSpecification(name="openapi", version="3.0.1"))
        poller = self.client.api_definitions.begin_import_specification(*path, "v1-0", "openapi", parameters)
        self.assertIsNone(poller.result())
        self.assertTrue(poller.done())
        exported = self.client.api_definitions.begin_export_specification(*path, "v1-0", "openapi").result()
        self.assertEqual((exported.format, json.loads(exported.value)["info"]["title"]), ("inline", "Echo"))
        specification = self.client.api_definitions.get(*path, "v1-0", "openapi").properties.specification
        self.assertEqual((specification.name, specification.version), ("openapi", "3.0.1"))
        self.assertTrue(self.client.api_definitions.head(*path, "v1-0", "openapi"))
        self.client.apis.delete(*path)
        with self.assertRaises(ResourceNotFoundError):
            self.client.apis.head(*path)

    def test_a_list_has_all_pages(self):
        names = [f"paged-{number:03}" for number in range(120)]
        for name in names:
            self.client.apis.create_or_update(GROUP, CENTER, DEFAULT, name, api(title=name))
        listed = {item.name for item in self.client.apis.list(GROUP, CENTER, DEFAULT)}
        self.assertLessEqual(set(names), listed)
        filtered = self.client.apis.list(GROUP, CENTER, DEFAULT, filter="title eq 'paged-007'")
        self.assertEqual([item.name for item in filtered], ["paged-007"])
        for name in names:
            self.client.apis.delete(GROUP, CENTER, DEFAULT, name)

    def test_environments_deployments_and_metadata(self):
        environment = self.client.environments.create_or_update(GROUP, CENTER, DEFAULT, "by-sdk", models.Environment(
            properties=models.EnvironmentProperties(title="By SDK", kind="development")))
        self.assertEqual(environment.properties.kind, "development")
        self.client.apis.create_or_update(GROUP, CENTER, DEFAULT, "deployed", api())
        parameters = models.Deployment(properties=models.DeploymentProperties(
            title="Main", environment_id="/workspaces/default/environments/by-sdk",
            server=models.DeploymentServer(runtime_uri=["https://x.example"])))
        deployment = self.client.deployments.create_or_update(GROUP, CENTER, DEFAULT, "deployed", "main", parameters)
        self.assertEqual(deployment.properties.server.runtime_uri, ["https://x.example"])
        schema = self.client.metadata_schemas.create_or_update(GROUP, CENTER, "by-sdk", models.MetadataSchema(
            properties=models.MetadataSchemaProperties(
                schema='{"type":"string","title":"By SDK"}',
                assigned_to=[models.MetadataAssignment(entity="api", required=False)])))
        self.assertEqual(schema.properties.assigned_to[0].entity, "api")
        exported = self.client.services.begin_export_metadata_schema(
            GROUP, CENTER, models.MetadataSchemaExportRequest(assigned_to="api")).result()
        self.assertIn("by-sdk", exported.value)
        self.client.apis.delete(GROUP, CENTER, DEFAULT, "deployed")
        self.client.environments.delete(GROUP, CENTER, DEFAULT, "by-sdk")
        self.client.metadata_schemas.delete(GROUP, CENTER, "by-sdk")

    def test_errors_are_those_of_azure_core(self):
        with self.assertRaises(ResourceNotFoundError) as refused:
            self.client.apis.get(GROUP, CENTER, DEFAULT, "nothing")
        self.assertEqual(refused.exception.status_code, 404)
        with self.assertRaises(ResourceNotFoundError) as refused:
            self.client.services.get(GROUP, "nothing")
        self.assertEqual(refused.exception.error.code, "ResourceNotFound")
        with self.assertRaises(HttpResponseError) as refused:
            self.client.apis.create_or_update(GROUP, CENTER, DEFAULT, "untitled", {"properties": {"kind": "rest"}})
        self.assertEqual((refused.exception.status_code, bool(refused.exception.error.code)), (400, True))
        with self.assertRaises(HttpResponseError) as refused:
            self.client.api_definitions.begin_import_specification(GROUP, CENTER, DEFAULT, "nothing", "v1-0", "d", {
                "format": "inline", "value": "{}", "specification": {"name": "openapi", "version": "3.0.0"}}).result()
        self.assertEqual(refused.exception.status_code, 404)

    def test_a_center_is_created_updated_and_deleted(self):
        created = self.client.services.create_or_update(GROUP, "bySdk", models.Service(location="eastus", tags={"a": "b"}))
        self.assertEqual((created.location, created.tags), ("eastus", {"a": "b"}))
        updated = self.client.services.update(GROUP, "bySdk", models.ServiceUpdate(
            identity=models.ManagedServiceIdentity(type="SystemAssigned")))
        self.assertTrue(updated.identity.principal_id)
        self.client.services.delete(GROUP, "bySdk")


class CenterAsync(unittest.IsolatedAsyncioTestCase):
    async def test_pollers_and_pages(self):
        # Creating a TLS context takes longer than the slow-callback warning of asyncio allows.
        asyncio.get_running_loop().slow_callback_duration = 5
        async with (credential(AsyncClientSecretCredential) as signed_in,
                    client(AsyncApiCenterMgmtClient, signed_in) as center):
            path = (GROUP, CENTER, DEFAULT, "echo-async")
            await center.apis.create_or_update(*path, api())
            await center.api_versions.create_or_update(*path, "v1-0", models.ApiVersion(
                properties=models.ApiVersionProperties(title="v1-0", lifecycle_stage="design")))
            await center.api_definitions.create_or_update(*path, "v1-0", "openapi", models.ApiDefinition(
                properties=models.ApiDefinitionProperties(title="OpenAPI")))
            poller = await center.api_definitions.begin_import_specification(*path, "v1-0", "openapi", {
                "format": "inline", "value": DOCUMENT, "specification": {"name": "openapi", "version": "3.0.1"}})
            await poller.result()
            poller = await center.api_definitions.begin_export_specification(*path, "v1-0", "openapi")
            self.assertEqual(json.loads((await poller.result()).value)["info"]["title"], "Echo")
            self.assertIn("echo-async", [item.name async for item in center.apis.list(GROUP, CENTER, DEFAULT)])
            await center.apis.delete(*path)


if __name__ == "__main__":
    unittest.main()
