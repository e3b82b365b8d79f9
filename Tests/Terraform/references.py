"""What refers to what: Terraform would say the same, but only with the provider at hand."""

import re
from pathlib import PurePosixPath

from configuration import code, content, expression, text, walk

REFERENCE = re.compile(r"(?<![\w.\]\"-])(var|local|module|data|google_\w+|terraform_data)\.(\w+)(?:\.(\w+))?")
EACH_OUTPUT = re.compile(r"module\.(\w+)\[[^\]]*\]\.(\w+)")
META = {"source", "version", "count", "for_each", "providers", "depends_on"}


def findings(folders):
    for folder in folders.values():
        yield from unresolved(folder)
        for name, call in folder.modules.items():
            yield from calls(folder, name, call, folders)


def unresolved(folder):
    resources = {(resource.type, resource.name) for resource in folder.resources}
    data = {(source.type, source.name) for source in folder.data}
    used = set()
    for file, body in folder.bodies:
        for path, value in walk(body):
            for kind, name, member in REFERENCE.findall(code(value)):
                used.add((kind, name))
                known = {
                    "var": name in folder.variables,
                    "local": name in folder.locals,
                    "module": name in folder.modules,
                    "data": (name, member) in data,
                }.get(kind, (kind, name) in resources)
                if not known:
                    yield f"{file}: {'.'.join(map(str, path))} refers to {kind}.{name}, which is not declared"
    for kind, declared in (("var", folder.variables), ("local", folder.locals)):
        for name in declared:
            if (kind, name) not in used:
                yield f"{folder.path}: {kind}.{name} is declared and never used"


def calls(folder, name, call, folders):
    source = text(call.get("source", ""))
    path = str(PurePosixPath(*resolve(PurePosixPath(str(folder.path)) / source)))
    called = folders.get(path)
    if called is None:
        yield f"{folder.path}: module.{name} comes from {source}, where no module is"
        return
    given = set(content(call)) - META
    for argument in sorted(given - set(called.variables)):
        yield f"{folder.path}: module.{name} has no input called {argument}"
    for variable, body in called.variables.items():
        if "default" not in body and variable not in given:
            yield f"{folder.path}: module.{name} is not given {variable}"
    for file, body in folder.bodies:
        for _, value in walk(body):
            expressions = code(value)
            direct = re.findall(rf"(?<![\w.])module\.{name}\.(\w+)", expressions)
            repeated = [output for module, output in EACH_OUTPUT.findall(expressions) if module == name]
            for output in direct + repeated:
                if output not in called.outputs:
                    yield f"{file}: module.{name} has no output called {output}"


def resolve(path):
    """`staging/../modules/network` as parts, without looking at a disk."""
    parts = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return parts


def value_of(folder, value):
    """A literal, or the default of the variable that a value is; None where neither can be said."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    variable = re.fullmatch(r"var\.(\w+)", str(expression(value)))
    if variable:
        return value_of(folder, folder.variables.get(variable[1], {}).get("default"))
    return text(value) if text(value) is not value else None
