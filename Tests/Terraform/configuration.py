"""Terraform's files as values: what a folder of them declares, without Terraform and without a provider."""

import functools
import re
from dataclasses import dataclass, field
from pathlib import Path

import hcl2

MARKS = {"__is_block__", "__comments__", "__inline_comments__", "__start_line__", "__end_line__"}


class Unreadable(Exception):
    """A file that is no HCL; the message names it."""


@dataclass
class Declaration:
    """A resource or a data source: `google_storage_bucket.state` of a file."""

    file: Path
    type: str
    name: str
    body: dict

    @property
    def where(self):
        return f"{self.file}: {self.type}.{self.name}"


@dataclass
class Folder:
    """One module or root: all its `.tf` files together, as Terraform reads them."""

    path: Path
    resources: list = field(default_factory=list)
    data: list = field(default_factory=list)
    modules: dict = field(default_factory=dict)
    variables: dict = field(default_factory=dict)
    outputs: dict = field(default_factory=dict)
    locals: dict = field(default_factory=dict)
    terraform: list = field(default_factory=list)
    bodies: list = field(default_factory=list)

    def of(self, type):
        return [resource for resource in self.resources if resource.type == type]

    @property
    def is_local(self):
        """Made of `terraform_data` alone: no provider, no cloud."""
        return all(resource.type == "terraform_data" for resource in self.resources + self.data) and not self.modules


def read(root):
    """All folders below `root` that hold `.tf` files, by their path from there."""
    folders = {}
    for file in sorted(Path(root).rglob("*.tf")):
        if ".terraform" in file.parts:
            continue
        path = file.parent.relative_to(root)
        add(folders.setdefault(str(path), Folder(path)), file, root)
    return folders


def add(folder, file, root):
    try:
        document = parsed(file.read_text())
    except Exception as error:  # the parser has no error type of its own that it keeps to
        raise Unreadable(f"{file}: {str(error).splitlines()[0]}") from error
    name = file.relative_to(root)
    folder.bodies.append((name, document))
    for kind, declared in (("resource", folder.resources), ("data", folder.data)):
        for block in document.get(kind, []):
            for type, named in content(block).items():
                declared += [Declaration(name, text(type), text(key), body) for key, body in content(named).items()]
    for kind, declared in (("module", folder.modules), ("variable", folder.variables), ("output", folder.outputs)):
        for block in document.get(kind, []):
            declared.update({text(key): body for key, body in content(block).items()})
    for block in document.get("locals", []):
        folder.locals.update(content(block))
    folder.terraform += document.get("terraform", [])


@functools.cache
def parsed(source):
    return hcl2.loads(source)


def content(block):
    """A block without what the parser notes about it."""
    return {key: value for key, value in block.items() if key not in MARKS}


def text(value):
    """A quoted literal without its quotes; anything else as it is."""
    is_quoted = isinstance(value, str) and len(value) >= 2 and value[0] == value[-1] == '"'
    return value[1:-1] if is_quoted else value


def expression(value):
    """`${…}` around a whole value taken off."""
    return value[2:-1] if isinstance(value, str) and value.startswith("${") and value.endswith("}") else text(value)


def blocks(body, name):
    """Blocks called `name`, those of a `dynamic` of that name included: (block, what it repeats over or None)."""
    plain = [(block, None) for block in body.get(name, []) if isinstance(block, dict)]
    dynamic = []
    for block in body.get("dynamic", []):
        for label, repeated in content(block).items():
            if text(label) == name:
                dynamic += [(inner, expression(repeated.get("for_each"))) for inner in repeated.get("content", [])]
    return plain + dynamic


def block(body, *path):
    """The one block at `path`, or an empty one."""
    for name in path:
        found = blocks(body, name)
        body = found[0][0] if found else {}
    return body


def walk(value, path=()):
    """Every value below `value` that is no mapping and no list, with the keys on the way."""
    if isinstance(value, dict):
        for key, inner in content(value).items():
            yield from walk(inner, (*path, text(key)))
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner, path)
    else:
        yield path, value


QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


def interpolations(quoted):
    """What stands in `${…}` and `%{…}` inside a quoted literal."""
    found, depth, start = [], 0, 0
    index = 0
    while index < len(quoted):
        if depth == 0 and quoted[index : index + 2] in ("${", "%{") and quoted[max(index - 1, 0)] != quoted[index]:
            depth, start = 1, index + 2
            index += 2
            continue
        if depth:
            depth += {"{": 1, "}": -1}.get(quoted[index], 0)
            if depth == 0:
                found.append(quoted[start:index])
        index += 1
    return found


def code(value):
    """The parts of a value that Terraform evaluates, without the text of literals between them."""
    if not isinstance(value, str):
        return ""
    if value.startswith("${") and value.endswith("}") and len(interpolations(value)) == 1:
        value = value[2:-1]
    elif text(value) is not value:
        return " ".join(code("${" + part + "}") for part in interpolations(text(value)))
    parts = [QUOTED.sub(" ", value)]
    parts += [code("${" + part + "}") for literal in QUOTED.findall(value) for part in interpolations(literal)]
    return " ".join(parts)


def literals(value):
    """The literals of a value, without interpolations resolved."""
    if not isinstance(value, str):
        return []
    return [text(value)] if text(value) is not value else QUOTED.findall(value)
