"""Holds resources and data sources against the schema of Google's provider, without the provider or its registry.

    provider_schema.py read WHEEL SCHEMA     takes the schema out of a wheel of cdktf-cdktf-provider-google
    provider_schema.py check SCHEMA FOLDER   prints each finding as a line; exit status 1 when there are any

HashiCorp generated that package's classes from the provider's own schema, and its manifest keeps the Terraform name of
each attribute in a link to the provider's documentation. Version 16.12.1 is the one of hashicorp/google 6.50.0. Values,
references and what excludes each other are not in it: those are for `terraform validate`.
"""

import json
import re
import sys
import tarfile
import zipfile

import configuration
from configuration import content, text

# Remarks may link elsewhere too, so the one that the generator adds is told by what stands before it.
LINK = re.compile(r"Docs at Terraform Registry: \{@link \S*/docs/(resources|data-sources)/\w+#(\w+)")
TYPE = re.compile(r"/docs/(resources|data-sources)/\w+ (\w+)\}")
META = {"count", "for_each", "provider", "depends_on"}
META_BLOCKS = {"lifecycle", "provisioner", "connection", "dynamic"}


def read(wheel):
    """{"resources": {type: fields}, "data-sources": …}; fields: {name: {"required", "kind", "fields"?}}."""
    with zipfile.ZipFile(wheel) as package:
        name = next(name for name in package.namelist() if name.endswith(".jsii.tgz"))
        with package.open(name) as file, tarfile.open(fileobj=file, mode="r|gz") as archive:
            manifest = next(archive.extractfile(member).read() for member in archive if member.name == "package/.jsii")
    types, schema = json.loads(manifest)["types"], {"resources": {}, "data-sources": {}}
    for declared in types.values():
        found = TYPE.search(json.dumps(declared.get("docs", {})))
        if declared["kind"] == "class" and found:
            settings = types.get(declared["fqn"] + "Config")
            if settings:
                known = fields(settings, types)
                # The generator gives every type an `id` that may be set; Terraform takes it only where it is needed.
                if not known.get("id", {"required": True})["required"]:
                    del known["id"]
                schema[found[1]][found[2]] = known
    return schema


def fields(declared, types):
    found = {}
    for each in declared.get("properties", []):
        # Which field of the documentation the link lands in depends on the text before it.
        link = LINK.search(json.dumps(each.get("docs", {})))
        if link:
            found[link[2]] = {"required": not each.get("optional", False), **kind(each["type"], types)}
    return found


def kind(type, types):
    """What may stand there: `string`, `number`, `bool`, `list`, `map`, `any`, or a block with fields of its own."""
    if "union" in type:
        known = [kind(member, types) for member in type["union"]["types"] if member.get("fqn") != "cdktf.IResolvable"]
        return known[0] if len(known) == 1 or all(each == known[0] for each in known) else {"kind": "any"}
    if "collection" in type:
        if type["collection"]["kind"] == "map":
            return {"kind": "map"}
        inner = kind(type["collection"]["elementtype"], types)
        return {**inner, "repeats": True} if inner["kind"] == "block" else {"kind": "list"}
    if "fqn" in type:
        declared = types.get(type["fqn"])
        return {"kind": "block", "repeats": False, "fields": fields(declared, types)} if declared else {"kind": "any"}
    return {"kind": {"boolean": "bool"}.get(type.get("primitive"), type.get("primitive", "any"))}


def check(schema, folder):
    for kinds, declared in (("resources", folder.resources), ("data-sources", folder.data)):
        for each in declared:
            known = schema[kinds].get(each.type)
            if known is not None:
                yield from body(each.where, each.body, known, is_outermost=True)
            elif each.type != "terraform_data":
                yield f"{each.where}: no such type"


def body(where, given, known, is_outermost=False):
    given = content(given)
    repeated = {}
    for dynamic in given.pop("dynamic", []):
        for name, block in content(dynamic).items():
            repeated.setdefault(text(name), []).extend(block.get("content", []))
    for name in sorted(set(given) | set(repeated)):
        if is_outermost and name in META | META_BLOCKS:
            continue
        if name not in known:
            yield f"{where}: nothing is called {name} there"
            continue
        yield from value(f"{where}: {name}", given.get(name), repeated.get(name, []), known[name])
    for name, field in known.items():
        if field["required"] and name not in given and name not in repeated:
            yield f"{where}: {name} is required"


def value(where, given, repeated, field):
    is_written = isinstance(given, list) and any(isinstance(each, dict) and "__is_block__" in each for each in given)
    is_block = is_written or bool(repeated)
    if is_block != (field["kind"] == "block"):
        yield f"{where} is {'an attribute' if is_block else 'a block'}"
    elif field["kind"] == "block":
        inner = (given or []) + repeated
        if len(given or []) > 1 and not field["repeats"]:
            yield f"{where} stands twice"
        for block in inner:
            yield from body(where, block, field["fields"])
    elif not fits(given, field["kind"]):
        yield f"{where} is a {field['kind']}, not {given}"


def fits(given, kind):
    """Whether a literal can become a `kind`, as Terraform converts; what is evaluated may become anything."""
    if isinstance(given, str) and given.startswith("${"):
        return True
    literal = text(given)
    if isinstance(given, (list, dict)):
        return kind in ("any", {list: "list", dict: "map"}[type(given)])
    if "${" in str(literal):
        return True
    if kind == "number":
        return re.fullmatch(r"-?\d+(\.\d+)?", str(literal)) is not None
    if kind == "bool":
        return isinstance(given, bool) or literal in ("true", "false")
    return kind in ("string", "any")


if __name__ == "__main__":
    if sys.argv[1] == "read":
        with open(sys.argv[3], "w") as file:
            json.dump(read(sys.argv[2]), file)
    else:
        with open(sys.argv[2]) as file:
            schema = json.load(file)
        folders = configuration.read(sys.argv[3]).values()
        found = [line for folder in folders for line in check(schema, folder)]
        print(*found, sep="\n", end="\n" if found else "")
        checked = sum(len(folder.resources) + len(folder.data) for folder in folders)
        print(f"{checked} resources and data sources, {len(schema['resources'])} types known: {len(found)} findings")
        sys.exit(1 if found else 0)
