"""Checks documents against Google's machine-readable description of the API, which the client package ships."""

import json
import os
import re

import googleapiclient

FOLDER = os.path.join(os.path.dirname(googleapiclient.__file__), "discovery_cache", "documents")


def document(name):
    with open(os.path.join(FOLDER, name)) as file:
        return json.load(file)


class Schemas:
    def __init__(self, name="run.v2.json"):
        self.document = document(name)
        self.methods = list(self.walk(self.document))

    def walk(self, node):
        for resource in node.get("resources", {}).values():
            for method in resource.get("methods", {}).values():
                parts = re.split(r"(\{[^}]+\})", method["flatPath"])
                pattern = "".join("[^/:]+" if p.startswith("{") else re.escape(p) for p in parts)
                yield method["httpMethod"], re.compile("/" + pattern + "$"), method["response"]["$ref"], method["id"]
            yield from self.walk(resource)

    def method(self, verb, path):
        for method, pattern, response, name in self.methods:
            if method == verb and pattern.match(path):
                return response, name
        return None, None

    def problems(self, value, schema, path=""):
        """Paths of what the schema does not have, or has as another kind. Enums may come as numbers."""
        if "$ref" in schema:
            return self.problems(value, self.document["schemas"][schema["$ref"]], path)
        kind = schema.get("type")
        if kind == "object":
            if not isinstance(value, dict):
                return [f"{path}: not an object"]
            found = []
            for name, member in value.items():
                inner = schema.get("properties", {}).get(name) or schema.get("additionalProperties")
                found += self.problems(member, inner, f"{path}.{name}") if inner else [f"{path}.{name}: unknown"]
            return found
        if kind == "array":
            if not isinstance(value, list):
                return [f"{path}: not an array"]
            return [p for i, e in enumerate(value) for p in self.problems(e, schema["items"], f"{path}[{i}]")]
        if "enum" in schema:
            good = value in schema["enum"] or isinstance(value, int) and not isinstance(value, bool)
            return [] if good else [f"{path}: {value!r}"]
        expected = {"string": str, "integer": int, "boolean": bool, "number": (int, float)}.get(kind)
        if expected and (not isinstance(value, expected) or kind == "integer" and isinstance(value, bool)):
            return [f"{path}: {value!r} is not {kind}"]
        return []

    def typed(self, value, path):
        """`metadata` and `response` of an operation say themselves what they are."""
        name = value.get("@type", "").rsplit(".", 1)[-1]
        schema = {"$ref": "GoogleCloudRunV2" + name}
        return self.problems({k: v for k, v in value.items() if k != "@type"}, schema, path)


class ResponseCheck:
    """A hook of `requests`: keeps what is wrong with each answer until the test ends."""

    def __init__(self):
        self.schemas = Schemas()
        self.found = []
        self.seen = set()

    def response(self, response, *args, **kwargs):
        request = response.request
        self.look(request.method, request.path_url.split("?")[0], response.status_code, response.content)

    def look(self, verb, path, status, content):
        try:
            body = json.loads(content)
        except ValueError:
            self.found.append(f"{verb} {path}: not JSON")
            return
        schema, name = self.schemas.method(verb, path)
        if schema is None:
            self.found.append(f"{verb} {path}: no such method")
            return
        self.seen.add(name)
        if status >= 400:
            error = body.get("error", {})
            if error.get("code") != status or not error.get("message") or not error.get("status"):
                self.found.append(f"{verb} {path}: {status} without a google.rpc.Status: {body}")
            return
        self.found += [f"{verb} {path}{p}" for p in self.schemas.problems(body, {"$ref": schema})]
        if schema == "GoogleLongrunningOperation":
            for member in ("metadata", "response"):
                if member in body:
                    self.found += [f"{verb} {path}.{p}" for p in self.schemas.typed(body[member], member)]

    def take(self):
        found, self.found = self.found, []
        return found
