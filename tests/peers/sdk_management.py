"""azure-mgmt-apimanagement against the emulator."""
import datetime
import json
import unittest
import urllib.request

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.mgmt.apimanagement import ApiManagementClient
from azure.mgmt.apimanagement.models import (
    ApiCreateOrUpdateParameter, ApiManagementServiceResource, ApiManagementServiceSkuProperties, ApiUpdateContract,
    ApiVersionSetContract, NamedValueCreateContract, ProductContract)

from sdk_client import GROUP, MANAGEMENT, client, credential

DEFINITION = {"openapi": "3.0.1", "info": {"title": "Echo", "version": "1.0"},
              "servers": [{"url": "https://echo.example.com"}],
              "paths": {"/echo": {"get": {"operationId": "echo", "summary": "Say it again",
                                          "responses": {"200": {"description": "Said."}}}}}}


class Management(unittest.TestCase):
    def setUp(self):
        self.client = client(ApiManagementClient, credential(ClientSecretCredential))
        self.addCleanup(self.client.close)

    def test_services_are_listed_and_shown(self):
        services = list(self.client.api_management_service.list())
        self.assertEqual([s.name for s in services], [MANAGEMENT])
        service = self.client.api_management_service.get(GROUP, MANAGEMENT)
        self.assertEqual((service.sku.name, service.location, service.publisher_email),
                         ("Developer", services[0].location, "apis@contoso.com"))
        self.assertIsInstance(service.created_at_utc, datetime.datetime)
        self.assertTrue(service.etag)
        self.assertEqual(service.provisioning_state, "Succeeded")

    def test_a_list_has_all_pages(self):
        apis = list(self.client.api.list_by_service(GROUP, MANAGEMENT))
        names = {api.name for api in apis}
        self.assertEqual(len(names), len(apis))
        self.assertGreater(len(apis), 250)
        self.assertIn("my-api", names)
        pages = [len(list(page)) for page in self.client.api.list_by_service(GROUP, MANAGEMENT).by_page()]
        self.assertEqual(pages[:2], [100, 100])
        first = list(self.client.api.list_by_service(GROUP, MANAGEMENT, top=50))
        self.assertEqual([api.name for api in first], [api.name for api in apis[:50]])

    def test_a_list_can_be_filtered(self):
        apis = self.client.api.list_by_service(GROUP, MANAGEMENT, filter="startswith(name,'orders-')")
        self.assertEqual([api.api_version for api in apis], ["v1", "v2"])
        apis = self.client.api.list_by_service(GROUP, MANAGEMENT, filter="name eq 'orders-v1'",
                                                expand_api_version_set=True)
        self.assertEqual([api.api_version_set.name for api in apis], ["Orders"])

    def test_an_api_has_the_members_of_its_model(self):
        api = self.client.api.get(GROUP, MANAGEMENT, "my-api")
        self.assertEqual((api.display_name, api.path, api.api_type, api.is_current),
                         ("City Library", "library", None, True))
        self.assertEqual((api.contact.email, api.license.name), ("desk@library.example.com", "MIT"))
        self.assertTrue(api.id.endswith("/apis/my-api"))
        operations = list(self.client.api_operation.list_by_api(GROUP, MANAGEMENT, "my-api"))
        self.assertTrue(all(operation.method and operation.url_template for operation in operations))
        self.assertGreater(len(operations), 1)
        self.assertEqual(self.client.api.get(GROUP, MANAGEMENT, "museum").api_type, "graphql")

    def test_an_api_is_imported_updated_exported_and_deleted(self):
        parameters = ApiCreateOrUpdateParameter(path="echo", format="openapi+json", value=json.dumps(DEFINITION))
        poller = self.client.api.begin_create_or_update(GROUP, MANAGEMENT, "echo", parameters)
        created = poller.result()
        self.assertTrue(poller.done())
        self.assertEqual((created.name, created.display_name, created.service_url), ("echo", "Echo", "https://echo.example.com"))
        # The generated method returns whether the API exists, not the header.
        self.assertTrue(self.client.api.get_entity_tag(GROUP, MANAGEMENT, "echo"))
        etag = self.client.api.get_entity_tag(GROUP, MANAGEMENT, "echo",
                                              cls=lambda response, *_: response.http_response.headers["ETag"])
        updated = self.client.api.update(GROUP, MANAGEMENT, "echo", etag, ApiUpdateContract(description="Said twice"))
        self.assertEqual(updated.description, "Said twice")
        with self.assertRaises(HttpResponseError) as refused:
            self.client.api.update(GROUP, MANAGEMENT, "echo", etag, ApiUpdateContract(description="Too late"))
        self.assertEqual((refused.exception.status_code, refused.exception.error.code), (412, "PreconditionFailed"))

        result = self.client.api_export.get(GROUP, MANAGEMENT, "echo", "openapi+json-link", "true")
        self.assertTrue(result.id.endswith("/apis/echo"))
        self.assertEqual(result.export_result_format, "openapi+json-link")
        link = result.value.link if result.value else result.additional_properties["properties"]["value"]["link"]
        with urllib.request.urlopen(link) as answer:
            self.assertEqual(json.load(answer)["info"]["title"], "Echo")

        self.client.api.begin_delete(GROUP, MANAGEMENT, "echo", "*", delete_revisions=True).result()
        with self.assertRaises(ResourceNotFoundError):
            self.client.api.get(GROUP, MANAGEMENT, "echo")

    def test_errors_are_those_of_azure_core(self):
        with self.assertRaises(ResourceNotFoundError) as refused:
            self.client.api.get(GROUP, MANAGEMENT, "nothing")
        self.assertEqual((refused.exception.status_code, refused.exception.error.code), (404, "ResourceNotFound"))
        with self.assertRaises(ResourceNotFoundError) as refused:
            self.client.api.get(GROUP, "nothing", "my-api")
        self.assertEqual(refused.exception.error.code, "ResourceNotFound")
        with self.assertRaises(ResourceNotFoundError) as refused:
            self.client.api.get("nowhere", MANAGEMENT, "my-api")
        self.assertEqual(refused.exception.error.code, "ResourceGroupNotFound")
        with self.assertRaises(HttpResponseError) as refused:
            wrong = ApiCreateOrUpdateParameter(path="x", format="openapi+json", value="{")
            self.client.api.begin_create_or_update(GROUP, MANAGEMENT, "wrong", wrong).result()
        self.assertEqual((refused.exception.status_code, refused.exception.error.code), (400, "ValidationError"))
        with self.assertRaises(HttpResponseError) as refused:
            self.client.product.create_or_update(GROUP, MANAGEMENT, "nameless", ProductContract(display_name=""))
        self.assertEqual(refused.exception.status_code, 400)

    def test_entities_of_a_service_are_created_and_deleted(self):
        created = self.client.product.create_or_update(
            GROUP, MANAGEMENT, "gold", ProductContract(display_name="Gold", subscription_required=True,
                                                       approval_required=False, state="published"))
        self.assertEqual((created.name, created.state), ("gold", "published"))
        linked = self.client.product_api.create_or_update(GROUP, MANAGEMENT, "gold", "my-api")
        self.assertEqual(linked.display_name, "City Library")
        inside = self.client.product_api.list_by_product(GROUP, MANAGEMENT, "gold")
        self.assertEqual([api.name for api in inside], ["my-api"])
        self.assertTrue(self.client.product_api.check_entity_exists(GROUP, MANAGEMENT, "gold", "my-api"))
        self.client.product_api.delete(GROUP, MANAGEMENT, "gold", "my-api")
        self.client.product.delete(GROUP, MANAGEMENT, "gold", "*", delete_subscriptions=True)

        parameters = NamedValueCreateContract(display_name="hidden", value="x", secret=True)
        value = self.client.named_value.begin_create_or_update(GROUP, MANAGEMENT, "hidden", parameters).result()
        self.assertEqual((value.secret, value.value), (True, None))
        self.assertEqual(self.client.named_value.list_value(GROUP, MANAGEMENT, "hidden").value, "x")
        self.client.named_value.delete(GROUP, MANAGEMENT, "hidden", "*")

        versions = self.client.api_version_set.create_or_update(
            GROUP, MANAGEMENT, "songs", ApiVersionSetContract(display_name="Songs", versioning_scheme="Segment"))
        self.assertEqual(versions.versioning_scheme, "Segment")
        self.client.api_version_set.delete(GROUP, MANAGEMENT, "songs", "*")

    def test_a_service_is_created_and_deleted_with_pollers(self):
        parameters = ApiManagementServiceResource(
            location="eastus", publisher_name="A", publisher_email="a@contoso.com",
            sku=ApiManagementServiceSkuProperties(name="Consumption", capacity=0))
        created = self.client.api_management_service.begin_create_or_update(GROUP, "bySdk", parameters).result()
        self.assertEqual((created.name, created.provisioning_state), ("bySdk", "Succeeded"))
        # As recorded, the operation of a deletion ends with 404, which the poller takes for an error.
        with self.assertRaises(HttpResponseError) as ended:
            self.client.api_management_service.begin_delete(GROUP, "bySdk").result()
        self.assertEqual(ended.exception.status_code, 404)
        self.assertNotIn("bySdk", [s.name for s in self.client.api_management_service.list_by_resource_group(GROUP)])


if __name__ == "__main__":
    unittest.main()
