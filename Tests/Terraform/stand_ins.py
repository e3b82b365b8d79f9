"""Writes a copy of a folder in which `terraform_data` stands for every resource of Google's provider.

    stand_ins.py FOLDER COPY

What is left is all Terraform's own: variables and their conditions, locals, loops, modules, what depends on what. So
`terraform plan` evaluates every expression of a root, and finds cycles, wrong inputs and wrong loops, on a machine that
cannot have the provider. What a resource would tell (an id, an address) is unknown in such a plan, as before a first
apply.
"""

import re
import shutil
import sys
from pathlib import Path

import configuration
from configuration import content, expression, text

REFERENCE = re.compile(r"\b(?:data\.)?(google_\w+)\.(\w+)((?:\[[^\]]*\])?)(?=(\.?))")
KEPT = re.compile(r"(variable|output|locals|module)\b")
LEFT_OUT = {"for_each", "count", "depends_on", "lifecycle"}


def write(folder, copy):
    for path, each in configuration.read(folder).items():
        target = Path(copy, path)
        target.mkdir(parents=True)
        for file, _ in each.bodies:
            kept = [block for block in outermost_blocks(Path(folder, file).read_text()) if KEPT.match(block)]
            Path(target, file.name).write_text(replaced("\n\n".join(kept)) + "\n")
        stood_for = [resource for resource in each.resources + each.data if resource.type != "terraform_data"]
        Path(target, "stand-ins.tf").write_text("\n".join(map(stand_in, stood_for)))
        for values in Path(folder, path).glob("*.tfvars"):
            shutil.copy(values, target)


def outermost_blocks(source):
    """The blocks of a formatted file: from a line that opens one to the next bracket without indentation."""
    return re.findall(r"^[a-z]+\b[^=\n]*\{\n.*?^\}$", source, re.MULTILINE | re.DOTALL)


def address(type, name):
    return f"terraform_data.{type}__{name}"


def replaced(source):
    """References to Google's resources as references to what stands for them."""

    def stands(found):
        whole = address(found[1], found[2])
        if found[3] or found[4]:
            return f"{whole}{found[3]}.output"
        return f"{{ for key, instance in {whole} : key => instance.output }}"

    return REFERENCE.sub(stands, source)


def stand_in(resource):
    lines = [f'resource "terraform_data" "{resource.type}__{resource.name}" {{']
    for loop in {"for_each", "count"} & set(resource.body):
        lines.append(f"  {loop} = {written(resource.body[loop])}")
    if "depends_on" in resource.body:
        others = [address(*expression(other).split(".")[-2:]) for other in resource.body["depends_on"]]
        lines.append(f"  depends_on = [{', '.join(others)}]")
    # `uuid()` is unknown in a plan, and so is all that goes through JSON with it: any attribute may be asked of it.
    lines.append(f"  input = jsondecode(jsonencode([uuid(), {', '.join(expressions(resource.body))}]))")
    conditions = [each for block in resource.body.get("lifecycle", []) for each in block.get("precondition", [])]
    lines += ["  lifecycle {", *map(precondition, conditions), "  }"] if conditions else []
    return "\n".join([*lines, "}", ""])


def precondition(block):
    inner = "\n".join(f"      {key} = {written(value)}" for key, value in content(block).items())
    return f"    precondition {{\n{inner}\n    }}"


def expressions(body):
    """Every expression below `body`; those of a `dynamic` block in a loop like its own."""
    for key, value in content(body).items():
        if key in LEFT_OUT:
            continue
        if key == "dynamic":
            for label, block in (pair for each in value for pair in content(each).items()):
                inner = ", ".join(part for each in block["content"] for part in expressions(each))
                each = f"[for key, value in {written(block['for_each'])} : {{ key = key, value = value }}]"
                yield f"[for {text(label)} in {each} : [{inner}]]"
        elif isinstance(value, list) and any(isinstance(each, dict) and "__is_block__" in each for each in value):
            for block in value:
                yield from expressions(block)
        else:
            yield written(value)


def written(value):
    """A parsed value as an expression again."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {written(inner)}" for key, inner in content(value).items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    is_expression = isinstance(value, str) and value.startswith("${")
    return replaced(expression(value) if is_expression else str(value))


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2])
