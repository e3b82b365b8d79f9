"""Writes jsonschema.json: random schemas and documents, and whether PyPI's jsonschema takes them (draft 2020-12).

    python -m pip install jsonschema && python jsonschema_cases.py > jsonschema.json
"""

import json
import random
import sys

from jsonschema import Draft202012Validator

NAMES = ["a", "b", "c", "ab", "é"]
TEXTS = ["", "a", "ab", "abc", "é", "😀😀", "x1"]
NUMBERS = [0, 1, 2, -1, 3, 10, 1.0, 1.5, -0.5, 2.25]
TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"]
PATTERNS = ["a", "^a", "b$", "^[a-c]+$", "\\d", "^.{2}$"]


def value(rng, depth=3):
    kind = rng.random()
    if depth == 0 or kind < 0.4:
        return rng.choice([None, True, False, rng.choice(NUMBERS), rng.choice(NUMBERS), rng.choice(TEXTS)])
    if kind < 0.65:
        return [value(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {name: value(rng, depth - 1) for name in sorted(rng.sample(NAMES, rng.randrange(4)))}


def keyword(rng, depth):
    small = rng.randrange(4)
    scalars = [
        ("type", rng.choice(TYPES)), ("type", rng.sample(TYPES, 3)), ("enum", [value(rng, 1) for _ in range(3)]),
        ("const", value(rng, 1)), ("minimum", rng.choice(NUMBERS)), ("maximum", rng.choice(NUMBERS)),
        ("exclusiveMinimum", rng.choice(NUMBERS)), ("exclusiveMaximum", rng.choice(NUMBERS)),
        ("multipleOf", rng.choice([1, 2, 3, 0.5, 0.25])), ("minLength", small), ("maxLength", small),
        ("pattern", rng.choice(PATTERNS)), ("minItems", small), ("maxItems", small), ("uniqueItems", rng.random() < 0.8),
        ("minProperties", small), ("maxProperties", small), ("required", rng.sample(NAMES, rng.randrange(3))),
        ("dependentRequired", {rng.choice(NAMES): rng.sample(NAMES, 1)}), ("title", "x"),
    ]
    if depth == 0 or rng.random() < 0.45:
        return rng.choice(scalars)
    inner = lambda: schema(rng, depth - 1)
    return rng.choice(
        [
            ("properties", {name: inner() for name in rng.sample(NAMES, 2)}), ("items", inner()),
            ("properties", {name: inner() for name in rng.sample(NAMES, 2)}), ("prefixItems", [inner(), inner()]),
            ("patternProperties", {rng.choice(PATTERNS): inner()}), ("additionalProperties", inner()),
            ("propertyNames", inner()), ("contains", inner()), ("minContains", small), ("maxContains", small),
            ("allOf", [inner(), inner()]), ("anyOf", [inner(), inner()]), ("oneOf", [inner(), inner()]),
            ("not", inner()), ("if", inner()), ("then", inner()), ("else", inner()),
            ("dependentSchemas", {rng.choice(NAMES): inner()}), ("$ref", "#/$defs/" + rng.choice(["x", "y"])),
        ]
    )


def schema(rng, depth):
    if rng.random() < 0.05:
        return rng.random() < 0.7
    result = dict(keyword(rng, depth) for _ in range(rng.choice([1, 1, 2, 3])))
    for low, high in [("minContains", "maxContains"), ("minLength", "maxLength"), ("minItems", "maxItems"),
                      ("minProperties", "maxProperties")]:
        if low in result and high in result and result[low] > result[high]:
            del result[low]
    return result


def main(seed, schemas, each):
    rng = random.Random(seed)
    out = []
    while len(out) < schemas:
        root = schema(rng, 3)
        if not isinstance(root, dict):
            continue
        root["$defs"] = {"x": schema(rng, 0), "y": schema(rng, 0)}
        root["$defs"] = {
            name: inner if not isinstance(inner, dict) or "$ref" not in inner else True
            for name, inner in root["$defs"].items()
        }
        try:
            Draft202012Validator.check_schema(root)
        except Exception:
            continue
        validator = Draft202012Validator(root)
        good, bad = [], []
        for _ in range(200):
            document = value(rng)
            (good if validator.is_valid(document) else bad).append(document)
        # A schema that takes everything, or nothing, shows little.
        if min(len(good), len(bad)) < 3:
            continue
        unique = lambda documents: list({json.dumps(d): d for d in documents}.values())[:each]
        out.append({"schema": root, "valid": unique(good), "invalid": unique(bad)})
    print(json.dumps(out, ensure_ascii=True, separators=(",", ":")))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 202012, 200, 4)
