"""Random command lines for az and azr, the same ones for the same seed.

    tests/peers/random_lines.py COUNT [--seed N]      prints them

A line is a command of az's option table (tests/data/az_commands.json) with its required options, some of the others, and
values that az reads in special ways: shorthand syntax, quotes, null, numbers of Python, files, tags, ids. Some lines have a
mistake, or take a value from a file, from standard input, or from a variable of the environment.
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
    "group.txt": "myResourceGroup\r\n",
    "query.txt": "[].name | sort(@)\n",
    "format.txt": "tsv",
    "empty.txt": "",
    "marked.txt": "\ufeffwith a mark\n",
    "dates.yaml": "extra:\n  day: '2024-01-31'\n  list: [1_000, 0x1F, 0o17, 017, 1e3, .5, -0, +5, 1:30, ~, yes, Off, \"é\", y]\n",
    "anchors.yaml": "extra:\n  a: &a {x: 1, y: [true, b]}\n  b: *a\n  c: {<<: *a, y: 2}\n",
    "block.yaml": "extra:\n  text: |\n    one\n    two\n  folded: >-\n    three\n    four\n  empty: ''\n",
    "tags.yaml": "extra: [!!str 12, !!int '0o17', !!float 3, ! 5, !!omap [a: 1], !!pairs [a: 1, a: 2], {!!merge x: {b: 1}}]\n",
    "set.yaml": "extra: !!set {a, b}\n",
    "binary.yml": "extra: !!binary aGVsbG8=\n",
    "two.yaml": "extra: {a: 1}\n---\nextra: {b: 2}\n",
    "comments.json": '// a comment\n{"extra": {"a": 1}}\n',
    "shorthand.txt": "{extra:{a:1}}",
    "python.txt": "{'extra': {'a': None, 'b': (1, 2)}}",
    "marked.json": '\ufeff{"extra": {"a": 1}}',
    "lines.txt": "one\r\ntwo\r\n",
    "ids.txt": f"{API}\n",
    "ids.json": json.dumps([{"id": API, "name": "swagger-petstore"}]),
}
# What `@-` reads, in the form that `list` prints.
STANDARD_INPUT = json.dumps([{"id": API}])

TEXTS = [
    "Orders", "two words", "'quoted'", "'it'/'s'", "null", "''", "", "true", "5", "1.10", "@text.txt", "@missing", "a=b",
    "Ünï—", "{a:b}", "[a]", "a,b", "-x y", "??", "007", "\"double\"", "@owner/team", "x" * 300,
    "@empty.txt", "@marked.txt", "@-", "1e400", "-0", "0x10", "1_000", "yes", "2024-01-31", "日本語 テスト", "a\nb", "[", "}", "'",
    "null ", " ", "~", "@", "a=@text.txt", "@lines.txt", "@text.txt@text.txt", "@.", "@./text.txt", "NaN", "\'\'\'\'", "'null'", "\ttab", "<b>", "$x", "%41", "*", "é\u0301",
]
IDS = ["orders", "Orders-2", "a", "x_y", "swagger-petstore", "o" * 91, "with space", "'orders'", "null", "@name.txt"]
QUERIES = [
    "name", "[].name", "length(@)", "keys(@)", "{a:name,b:id}", "[?name!=null].name | [0]", "to_string(@)", "@",
    "sort_by([], &name)[].name", "customProperties", "[0].id", "contains(name, 'a')", "type(@)", "[*].[name, id]", "x[",
    "@query.txt", "@-", "", "[].{Name:name,Title:title}", "[].[name,title,missing]", "{n:`null`,t:`true`,o:{a:`1`},l:`[1,[2]]`}",
    "[].{a:name,b:contacts,c:license}", "keys(@)[0:2]", "*", "[*]", "[]", "@.name", "name || id", "!name", "`\"é日本\"`", "'raw'",
    "[?title=='x'] | length(@)", "reverse(keys(@))", "map(&name, @)", "to_number('1e3')", "join(',', keys(@))", "abs(`-0`)",
    "merge({a:`1`}, {b:`[]`})", "starts_with(name, 's')", "[::-1]", "[-1].name", "\"name\"", "avg(`[]`)", "floor(`1.5`)",
    "`[1, \"a\", null, true, 1.0, {}]`", "`{}`", "`[]`", "`\"\"`", "`[[1,2],[3,4]]`", "`[{\"a\":null},{\"b\":[]}]`", "type(name)",
    "[].{id:id,name:name,x:`1`}", "{Result:{a:name}}", "foo-bar", "name[", "[?name=='a' && title!='b']", "ceil('x')", "`1e400`",
    "sum(`[18446744073709551617, 1]`)", "`1.50`", "max(`[1, 2.5]`)", "not_null(title, name)", "`{\"a\": 1e3}`",
]
CUSTOM_PROPERTIES = [
    "{extra:{n:1}}", "extra.n=1", "extra={n:18446744073709551617}", "{extra:{n:1.50,e:1e3,z:-0,t:'1'}}", "extra={}",
    "@properties.json", "properties.json", "{extra:{a:[1,b,null]}}", "{extra:{a:true,b:'x y'}}", "null", "{}", "extra=null",
    '{"extra": {"n": 1.0}}', "{extra:{n:007,h:0x10}}", "extra.a.b.c=5", "extra='text'", "{extra:{a:}}", "{extra:{'a b':1}}",
    "{extra:{a:[[],{},[{b:[1]}]]}}", "extra={a:'it'/s'}", "{extra:{n:1_000}}", "{extra:{t:yes,f:off}}", "@dates.yaml", "anchors.yaml",
    "@block.yaml", "@-", "@empty.txt", "extra.list=[a,,b]", "extra.list[0]=a", "extra={a:'',b:null,c:'null'}",
    "{extra:{e:1e400}}", "{extra:{a:1,a:2}}", '{"extra":{"a":1,"a":2}}', "{'extra':{'a':True,'b':None}}", "extra=[1,2,3]",
    "extra.a=1 extra.b=2", "extra.a=@text.txt", "extra={a:{b:{c:{d:[{e:'f g'}]}}}}", "{extra:{é:ü}}", "extra=", "=1", "extra",
    "extra={a:1} extra.a=null", "extra.'a b'=1", "{extra:{d:2024-01-31,t:12:30}}", "extra={a: 1}", "extra={u:https://x.y}", "'{}'",
    "tags.yaml", "@tags.yaml", "extra=@tags.yaml", "set.yaml", "binary.yml", "two.yaml", "comments.json", "shorthand.txt", "python.txt",
    "marked.json", "properties.JSON", "./properties.json", "extra.a=1 {extra:{b:2}}", "{extra:{a:1}} extra.b=2", "null extra.a=1",
    "{extra:{a:1}", "extra={a:-1,b:+1,c:.5,d:5.}", "{extra:{a:'\\n'}}", '{"extra":{"u":"\\u00e9\\ud83d\\ude00"}}', "[]", "5", "''",
]
STRUCTURED = {
    "--contacts": [
        "[{name:Ann,email:a@b.c}]", "[0].name=Ann", "[]", "null", "[{name:null}]", "@contacts.json", "contacts.json",
        '[{"name":"Ann"}]', "[{name:'A B',url:https://example.com}]", "{name:Ann}", "[{nome:Ann}]", "[", "??",
        "[{name:'Ann '/ O',email:'',url:null}]", "[0]={name:Ann}", "[0].name=Ann [1].name=Bob", "[1].name=Bob", "[-1].name=X", "@-",
        "@empty.txt", '[{"name":"A","url":"https://x.y"}]', "[{name:A},]", "[,]", "[0].nome=x", "[0].name", "name=Ann", "[[]]", "''",
    ],
    "--custom-properties": CUSTOM_PROPERTIES,
    "--external-documentation": [
        "[{title:Docs,url:'https://example.com'}]", "[]", "[{url:https://example.com}]", "[0].title=T [0].url=https://x",
    ],
    "--license": [
        "{name:MIT}", "name=MIT", "name=MIT url='https://example.com'", "{}", "null", "@license.yaml", "license.yaml",
        "{name:'M I T',identifier:MIT}", "{name:5}", "name=null", "{name:MIT,}", "url=??",
        "name='' url=null", "{name:true}", "{name:[a]}", "{name:{a:b}}", "name=@text.txt", "@empty.txt", "@-", "{name:'',url:''}",
        "name=1e400", "name=-0", "name=a=b", "{NAME:x}", "name=A name=B", "{name:A,name:B}", "name='a b'", "{name:2024-01-31}", "MIT",
    ],
    "--specification": ["name=openapi", "{name:openapi,version:3.0.1}", '{"name":"openapi","version":"3.0.1"}', "{}",
                        "version=1.10 name=openapi"],
    "--server": ["{runtimeUri:[https://example.com]}", "runtimeUri=[https://a.example.com,https://b.example.com]",
                 "runtimeUri[0]='https://example.com'", '{"runtimeUri":["https://example.com"]}', "{}"],
    "--onboarding": ["{instructions:'Ask us'}", "instructions=Ask", "developerPortalUri=[https://example.com]", "{}"],
    "--assignments": ["[{entity:api}]", "[{entity:api,required:true,deprecated:false}]", "[0].entity=api", "[]", "[{entity:x}]"],
    "--schema": ['{"type":"object"}', '{"type":"string","title":"S"}', "{}"],
    "--tags": ["a=b", "a=b c=d", "a", "", "a=", "{a:b}", "a=b=c"],
    "--ids": [API, f"{API} {API}", f"{CENTER}/workspaces/default/apis/none", "x", "@missing", "@ids.txt", "@ids.json", "@-", "@empty.txt",
              f"{API} {API.replace('swagger-petstore', 'none')}", API.upper(), f"{API}/", f"/{API}", f"{API}?x=1", "''"],
}
# The values of simple options.
SIMPLE = {
    "--resource-group": ["myResourceGroup"] * 60 + ["MYRESOURCEGROUP", "nowhere", "'myResourceGroup'", "null", "bad/name",
                         "@group.txt", "@-", "", " myResourceGroup", "myResourceGroup ", "@missing", "my%52esourceGroup", "*"],
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
    "--subscription": ["00000000-0000-0000-0000-000000000000", "none", "''", ""],
    "--set": ["title=New", "properties.title=New", "customProperties.extra.n=5", "title='New'", "nonsense.deep=1",
              "summary=null", "displayName=New", "description=5",
              "title=@text.txt", "title=null", "title=", "title", "=x", "contacts[0].name=Z", "contacts[5].name=Z", "contacts=[]",
              "contacts[?name=='Ann'].name=Z", "contacts[name=Ann].email=e", "customProperties={}", "customProperties.extra={a:1}",
              'customProperties.extra={"a":[1,null]}', "customProperties.extra.a='5'", "license.name=MIT", "license={name:MIT}",
              "title=a=b", "Title=X", "tags.a=b", "tags={}", "properties.description=null", "value=x", "description='a b'",
              "customProperties.extra.n=1e400", "customProperties.extra.n=007", "customProperties.extra.n=True", "title=Ünï",
              "title='' summary=''", "customProperties.'a.b'=1", "description=true", "id=x", "name=y", "properties={}", "a.b.c=1"],
    "--add": ["contacts name=Bob", "contacts {name:Bob}", "x", "contacts", "contacts name=", "contacts null",
              'contacts {"name":"Bob"}', "customProperties.list a", "properties.x a=b c=d", "contacts 'a b'", "nonsense a", "title x"],
    "--remove": ["summary", "contacts 0", "nonsense", "contacts", "contacts 9", "contacts -1", "contacts x", "contacts[0]",
                 "contacts[0].name", "license.name", "title", "tags.a", "customProperties.extra", "properties", "a.b"],
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
        # A deletion leaves less for the lines that follow it.
        if name.endswith("delete") and self.random.random() < 0.7:
            name = self.random.choice([other for other in names if not other.endswith("delete")])
        words = name.split()
        for option in self.options(name):
            words += self.option_words(name, option)
        words += self.global_words()
        if self.random.random() < 0.12:
            words = self.make_mistake(words, len(name.split()))
        if self.random.random() < 0.08:
            words = self.write_differently(words, len(name.split()))
        if self.random.random() < 0.06:
            words = self.use_environment(words)
        if name.endswith("delete") and self.random.random() < 0.9 and "--yes" not in words:
            words.append("--yes")
        return shlex.join(words)

    def make_mistake(self, words, start):
        """Removes, repeats or distorts a word behind the name of the command."""
        if len(words) <= start:
            return words
        index = self.random.randrange(start, len(words))
        word = words[index]
        changed = self.random.choice([
            [], [word, word], [word.upper()], [f"{word}="], ["--", word], [f'"{word}"'], [f"'{word}'"], [word, ""], [f"-{word}"],
            [word.replace("-", "_")], [f" {word}"], [word[:-1]], [word, "--verbose"], [word, "--only-show-errors"], [word, "-o"],
            [word, "--query"], [word, "garbage"], [f"{word}=@text.txt"],
        ])
        return [*words[:index], *changed, *words[index + 1:]]

    def write_differently(self, words, start):
        """Writes the same in another form: letter case, joined or repeated options, another order."""
        options = [index for index in range(start, len(words) - 1)
                   if words[index].startswith("-") and not words[index + 1].startswith("-")]
        kind = self.random.choice(["case", "joined", "repeated", "order", "first", "end"])
        if kind == "case":
            index = self.random.randrange(start)
            return [*words[:index], self.random.choice([words[index].upper(), words[index].title()]), *words[index + 1:]]
        if kind == "end" or not options:
            return [*words, "--"]
        index = self.random.choice(options)
        option, value = words[index:index + 2]
        before, after = words[:index], words[index + 2:]
        if kind == "joined":
            return [*before, f"{option}{value}" if len(option) == 2 else f"{option}={value}", *after]
        if kind == "repeated":
            return [*words, option, self.random.choice([value, "other", ""])]
        if kind == "first":
            return [*words[:start - 1], option, value, *words[start - 1:index], *after]
        return [*before, *after, option, value]

    def use_environment(self, words):
        """Takes the resource group or the format of the output from a variable instead of an option."""
        options = [("-g", "AZURE_DEFAULTS_GROUP"), ("--resource-group", "AZURE_DEFAULTS_GROUP"), ("-o", "AZURE_CORE_OUTPUT")]
        for option, variable in options:
            if option in words[:-1]:
                index = words.index(option)
                return [f"{variable}={words[index + 1]}", *words[:index], *words[index + 2:]]
        return ["AZURE_DEFAULTS_GROUP=nowhere", *words]

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
            value = self.random.choice(STRUCTURED[long])
            is_one_word = long == "--schema" or value.count("'") % 2 or self.random.random() < 0.3
            return [spelling, *([value] if is_one_word else shlex.split(value))]
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
        if self.random.random() < 0.35:
            words += ["--query", self.random.choice(QUERIES)]
        if self.random.random() < 0.4:
            words += ["-o", self.random.choice(["json", "jsonc", "tsv", "table", "yaml", "yamlc", "none", "TSV", "xml", "@format.txt", "js", ""])]
        if self.random.random() < 0.03:
            words += [self.random.choice(["--nonsense", "extra-word", "--debug=x", "--subscription=none", "--quer=name",
                                          "--out=tsv", "--outp=json", "--only-show-errors", "--verbose", "--verb", "-onone", "-o=tsv"])]
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
