"""Random command lines for az and azr, the same ones for the same seed.

    tests/peers/random_lines.py COUNT [--seed N]      prints them

A line is a command of az's option table (tests/data/az_commands.json) with its required options, some of the others, and
values that az reads in special ways: shorthand syntax, quotes, null, numbers of Python, files, tags, ids. Some lines have a
mistake.
"""
import argparse
import json
import pathlib
import random
import shlex

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCOPE = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myResourceGroup/providers"
CENTER = f"{SCOPE}/Microsoft.ApiCenter/services/myAPICenter"
APIM = f"{SCOPE}/Microsoft.ApiManagement/service/myAPIManagement"
API = f"{CENTER}/workspaces/default/apis/swagger-petstore"

# What takes long, or removes what other lines need.
LEFT_OUT = {
    "apic delete", "apic create", "apic import-from-apim", "apim api wait", "apim apply-network-updates", "apim backup",
    "apim create", "apim delete", "apim deletedservice purge", "apim nv wait", "apim product wait", "apim restore",
    "apim wait", "apim api schema wait", "apic integration create aws", "apic integration create apim",
    "apic api-analysis import-ruleset", "apic api-analysis export-ruleset", "account set", "apim api export",
}

# Files that values refer to, in the folder that the lines run in.
FILES = {
    "text.txt": "from a file\n",
    "name.txt": "swagger-petstore\n",
    "contacts.json": '[{"name": "Ann", "email": "ann@example.com"}]',
    "license.yaml": "name: N\nurl: https://example.com\n",
    "properties.json": '{"extra": {"large": 18446744073709551617, "float": 1.50}}',
    "document.json": '{"openapi": "3.0.1", "info": {"title": "T", "version": "1"}, "paths": {}}',
}

TEXTS = [
    "Orders", "two words", "'quoted'", "'it'/'s'", "null", "''", "", "true", "5", "1.10", "@text.txt", "@missing", "a=b",
    "Ünï—", "{a:b}", "[a]", "a,b", "-x y", "??", "007", "\"double\"", "@owner/team", "x" * 300,
]
IDS = ["orders", "Orders-2", "a", "x_y", "swagger-petstore", "o" * 91, "with space", "'orders'", "null", "@name.txt"]
QUERIES = [
    "name", "[].name", "length(@)", "keys(@)", "{a:name,b:id}", "[?name!=null].name | [0]", "to_string(@)", "@",
    "sort_by([], &name)[].name", "customProperties", "[0].id", "contains(name, 'a')", "type(@)", "[*].[name, id]", "x[",
    "sum(`[18446744073709551617, 1]`)", "`1.50`", "max(`[1, 2.5]`)", "not_null(title, name)", "`{\"a\": 1e3}`",
]
CUSTOM_PROPERTIES = [
    "{extra:{n:1}}", "extra.n=1", "extra={n:18446744073709551617}", "{extra:{n:1.50,e:1e3,z:-0,t:'1'}}", "extra={}",
    "@properties.json", "properties.json", "{extra:{a:[1,b,null]}}", "{extra:{a:true,b:'x y'}}", "null", "{}", "extra=null",
    '{"extra": {"n": 1.0}}', "{extra:{n:007,h:0x10}}", "extra.a.b.c=5", "extra='text'", "{extra:{a:}}", "{extra:{'a b':1}}",
]
STRUCTURED = {
    "--contacts": [
        "[{name:Ann,email:a@b.c}]", "[0].name=Ann", "[]", "null", "[{name:null}]", "@contacts.json", "contacts.json",
        '[{"name":"Ann"}]', "[{name:'A B',url:https://example.com}]", "{name:Ann}", "[{nome:Ann}]", "[", "??",
    ],
    "--custom-properties": CUSTOM_PROPERTIES,
    "--external-documentation": [
        "[{title:Docs,url:'https://example.com'}]", "[]", "[{url:https://example.com}]", "[0].title=T [0].url=https://x",
    ],
    "--license": [
        "{name:MIT}", "name=MIT", "name=MIT url='https://example.com'", "{}", "null", "@license.yaml", "license.yaml",
        "{name:'M I T',identifier:MIT}", "{name:5}", "name=null", "{name:MIT,}", "url=??",
    ],
    "--specification": ["name=openapi", "{name:openapi,version:3.0.1}", '{"name":"openapi","version":"3.0.1"}', "{}",
                        "version=1.10 name=openapi"],
    "--server": ["{runtimeUri:[https://example.com]}", "runtimeUri=[https://a.example.com,https://b.example.com]",
                 "runtimeUri[0]='https://example.com'", '{"runtimeUri":["https://example.com"]}', "{}"],
    "--onboarding": ["{instructions:'Ask us'}", "instructions=Ask", "developerPortalUri=[https://example.com]", "{}"],
    "--assignments": ["[{entity:api}]", "[{entity:api,required:true,deprecated:false}]", "[0].entity=api", "[]", "[{entity:x}]"],
    "--schema": ['{"type":"object"}', '{"type":"string","title":"S"}', "{}"],
    "--tags": ["a=b", "a=b c=d", "a", "", "a=", "{a:b}", "a=b=c"],
    "--ids": [API, f"{API} {API}", f"{CENTER}/workspaces/default/apis/none", "x", "@missing"],
}
# The values of simple options.
SIMPLE = {
    "--resource-group": ["myResourceGroup"] * 60 + ["MYRESOURCEGROUP", "nowhere", "'myResourceGroup'", "null", "bad/name"],
    "--title": TEXTS, "--description": TEXTS, "--summary": TEXTS, "--display-name": TEXTS, "--api-type": ["http"],
    "--type": ["rest", "REST", "graphql", "nonsense", "'rest'"],
    "--path": ["orders", "a/b", "", "with space"],
    "--lifecycle-stage": ["design", "Production", "nonsense"],
    "--max-items": ["1", "0", "x", "'1'", "1_0", "99999999999999999999"],
    "--next-token": ["x"],
    "--top": ["1", "0", "-1", "x"], "--skip": ["1", "0", "-1", "1000"],
    "--filter": ["kind eq 'rest'", "'kind eq ''/rest''/'", "null"],
    "--value": ["plain", "'quoted'", "@document.json", "null", "@missing.json", ""],
    "--format": ["inline", "INLINE", "x"],
    "--environment-id": ["/workspaces/default/environments/prod", "x"],
    "--location": ["eastus", "East US"],
    "--scope": [APIM, CENTER, f"{SCOPE[:-len('/providers')]}", "x"],
    "--assignee": ["11111111-1111-1111-1111-111111111111"],
    "--fill-principal-name": ["false"],
    "--file-name": ["out.json", "out/none.json"],
    "--url": ["https://example.com"], "--protocol": ["http", "soap", "x"],
    "--protocols": ["https", "http https", "x"],
    "--if-match": ["*"],
    "--set": ["title=New", "properties.title=New", "customProperties.extra.n=5", "title='New'", "nonsense.deep=1",
              "summary=null", "displayName=New", "description=5"],
    "--add": ["contacts name=Bob", "contacts {name:Bob}", "x"],
    "--remove": ["summary", "contacts 0", "nonsense"],
}
NAMES = {
    "apic": {"--service-name": ["myAPICenter"] * 50 + ["MyApiCenter", "none", "'myAPICenter'"],
             "--name": ["myAPICenter"], "--api-id": ["swagger-petstore"] * 5, "--version-id": ["1-0-0"] * 4,
             "--definition-id": ["openapi"] * 4,
             "--environment-id": ["prod", "test"], "--deployment-id": ["eastus-prod", "new"],
             "--metadata-name": ["extra", "new"], "--analyzer-id": ["spectral-openapi"]},
    "apim": {"--service-name": ["myAPIManagement"] * 50 + ["none"], "--name": ["myAPIManagement"] * 6 + ["none"],
             "--api-id": ["my-api", "museum", "weather", "weather;rev=2", "none"], "--version-set-id": ["orders", "none"],
             "--product-id": ["starter", "none"], "--named-value-id": ["library-key", "none"], "--operation-id": ["none"],
             "--backend-id": ["library", "none"], "--schema-id": ["graphql", "none"], "--resolver-id": ["paintings", "none"],
             "--release-id": ["none", "r1"], "--product-name": ["Gold"], "--api-revision": ["2", "99"]},
    "identity": {"--name": ["reader", "other", "'reader'", "null"]},
    "group": {"--name": ["myResourceGroup", "nowhere"]},
    "role": {"--role": ["Reader", "API Management Service Reader Role", "none"]},
}


class Generator:
    """Makes one line after the other; lines of different commands do not depend on each other's success."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        commands = json.loads((ROOT / "tests/data/az_commands.json").read_text("utf-8"))
        self.commands = {name: options for name, options in commands.items() if name not in LEFT_OUT}
        self.count = 0

    def line(self):
        self.count += 1
        # Half of the lines are of the commands with shorthand syntax.
        names = [name for name in self.commands if name.startswith("apic ")] if self.random.random() < 0.55 else list(self.commands)
        name = self.random.choice(names)
        words = name.split()
        for option in self.options(name):
            words += self.option_words(name, option)
        words += self.global_words()
        if name.endswith("delete") and self.random.random() < 0.9 and "--yes" not in words:
            words.append("--yes")
        return shlex.join(words)

    def options(self, name):
        is_create = " create" in name
        for option in self.commands[name]:
            long = self.long(option)
            if long in ("--yes", "--no-wait"):
                continue
            is_name = long in NAMES.get(name.split()[0], {}) or long == "--resource-group"
            chance = 0.98 if option.get("required") else 0.9 if is_name and long != "--api-revision" else 0.3
            if long == "--ids":
                chance = 0.03
            elif long in ("--set", "--add", "--remove", "--force-string"):
                chance = 0.15
            elif is_create and not option.get("required"):
                chance = min(chance, 0.35)
            if self.random.random() < chance:
                yield option

    @staticmethod
    def long(option):
        return max(option["names"], key=lambda name: (name.startswith("--"), len(name)))

    def option_words(self, name, option):
        long = self.long(option)
        spelling = self.random.choice(option["names"])
        if spelling.startswith("--") and self.random.random() < 0.1:
            spelling = spelling[:self.random.randint(4, max(4, len(spelling)))]
        if long in STRUCTURED:
            values = shlex.split(self.random.choice(STRUCTURED[long])) if long != "--schema" else [self.random.choice(STRUCTURED[long])]
            if long in ("--contacts", "--custom-properties", "--license") and self.random.random() < 0.5:
                values = [self.random.choice(STRUCTURED[long])]
            return [spelling, *values]
        value = self.value(name, long, option)
        if long in ("--set", "--add", "--remove", "--protocols"):
            return [spelling, *value.split(" ")]
        if self.random.random() < 0.1 and spelling.startswith("--"):
            return [f"{spelling}={value}"]
        return [spelling, value]

    def value(self, name, long, option):
        own = NAMES.get(name.split()[0], {})
        if long == "--definition-id" and "deployment" in name:
            return self.random.choice(["/workspaces/default/apis/swagger-petstore/versions/1-0-0/definitions/openapi", "openapi"])
        is_own_id = " create" in name and long == self.last_id(name)
        if is_own_id and self.random.random() < 0.8:
            return f"random-{self.count}"
        if long.endswith(("-id", "-name")) and self.random.random() < 0.06:
            return self.random.choice(IDS)
        for values in (own.get(long), SIMPLE.get(long), option.get("choices")):
            if values:
                return self.random.choice(values)
        return self.random.choice(TEXTS)

    def last_id(self, name):
        """The option that names what a command creates."""
        kinds = {"apic api create": "--api-id", "apic api version create": "--version-id",
                 "apic api definition create": "--definition-id", "apic api deployment create": "--deployment-id",
                 "apic environment create": "--environment-id", "apic metadata create": "--metadata-name",
                 "apim api create": "--api-id", "apim nv create": "--named-value-id", "apim product create": "--product-id",
                 "apim backend create": "--backend-id", "identity create": "--name"}
        return kinds.get(name)

    def global_words(self):
        words = []
        if self.random.random() < 0.3:
            words += ["--query", self.random.choice(QUERIES)]
        if self.random.random() < 0.4:
            words += ["-o", self.random.choice(["json", "jsonc", "tsv", "table", "yaml", "yamlc", "none", "TSV", "xml"])]
        if self.random.random() < 0.03:
            words += [self.random.choice(["--nonsense", "extra-word", "--debug=x", "--subscription=none"])]
        return words


def generate(seed, count):
    generator = Generator(seed)
    return [generator.line() for _ in range(count)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print("\n".join(generate(options.seed, options.count)))


if __name__ == "__main__":
    main()
