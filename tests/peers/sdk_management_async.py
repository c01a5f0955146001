"""azure-mgmt-apimanagement with async against the emulator: the life cycle of each resource."""
import asyncio
import json
import unittest

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity.aio import ClientSecretCredential
from azure.mgmt.apimanagement import models
from azure.mgmt.apimanagement.aio import ApiManagementClient

from sdk_client import GROUP, MANAGEMENT, client, credential
from sdk_management import DEFINITION

POLICY = "<policies><inbound><base /></inbound></policies>"


async def names(paged):
    return [item.name async for item in paged]


class Management(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        # Creating a TLS context takes longer than the slow-callback warning of asyncio allows.
        asyncio.get_running_loop().slow_callback_duration = 5
        self.signed_in = credential(ClientSecretCredential)
        self.client = client(ApiManagementClient, self.signed_in)

    async def asyncTearDown(self):
        await self.client.close()
        await self.signed_in.close()

    async def create(self, name):
        parameters = models.ApiCreateOrUpdateParameter(
            display_name=name, path=name, protocols=["https"], service_url="https://x.example.com",
            authentication_settings=models.AuthenticationSettingsContract(),
            subscription_key_parameter_names=models.SubscriptionKeyParameterNamesContract(header="h", query="q"))
        poller = await self.client.api.begin_create_or_update(GROUP, MANAGEMENT, name, parameters)
        return await poller.result()

    async def delete(self, name):
        poller = await self.client.api.begin_delete(GROUP, MANAGEMENT, name, if_match="*", delete_revisions=True)
        await poller.result()

    async def test_an_api(self):
        created = await self.create("async-api")
        self.assertEqual((created.display_name, created.subscription_key_parameter_names.header), ("async-api", "h"))
        self.assertTrue(await self.client.api.get_entity_tag(GROUP, MANAGEMENT, "async-api"))

        def update(tag):
            change = models.ApiUpdateContract(description="Changed")
            return self.client.api.update(GROUP, MANAGEMENT, "async-api", if_match=tag, parameters=change)

        self.assertEqual((await update("*")).description, "Changed")
        with self.assertRaises(HttpResponseError) as refused:
            await update('"x"')
        self.assertEqual(refused.exception.status_code, 412)
        await self.delete("async-api")
        with self.assertRaises(ResourceNotFoundError):
            await self.client.api.get(GROUP, MANAGEMENT, "async-api")

    async def test_an_import_and_exports(self):
        parameters = models.ApiCreateOrUpdateParameter(path="async-echo", format="openapi+json", value=json.dumps(DEFINITION))
        poller = await self.client.api.begin_create_or_update(GROUP, MANAGEMENT, "async-echo", parameters)
        self.assertEqual((await poller.result()).display_name, "Echo")
        self.assertEqual(await names(self.client.api_operation.list_by_api(GROUP, MANAGEMENT, "async-echo")), ["echo"])
        operation = await self.client.api_operation.get(GROUP, MANAGEMENT, "async-echo", "echo")
        self.assertEqual((operation.method, operation.responses[0].status_code), ("GET", 200))
        for format in ["openapi-link", "swagger-link", "openapi+json-link", "wadl-link"]:
            exported = await self.client.api_export.get(GROUP, MANAGEMENT, "async-echo", format=format, export="true")
            link = exported.value or exported.additional_properties["properties"]["value"]
            self.assertTrue(link, format)
        await self.delete("async-echo")

    async def test_operations_schemas_and_policies(self):
        await self.create("async-parts")
        path = (GROUP, MANAGEMENT, "async-parts")
        operation = models.OperationContract(display_name="Read", method="GET", url_template="/a")
        created = await self.client.api_operation.create_or_update(*path, "read", operation)
        self.assertEqual(created.url_template, "/a")
        changed = await self.client.api_operation.update(
            *path, "read", if_match="*", parameters=models.OperationUpdateContract(description="Changed"))
        self.assertEqual(changed.description, "Changed")
        schema = models.SchemaContract(content_type="application/vnd.ms-azure-apim.xsd+xml",
                                       value='<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema"/>')
        poller = await self.client.api_schema.begin_create_or_update(*path, "types", schema)
        self.assertEqual((await poller.result()).content_type, schema.content_type)
        policy = models.PolicyContract(value=POLICY, format="xml")
        self.assertEqual((await self.client.api_policy.create_or_update(*path, "policy", policy)).value, POLICY)
        self.assertEqual((await self.client.api_policy.get(*path, "policy", format="rawxml")).format, "rawxml")
        await self.client.api_policy.delete(*path, "policy", if_match="*")
        await self.client.api_schema.delete(*path, "types", if_match="*")
        await self.client.api_operation.delete(*path, "read", if_match="*")
        self.assertEqual(await names(self.client.api_operation.list_by_api(*path)), [])
        await self.delete("async-parts")

    async def test_revisions_and_releases(self):
        await self.create("async-revised")
        parameters = models.ApiCreateOrUpdateParameter(path="async-revised", source_api_id="/apis/async-revised")
        poller = await self.client.api.begin_create_or_update(GROUP, MANAGEMENT, "async-revised;rev=2", parameters)
        await poller.result()
        revisions = [item async for item in self.client.api_revision.list_by_service(GROUP, MANAGEMENT, "async-revised")]
        self.assertEqual(sorted(item.api_revision for item in revisions), ["1", "2"])
        release = models.ApiReleaseContract(api_id="/apis/async-revised;rev=2", notes="New")
        created = await self.client.api_release.create_or_update(GROUP, MANAGEMENT, "async-revised", "first", release)
        self.assertIsNotNone(created.created_date_time)
        self.assertEqual(await names(self.client.api_release.list_by_service(GROUP, MANAGEMENT, "async-revised")), ["first"])
        self.assertEqual((await self.client.api.get(GROUP, MANAGEMENT, "async-revised")).api_revision, "2")
        await self.delete("async-revised")

    async def test_named_values(self):
        path = (GROUP, MANAGEMENT, "async-value")
        parameters = models.NamedValueCreateContract(display_name="async-value", value="v", secret=True)
        poller = await self.client.named_value.begin_create_or_update(*path, parameters)
        self.assertIsNone((await poller.result()).value)
        poller = await self.client.named_value.begin_update(
            *path, if_match="*", parameters=models.NamedValueUpdateParameters(value="w"))
        await poller.result()
        self.assertEqual((await self.client.named_value.list_value(*path)).value, "w")
        await self.client.named_value.delete(*path, if_match="*")

    async def test_products_and_tags(self):
        await self.create("async-sold")
        path = (GROUP, MANAGEMENT, "async-product")
        product = await self.client.product.create_or_update(*path, models.ProductContract(display_name="Product"))
        self.assertEqual(product.state, "notPublished")
        await self.client.product_api.create_or_update(*path, "async-sold")
        self.assertTrue(await self.client.product_api.check_entity_exists(*path, "async-sold"))
        self.assertEqual(await names(self.client.product_api.list_by_product(*path)), ["async-sold"])
        await self.client.product_api.delete(*path, "async-sold")
        await self.client.product.delete(*path, if_match="*")
        tag, on_api = (GROUP, MANAGEMENT, "async-tag"), (GROUP, MANAGEMENT, "async-sold", "async-tag")
        await self.client.tag.create_or_update(*tag, models.TagCreateUpdateParameters(display_name="Tag"))
        await self.client.tag.assign_to_api(*on_api)
        self.assertEqual(await names(self.client.tag.list_by_api(GROUP, MANAGEMENT, "async-sold")), ["async-tag"])
        self.assertTrue(await self.client.tag.get_entity_state(*tag))
        self.assertTrue(await self.client.tag.get_entity_state_by_api(*on_api))
        await self.client.tag.detach_from_api(*on_api)
        await self.client.tag.delete(*tag, if_match="*")
        await self.delete("async-sold")

    async def test_services(self):
        services = self.client.api_management_service
        poller = await services.begin_create_or_update(GROUP, "byAsync", models.ApiManagementServiceResource(
            location="eastus", sku=models.ApiManagementServiceSkuProperties(name="Developer", capacity=1),
            publisher_email="a@b.example", publisher_name="A"))
        self.assertEqual((await poller.result()).provisioning_state, "Succeeded")
        poller = await services.begin_update(GROUP, "byAsync", models.ApiManagementServiceUpdateParameters(tags={"a": "b"}))
        self.assertEqual((await poller.result()).tags, {"a": "b"})
        await end_of_deletion(await services.begin_delete(GROUP, "byAsync"))
        self.assertIn("byAsync", await names(self.client.deleted_services.list_by_subscription()))
        poller = await self.client.deleted_services.begin_purge("byAsync", "eastus")
        await poller.result()


async def end_of_deletion(poller):
    """As recorded, the operation of a deletion ends with 404, which the poller may take for an error."""
    try:
        await poller.result()
    except HttpResponseError as error:
        if error.status_code != 404:
            raise


if __name__ == "__main__":
    unittest.main()
