"""Test data for the inventory: APIs of every kind and stage, complete and incomplete, and with hostile titles."""
import json
import urllib.request

CENTER = ("/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myResourceGroup/providers/"
          "Microsoft.ApiCenter/services/myAPICenter")
WORKSPACE = f"{CENTER}/workspaces/default"
# No request may be sent to it.
OTHER_HOST = "evil.example.com"
HOSTILE = [
    "<script>document.title='owned'</script>",
    f"<img src=//{OTHER_HOST}/x onerror=alert(1)>",
    "</td></table></style></script><h1>out",
    "\"><svg onload=alert(2)> ' & &amp; `${1}`",
    "\u202eright to left\u202c {{7*7}} \u65e5\u672c\u8a9e",
    "\u0648\u0627\u062c\u0647\u0629 \u0628\u0631\u0645\u062c\u0629 v2 (\u0644\u0644\u062f\u0641\u0639)",
    f"=HYPERLINK(\"//{OTHER_HOST}\";\"x\")",
    "\uff1d1+1",
    "W" * 50,
]
SUBJECTS = [
    "Accounts", "Billing", "Bookings", "Catalogue", "Checkout", "Claims", "Customers", "Deliveries", "Documents",
    "Events", "Fraud checks", "Identity", "Inventory", "Invoices", "Ledger", "Loyalty", "Notifications", "Orders",
    "Partners", "Payments", "Payroll", "Pricing", "Products", "Quotes", "Refunds", "Reports", "Returns", "Search",
    "Shipments", "Subscriptions", "Suppliers", "Tax", "Tickets", "Treasury", "Vouchers", "Warehouses",
]
KINDS = ["rest", "rest", "rest", "graphql", "rest", "soap", "rest", "grpc", "rest", "webhook", "rest", "websocket"]
STAGES = ["production", "design", "production", "development", "production", "testing", "production", "preview",
          "production", "deprecated", "production", "retired"]
PEOPLE = ["Ada Lovelace", "Grace Hopper", "Alan Turing", "Katherine Johnson", "Edsger Dijkstra"]
ENVIRONMENTS = [("dev", "Development", "development"), ("test", "Test Europe", "testing"),
                ("prod-eu", "Production Europe", "production"), ("prod-us", "Production US", "production")]


class Center:
    def __init__(self, endpoint, token):
        self.endpoint, self.token = endpoint, token

    def send_request(self, method, path, body):
        url = f"{self.endpoint}{path}?api-version=2024-03-01"
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        request = urllib.request.Request(url, json.dumps(body).encode(), headers, method=method)
        with urllib.request.urlopen(request) as response:
            return response.status

    def put(self, path, properties):
        self.send_request("PUT", f"{WORKSPACE}/{path}", {"properties": properties})

    def create_all(self):
        schema = json.dumps({"type": "string", "title": "Owning team"})
        self.send_request("PUT", f"{CENTER}/metadataSchemas/owningTeam",
                 {"properties": {"schema": schema, "assignedTo": [{"entity": "api"}]}})
        for name, title, kind in ENVIRONMENTS:
            self.put(f"environments/{name}", {"title": title, "kind": kind})
        for number, subject in enumerate(SUBJECTS):
            self.create_api(number, subject)
        for number, text in enumerate(HOSTILE):
            self.create_hostile_api(number, text)

    def create_api(self, number, subject):
        name = subject.lower().replace(" ", "-")
        properties = {"title": subject, "kind": KINDS[number % len(KINDS)], "summary": f"All about {subject.lower()}."}
        if number % 4 in (0, 1):
            person = PEOPLE[number % len(PEOPLE)]
            email = person.lower().replace(" ", ".") + "@example.com"
            properties["contacts"] = [{"name": person, "email": email}]
        elif number % 4 == 2:
            properties["customProperties"] = {"owningTeam": f"Team {subject}"}
        self.put(f"apis/{name}", properties)
        if number % 9 == 8:
            return
        for version in range(1, number % 3 + 2):
            stage = STAGES[number % len(STAGES)] if version == 1 else "design"
            self.put(f"apis/{name}/versions/v{version}-0", {"title": f"{version}.0", "lifecycleStage": stage})
            if number % 7 == 6:
                continue
            self.put(f"apis/{name}/versions/v{version}-0/definitions/openapi", {"title": "OpenAPI"})
            self.import_document(f"apis/{name}/versions/v{version}-0/definitions/openapi", subject)
        for index in range(number % 4):
            environment = ENVIRONMENTS[(number + index) % len(ENVIRONMENTS)][0]
            self.put(f"apis/{name}/deployments/in-{environment}", {
                "title": f"In {environment}", "environmentId": f"/workspaces/default/environments/{environment}",
                "server": {"runtimeUri": [f"https://{name}.example.com"]},
            })

    def import_document(self, definition, title):
        path = "/" + title.lower().replace(" ", "-")
        paths = {path: {"get": {"summary": f"List {title.lower()}"}},
                 path + "/{id}": {"get": {"summary": f"Read one of {title.lower()}"}}}
        document = json.dumps({"openapi": "3.0.1", "info": {"title": title, "version": "1"}, "paths": paths})
        self.send_request("POST", f"{WORKSPACE}/{definition}/importSpecification", {
            "format": "inline", "value": document, "specification": {"name": "openapi", "version": "3.0.1"}})

    def create_hostile_api(self, number, text):
        contact = {"name": text[:100], "email": f"{'x' * 40}@{OTHER_HOST}", "url": "javascript:alert(3)"}
        self.put(f"apis/hostile-{number}", {"title": text[:50], "kind": "rest", "contacts": [contact]})
        self.put(f"apis/hostile-{number}/versions/v1-0", {"title": text[:50], "lifecycleStage": "design"})
