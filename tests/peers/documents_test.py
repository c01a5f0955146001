"""Exports of imported documents: valid in their formats, and with the same meaning as the imports."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import graphql
import yaml
import zeep
from lxml import etree
from openapi_spec_validator import validate

SERVICE = ["-g", "myResourceGroup", "-n", "myAPIManagement"]
BOOK = {"type": "object", "required": ["title"], "properties": {
    "title": {"type": "string"}, "year": {"type": "integer", "format": "int32"},
    "authors": {"type": "array", "items": {"type": "string"}}}}
METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}

OPENAPI = {
    "openapi": "3.0.1",
    "info": {"title": "Bookshop", "version": "1.0", "description": "Sells books."},
    "servers": [{"url": "https://books.example.com/v1"}],
    "paths": {
        "/books": {
            "get": {
                "operationId": "listBooks", "summary": "List the books",
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                    {"name": "tags", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                    {"name": "x-trace", "in": "header", "schema": {"type": "string"}},
                ],
                "responses": {"200": {
                    "description": "Books",
                    "headers": {"x-next": {"description": "The next page", "schema": {"type": "string"}}},
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Books"}}}}},
            },
            "post": {
                "operationId": "addBook", "summary": "Add a book",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Book"}}}},
                "responses": {"201": {"description": "Added"}, "400": {"description": "Refused"}},
            },
        },
        "/books/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {
                "operationId": "readBook", "summary": "Read a book",
                "responses": {"200": {"description": "A book",
                                      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Book"}}}}},
            },
            "delete": {"operationId": "removeBook", "summary": "Remove a book",
                       "responses": {"204": {"description": "Removed"}}},
        },
        "/search": {
            "get": {
                "operationId": "search", "summary": "Search",
                "parameters": [{"name": "q", "in": "query", "required": True, "schema": {"type": "string"}}],
                "responses": {"200": {"description": "Titles", "content": {"application/json": {
                    "schema": {"type": "array", "items": {"type": "string"}}}}}},
            },
        },
    },
    "components": {"schemas": {"Book": BOOK, "Books": {"type": "array", "items": {"$ref": "#/components/schemas/Book"}}}},
}

SWAGGER = {
    "swagger": "2.0",
    "info": {"title": "Library", "version": "2.0"},
    "host": "library.example.com", "basePath": "/v2", "schemes": ["https"],
    "consumes": ["application/json"], "produces": ["application/json"],
    "paths": {
        "/loans": {
            "get": {
                "operationId": "listLoans", "summary": "List the loans",
                "parameters": [{"name": "state", "in": "query", "type": "string", "enum": ["open", "closed"]},
                               {"name": "ids", "in": "query", "type": "array", "items": {"type": "integer"}}],
                "responses": {"200": {"description": "Loans", "schema": {"type": "array", "items": {"$ref": "#/definitions/Loan"}},
                                      "headers": {"x-total": {"type": "integer"}}}},
            },
            "post": {
                "operationId": "lend", "summary": "Lend",
                "parameters": [{"name": "loan", "in": "body", "schema": {"$ref": "#/definitions/Loan"}}],
                "responses": {"201": {"description": "Lent"}},
            },
        },
    },
    "definitions": {"Loan": {"type": "object", "properties": {"book": {"type": "string"}, "days": {"type": "integer"}}}},
}

WSDL = """<?xml version="1.0" encoding="utf-8"?>
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:sums" targetNamespace="urn:sums">
  <types>
    <xs:schema targetNamespace="urn:sums" elementFormDefault="qualified">
      <xs:element name="Add"><xs:complexType><xs:sequence>
        <xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:int"/></xs:sequence></xs:complexType></xs:element>
      <xs:element name="AddResponse"><xs:complexType><xs:sequence>
        <xs:element name="sum" type="xs:int"/></xs:sequence></xs:complexType></xs:element>
    </xs:schema>
  </types>
  <message name="AddIn"><part name="parameters" element="t:Add"/></message>
  <message name="AddOut"><part name="parameters" element="t:AddResponse"/></message>
  <portType name="Sums"><operation name="Add"><input message="t:AddIn"/><output message="t:AddOut"/></operation></portType>
  <binding name="SumsSoap" type="t:Sums">
    <soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="Add"><soap:operation soapAction="urn:sums/Add" style="document"/>
      <input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation>
  </binding>
  <service name="Calculator"><port name="SumsSoap" binding="t:SumsSoap">
    <soap:address location="http://sums.example.com/sums.asmx"/></port></service>
</definitions>
"""

WADL = """<?xml version="1.0" encoding="utf-8"?>
<application xmlns="http://wadl.dev.java.net/2009/02" xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <resources base="https://clock.example.com/v1">
    <resource path="/times/{zone}">
      <param name="zone" style="template" type="xs:string" required="true"/>
      <method name="GET" id="readTime">
        <request><param name="format" style="query" type="xs:string"/></request>
        <response status="200"><representation mediaType="application/json"/></response>
      </method>
    </resource>
  </resources>
</application>
"""

SDL = '''"""The museum."""
type Query { painting(id: ID!): Painting, paintings(year: Int = 1900): [Painting!]! }
type Painting { id: ID!, title: String, painters: [Painter!] }
interface Named { name: String! }
type Painter implements Named { name: String! }
enum Style { BAROQUE MODERN }
input Filter { style: Style }
type Mutation { add(filter: Filter): Painting }
'''


def azr(*arguments):
    done = subprocess.run([os.environ["AZR"], *arguments], capture_output=True, text=True)
    assert done.returncode == 0, f"azr {arguments}: {done.stderr}"
    return done.stdout


def import_document(api, format, text, *options):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "document"
        path.write_text(text)
        azr("apim", "api", "import", *SERVICE, "--api-id", api, "--path", api, "--specification-format", format,
            "--specification-path", str(path), *options)


def export(api, format):
    return azr("apim", "api", "export", *SERVICE, "--api-id", api, "--export-format", format, "--file-path", "-")


def resolve(document, value):
    """The value with its references replaced; the documents have no recursive schemas."""
    if isinstance(value, list):
        return [resolve(document, item) for item in value]
    if not isinstance(value, dict):
        return value
    if reference := value.get("$ref"):
        target = document
        for segment in reference.removeprefix("#/").split("/"):
            target = target[segment.replace("~1", "/").replace("~0", "~")]
        return resolve(document, target)
    # Exports have the examples of the operation's representations.
    return {name: resolve(document, item) for name, item in value.items() if name not in ("example", "examples")}


def parameter(item):
    """What a parameter is: API Management has no format of one, and writes an enum as the values of its own."""
    schema = item.get("schema", item)
    kept = {name: schema[name] for name in ("type", "items", "enum") if name in schema}
    return bool(item.get("required")), kept


def meaning(document):
    """The operations of an OpenAPI or Swagger document, with references resolved."""
    operations = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method not in METHODS:
                continue
            parameters = resolve(document, item.get("parameters", []) + operation.get("parameters", []))
            bodies = [p["schema"] for p in parameters if p["in"] == "body"]
            content = resolve(document, operation.get("requestBody", {})).get("content", {})
            responses = {}
            for status, response in resolve(document, operation["responses"]).items():
                schemas = {media: value.get("schema", {}) for media, value in response.get("content", {}).items()}
                headers = {name: parameter(value)[1] for name, value in response.get("headers", {}).items()}
                responses[str(status)] = (response["description"], headers, schemas or response.get("schema"))
            operations[method, path] = {
                "summary": operation.get("summary"), "id": operation.get("operationId"),
                "parameters": {(p["in"], p["name"]): parameter(p) for p in parameters if p["in"] != "body"},
                "body": bodies or {media: value.get("schema") for media, value in content.items()},
                "responses": responses,
            }
    return operations


class Documents(unittest.TestCase):
    maxDiff = None

    def check_openapi(self, exported, imported):
        validate(exported)
        self.assertEqual(exported["info"]["title"], imported["info"]["title"])
        self.assertEqual(meaning(exported), meaning(imported))

    def test_openapi(self):
        import_document("bookshop", "OpenApiJson", json.dumps(OPENAPI))
        self.check_openapi(json.loads(export("bookshop", "OpenApiJsonFile")), OPENAPI)
        self.check_openapi(yaml.safe_load(export("bookshop", "OpenApiYamlFile")), OPENAPI)
        validate(json.loads(export("bookshop", "SwaggerFile")))
        etree.fromstring(export("bookshop", "WadlFile").encode())

    def test_an_openapi_document_that_was_changed(self):
        # Without a change, an export may be the imported document.
        import_document("bookshop-changed", "OpenApiJson", json.dumps(OPENAPI))
        azr("apim", "api", "operation", "create", *SERVICE, "--api-id", "bookshop-changed", "--operation-id", "closing",
            "--display-name", "Closing time", "--method", "GET", "--url-template", "/closing")
        exported = json.loads(export("bookshop-changed", "OpenApiJsonFile"))
        validate(exported)
        operations = meaning(exported)
        self.assertEqual(operations.pop(("get", "/closing"))["summary"], "Closing time")
        self.assertEqual(operations, meaning(OPENAPI))

    def test_swagger(self):
        import_document("loans", "Swagger", json.dumps(SWAGGER))
        self.check_openapi(json.loads(export("loans", "SwaggerFile")), SWAGGER)
        validate(json.loads(export("loans", "OpenApiJsonFile")))

    def test_wsdl(self):
        import_document("sums", "Wsdl", WSDL, "--api-type", "soap")
        self.assertEqual(self.soap_operations(export("sums", "WsdlFile")), self.soap_operations(WSDL))

    def soap_operations(self, text):
        with tempfile.NamedTemporaryFile(suffix=".wsdl") as file:
            file.write(text.encode())
            file.flush()
            client = zeep.Client(file.name)
        return {(service.name, port.name, operation.name): (
                    operation.input.signature(), operation.output.signature(), operation.soapaction)
                for service in client.wsdl.services.values() for port in service.ports.values()
                for operation in port.binding.all().values()}

    def test_wadl(self):
        import_document("clock", "Wadl", WADL, "--display-name", "Clock")
        self.assertEqual(self.wadl_methods(export("clock", "WadlFile")), self.wadl_methods(WADL))

    def wadl_methods(self, text):
        """The methods of a WADL document with their parameters; its published schema has no validator that needs no network."""
        names = {"w": "http://wadl.dev.java.net/2009/02"}
        root = etree.fromstring(text.encode())
        self.assertEqual(root.tag, f"{{{names['w']}}}application")
        methods = {}
        for resource in root.xpath("w:resources/w:resource", namespaces=names):
            for method in resource.xpath("w:method", namespaces=names):
                parameters = resource.xpath("w:param", namespaces=names) + method.xpath("w:request/w:param", namespaces=names)
                methods[method.get("name"), resource.get("path")] = sorted(
                    (p.get("style"), p.get("name"), p.get("required") == "true") for p in parameters)
        return methods

    def test_graphql(self):
        api = [*SERVICE, "--api-id", "museum-2"]
        azr("apim", "api", "create", *api, "--path", "museum-2", "--display-name", "Museum", "--api-type", "graphql",
            "--service-url", "https://museum.example.com/graphql", "--protocols", "https")
        with tempfile.NamedTemporaryFile(mode="w", suffix=".graphql") as file:
            file.write(SDL)
            file.flush()
            azr("apim", "api", "schema", "create", *api, "--schema-id", "graphql", "--schema-path", file.name,
                "--schema-type", "application/vnd.ms-azure-apim.graphql.schema")
        schema = azr("apim", "api", "schema", "show", *api, "--schema-id", "graphql", "--query", "value", "-o", "tsv")
        exported, imported = (graphql.build_schema(text) for text in (schema, SDL))
        self.assertEqual(graphql.validate_schema(exported), [])
        self.assertEqual(graphql.print_schema(exported), graphql.print_schema(imported))


if __name__ == "__main__":
    unittest.main()
