"""Writes jsonpath.json: random documents and paths, and what PyPI's jsonpath-rfc9535 selects.

    python -m pip install jsonpath-rfc9535 && python jsonpath_cases.py > jsonpath.json

A seed decides everything; members of objects are sorted, so that the order of results is defined.
"""

import json
import random
import re
import sys

import jsonpath_rfc9535 as oracle

NAMES = ["a", "b", "c", "é", "a b", "_x9", "☃", "'", '"', "\\", "\n", "😀", "0"]
TEXTS = ["", "a", "b", "ab", "abc", "e\u0301", "é", "a\nb", "a\rb", "a\u2028b", "x.y", "😀", "10", "aab"]
NUMBERS = [0, 1, -1, 2, 10, 1.0, 1.5, -0.5, 1e3, 9007199254740991, -9007199254740991]
UNKNOWN = object()
PATTERNS = ["a", "a.b", "a.*", ".", "..", "[ab]+", "(a|ab)c?", "\\\\d+", "x\\\\.y", "a{2}b", "[^a]", "\\\\p{L}+"]


def document(rng, depth):
    kind = rng.random()
    if depth == 0 or kind < 0.3:
        return rng.choice([None, True, False, rng.choice(NUMBERS), rng.choice(TEXTS)])
    if kind < 0.6:
        return [document(rng, depth - 1) for _ in range(rng.randrange(5))]
    names = rng.sample(NAMES, rng.randrange(5))
    return {name: document(rng, depth - 1) for name in sorted(names)}


def blank(rng):
    return rng.choice(["", "", "", " ", "\t", "\n"])


def quoted(rng, text):
    escaped = json.dumps(text, ensure_ascii=rng.random() < 0.5)[1:-1]
    if rng.random() < 0.5:
        return '"' + escaped + '"'
    return "'" + escaped.replace('\\"', '"').replace("'", "\\'") + "'"


def bound(rng):
    return rng.choice(["", "", "0", "1", "2", "-1", "-2", "5", "-9"])


def selector(rng, depth):
    kind = rng.random()
    if kind < 0.25:
        return quoted(rng, rng.choice(NAMES))
    if kind < 0.45:
        return rng.choice(["0", "1", "2", "-1", "-2", "7"])
    if kind < 0.55:
        return "*"
    if kind < 0.7 or depth == 0:
        step = rng.choice(["", ":", ":1", ":2", ":-1", ":-2", ":0"])
        return bound(rng) + blank(rng) + ":" + blank(rng) + bound(rng) + blank(rng) + step
    return "?" + blank(rng) + condition(rng, depth - 1)


def segments(rng, depth, most=3):
    text = ""
    for _ in range(rng.randrange(most + 1)):
        text += blank(rng)
        kind = rng.random()
        if kind < 0.3:
            text += rng.choice([".", ".", ".", ".."]) + rng.choice(["a", "b", "c", "é", "_x9", "☃", "*"])
        else:
            chosen = [selector(rng, depth) for _ in range(rng.choice([1, 1, 1, 2, 3]))]
            inner = (blank(rng) + "," + blank(rng)).join(chosen)
            text += rng.choice(["", "", "", ".."]) + "[" + blank(rng) + inner + blank(rng) + "]"
    return text


def singular(rng):
    text = rng.choice(["@", "@", "@", "$"])
    for _ in range(rng.randrange(3)):
        text += rng.choice([".a", ".b", ".c", "[0]", "[-1]", "['é']", '["a b"]', "[1]"])
    return text


def comparable(rng):
    kind = rng.random()
    if kind < 0.4:
        return singular(rng)
    if kind < 0.6:
        return rng.choice(["0", "1", "-1", "1.5", "1e3", "-0", "1E+1", "-0.5", "10", "9007199254740991"])
    if kind < 0.75:
        return quoted(rng, rng.choice(TEXTS))
    if kind < 0.85:
        return rng.choice(["true", "false", "null"])
    if kind < 0.9:
        return "length(" + blank(rng) + comparable(rng) + blank(rng) + ")"
    return rng.choice(["count", "value"]) + "(" + rng.choice(["@", "$"]) + segments(rng, 0, 2) + ")"


def condition(rng, depth):
    kind = rng.random()
    if depth > 0 and kind < 0.2:
        operator = blank(rng) + rng.choice(["&&", "||"]) + blank(rng)
        return condition(rng, depth - 1) + operator + condition(rng, depth - 1)
    if depth > 0 and kind < 0.3:
        return rng.choice(["", "!"]) + "(" + blank(rng) + condition(rng, depth - 1) + blank(rng) + ")"
    if kind < 0.45:
        return rng.choice(["", "!"]) + rng.choice(["@", "$"]) + segments(rng, 0, 2)
    if kind < 0.6:
        function = rng.choice(["match", "search"])
        return rng.choice(["", "!"]) + f"{function}({singular(rng)}, '{rng.choice(PATTERNS)}')"
    operator = rng.choice(["==", "!=", "<", "<=", ">", ">="])
    return comparable(rng) + blank(rng) + operator + blank(rng) + comparable(rng)


def damaged(rng, path):
    position = rng.randrange(len(path) + 1)
    kind = rng.random()
    if kind < 0.4:
        return path[:position] + path[position + 1 :]
    return path[:position] + rng.choice("$@.[]()?*'\"\\:,-0 19a&|!=<>") + path[position:]


def is_disputed(path):
    """Version 1.0.1 takes `?@` for a test of the value, where RFC 9535 (2.3.5.2.1) has a test of existence; a pattern
    that cannot be read makes a path invalid to us, to others it matches nothing."""
    # It also takes two bounds of a slice without the colon between them.
    if re.search(r"@\s*([\],)&|]|$)", path) or re.search(r"\d\s+-?\d", path):
        return True
    for pattern in re.findall(r"(?:match|search)\([^']*'([^']*)'", path):
        try:
            re.compile(pattern.replace("\\p{L}", "[a-z]"))
        except re.error:
            return True
    return False


def values(path, root):
    try:
        return oracle.find(path, root).values()
    except oracle.JSONPathError:
        return None
    except TypeError:
        # Version 1.0.1 takes `count(@)` for valid, as it is, and then fails on it.
        return UNKNOWN


def main(seed, groups, each):
    rng = random.Random(seed)
    out = []
    for _ in range(groups):
        root = document(rng, 4)
        while not isinstance(root, (dict, list)) or len(json.dumps(root)) < 60:
            root = document(rng, 4)
        cases = []
        seen = set()
        tries = 0
        while len(cases) < each and tries < each * 50:
            tries += 1
            path = "$" + segments(rng, 2)
            if rng.random() < 0.25:
                path = damaged(rng, path)
            if path in seen or is_disputed(path):
                continue
            seen.add(path)
            selected = values(path, root)
            if selected is UNKNOWN:
                continue
            # What selects nothing tells little.
            if selected == [] and rng.random() < 0.8 or len(json.dumps(selected)) > 400:
                continue
            cases.append({"path": path, "values": selected})
        out.append({"document": root, "cases": cases})
    print(json.dumps(out, ensure_ascii=True, separators=(",", ":")))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 9535, 25, 40)
