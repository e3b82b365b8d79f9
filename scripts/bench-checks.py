"""What scripts/bench-checks measures: FOLDER STAGECTL URL-OF-NGINX URL-OF-THE-SAMPLE-BACKEND."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

FOLDER, STAGECTL, TARGET, BACKEND = Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
CHECKS, MANY, SOCKETS = 466, 10_000, 200
REQUESTS, CONNECTIONS = 50_000, 16
# As many as stagectl keeps, so that every measured run reads a full history.
REMEMBERED = 100
SECRET = b"sample-only-secret"


# What is measured with: a whole process from its start to its end.

def run(arguments, folder):
    """Milliseconds and standard output; a failure of the contestant ends the measurement."""
    output = folder / "output"
    with open(output, "wb") as out, open(folder / "errors", "wb") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(arguments, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=errors)
        code = process.wait()
        taken = (time.perf_counter() - began) * 1000
    if code != 0:
        sys.exit(f"bench-checks: `{' '.join(map(str, arguments))}` ended with {code}, see {folder}")
    return taken, output.read_bytes()


# A process of its own: the kernel counts the memory of whoever started a program as the program's (getrusage(2)
# keeps the peak over execve), and this one has read large documents.
PEAK = """import resource, subprocess, sys
code = subprocess.run(sys.argv[2:]).returncode
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)"""


# The same checks for everybody: a status and three members of a JSON document.

def project(name, suites):
    """A folder with an environment whose only service has these suites."""
    folder = FOLDER / name
    (folder / "environments/suites").mkdir(parents=True)
    (folder / "environments/bench.yaml").write_text("platform: local\nproject: bench\nregion: us-central1\n")
    (folder / "environments/services.yaml").write_text(
        "services:\n  target: { image: example/target, public: true, suites: [" + ", ".join(suites) + "] }\n")
    for suite, text in suites.items():
        (folder / f"environments/suites/{suite}.yaml").write_text(
            f"version: 1\nsuite: {suite}\npriority: P1\nowner: team-bench\n{text}")
    return folder


def http_checks(numbers):
    return "checks:\n" + "".join(
        f"  - id: item-{n:05}\n    http: GET /items/{n}\n    expect:\n      status: 200\n"
        f"      json: {{ $.status: ok, $.version: abc123, $.path: /items/{n} }}\n" for n in numbers)


def smoke(folder, url=TARGET, through=()):
    """One run that writes JSON to standard output, and JSON and JUnit into a folder."""
    taken, output = run(
        [*through, STAGECTL, "smoke", "--env", "bench", "--url", url, "--output", "json", "--report", "report"], folder)
    document = json.loads(output)
    if document["result"] != "pass" or not (folder / "report/junit.xml").read_text().endswith("</testsuites>\n"):
        sys.exit(f"bench-checks: not all checks passed, see {folder}")
    return taken, document


def remember(folder):
    """Copies what the first run left until as many runs are on record as are kept."""
    records = next((folder / ".stagectl/verdicts").iterdir())
    originals = list(records.iterdir())
    for number in range(REMEMBERED):
        for original in originals:
            moment, rest = original.name.split("-", 1)
            shutil.copy(original, records / f"{int(moment) - 1000 * (number + 1)}-{rest}")


def pytest_suite():
    folder = FOLDER / "pytest"
    folder.mkdir()
    (folder / "test_items.py").write_text(f'''import pytest
import requests


@pytest.fixture(scope="session")
def session():
    with requests.Session() as session:
        yield session


@pytest.mark.parametrize("number", range({CHECKS}))
def test_item(session, number):
    response = session.get(f"{TARGET}/items/{{number}}")
    assert response.status_code == 200
    document = response.json()
    assert document["status"] == "ok"
    assert document["version"] == "abc123"
    assert document["path"] == f"/items/{{number}}"
''')
    return folder


def tavern_suite():
    folder = FOLDER / "tavern"
    folder.mkdir()
    (folder / "test_items.tavern.yaml").write_text("---\n".join(
        f"test_name: item {n}\nstages:\n  - name: get\n    request: {{ url: \"{TARGET}/items/{n}\", method: GET }}\n"
        "    response:\n      status_code: 200\n      strict: false\n"
        f"      json: {{ status: ok, version: abc123, path: /items/{n} }}\n" for n in range(CHECKS)))
    return folder


def curl_requests():
    folder = FOLDER / "curl"
    folder.mkdir()
    (folder / "requests").write_text("".join(
        f'url = "{TARGET}/items/{n}"\noutput = "/dev/null"\n' for n in range(CHECKS)))
    return folder


def measure_checks():
    ours, curl = project("checks", {"items": http_checks(range(CHECKS))}), curl_requests()
    with_pytest, with_tavern = pytest_suite(), tavern_suite()
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]

    def contestants(number):
        yield "stagectl", lambda: smoke(ours)[0]
        yield "curl", lambda: run(["curl", "--silent", "--config", "requests"], curl)[0]
        if number % 2 == 0:
            yield "pytest", lambda: run([*pytest, "-p", "no:tavern", "test_items.py"], with_pytest)[0]
        if number % 4 == 0:
            yield "tavern", lambda: run([*pytest, "test_items.tavern.yaml"], with_tavern)[0]

    smoke(ours)
    remember(ours)
    times = {}
    for number in range(12):
        # Taking turns, as the machine's speed changes from minute to minute.
        for name, measure in contestants(number):
            times.setdefault(name, []).append(measure())
    return times


def measure_memory():
    """Ten suites, as one file may hold 1 MiB."""
    share = MANY // 10
    folder = project("many", {f"items-{n}": http_checks(range(n * share, (n + 1) * share)) for n in range(10)})
    smoke(folder)
    remember(folder)
    times, peaks = [], []
    for _ in range(5):
        taken, document = smoke(folder, through=[sys.executable, "-c", PEAK, "peak"])
        if document["counts"]["passed"] != MANY:
            sys.exit(f"bench-checks: not {MANY} checks were run, see {folder}")
        times.append(taken)
        peaks.append(int((folder / "peak").read_text()) / 1024)
    return times, peaks


# WebSockets: connect, send, receive, close.

def measure_sockets():
    folder = project("sockets", {"sockets": f"""secrets: {{ jwt: {{ from_env: JWT_SECRET, default: {SECRET.decode()} }} }}
checks:
  - id: echo
    ws: {{ path: /ws }}
    auth: {{ kind: jwt, secret: jwt, claims: {{ sub: bench }} }}
    script:
      - send: {{ json: {{ type: echo, text: hello }} }}
      - receive: {{ within: 5s, json: {{ $.type: echo, $.text: hello }} }}
      - close: {{ code: 1000 }}
    connections: {{ count: {SOCKETS}, all_must: receive }}
"""})
    checks, processes, bare = [], [], []
    for number in range(11):
        taken, document = smoke(folder, BACKEND)
        seen = time.perf_counter()
        asyncio.run(bare_sockets())
        if number > 0:
            checks.append(document["checks"][0]["milliseconds"])
            processes.append(taken)
            bare.append((time.perf_counter() - seen) * 1000)
        messages = document["checks"][0]["evidence"]["messages"]
        if messages != SOCKETS:
            sys.exit(f"bench-checks: {messages} messages came of {SOCKETS}")
    return checks, processes, bare


def token():
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    text = part(b'{"alg":"HS256","typ":"JWT"}') + b"." + part(
        json.dumps({"sub": "bench", "exp": int(time.time()) + 300}).encode())
    return (text + b"." + part(hmac.new(SECRET, text, hashlib.sha256).digest())).decode()


async def bare_sockets():
    """The same over plain sockets, with as little work as possible: what the peer itself takes."""
    host, port = BACKEND.removeprefix("http://").split(":")
    request = (
        f"GET /ws HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer {token()}\r\n\r\n").encode()
    # With a mask of zeros the payload stands as it is.
    text = b'{"type":"echo","text":"hello"}'
    message = bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text
    closing = bytes([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8])

    async def one():
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head:
            sys.exit("bench-checks: the sample backend refused a WebSocket")
        writer.write(message)
        await reader.readexactly(2)
        await reader.readuntil(b"}")
        writer.write(closing)
        await reader.read()
        writer.close()

    await asyncio.gather(*(one() for _ in range(SOCKETS)))


# Load: requests per second over the same number of connections.

def measure_load():
    folder = project("load", {"load": f"""defaults: {{ timeout: 10s }}
checks:
  - id: load
    load: {{ http: GET /items/1, requests: {REQUESTS}, concurrency: {CONNECTIONS}, warmup: 100 }}
    slo: {{ p99: 1s }}
"""})
    ours, theirs = [], []
    for _ in range(5):
        milliseconds = smoke(folder)[1]["checks"][0]["milliseconds"]
        ours.append(REQUESTS / milliseconds * 1000)
        _, text = run(["hey", "-n", str(REQUESTS), "-c", str(CONNECTIONS), f"{TARGET}/items/1"], folder)
        theirs.append(float(re.search(rb"Requests/sec:\s+([\d.]+)", text).group(1)))
    return ours, theirs


def main():
    rows = []

    def row(name, unit, value, detail, most=None, least=None):
        within = (most is None or value <= most) and (least is None or value >= least)
        rows.append({"name": name, "unit": unit, "value": round(value, 2), "bound": most if least is None else least,
                     "boundIs": "most" if least is None else "least", "within": within, "detail": detail})

    def words(values, unit="ms"):
        return f"{statistics.median(values):,.0f} {unit} (n={len(values)})"

    times = measure_checks()
    ours = statistics.median(times["stagectl"])
    row(f"{CHECKS} HTTP checks, JSON and JUnit", "ms", ours, f"{words(times['stagectl'])}, whole process", most=200)
    for name, label, most, least in (
            ("curl", "one curl process", 5, None), ("pytest", "pytest with requests", None, 4),
            ("tavern", "Tavern", None, 10)):
        theirs = statistics.median(times[name])
        if most is not None:
            row(f"  as many times as long as {label}", "x", ours / theirs, words(times[name]), most=most)
        else:
            row(f"  times as fast as {label}", "x", theirs / ours, words(times[name]), least=least)
    taken, memory = measure_memory()
    row(f"peak memory of {MANY:,} checks", "MiB", max(memory), f"in {words(taken)}, {REMEMBERED} runs on record", most=64)
    checks, processes, bare = measure_sockets()
    row(f"{SOCKETS} WebSockets at once", "ms", statistics.median(checks),
        f"whole process {words(processes)}, bare sockets in Python {words(bare)}", most=100)
    rates, hey = measure_load()
    row("load check against hey, requests per second", "x", statistics.median(rates) / statistics.median(hey),
        f"{words(rates, '/s')} against {words(hey, '/s')}, {CONNECTIONS} connections", least=0.6)

    print(f"{'what':<46}{'value':>10}{'bound':>12}   detail")
    for r in rows:
        bound = f"{'<=' if r['boundIs'] == 'most' else '>='} {r['bound']}"
        mark = "" if r["within"] else "   OVER" if r["boundIs"] == "most" else "   UNDER"
        print(f"{r['name']:<46}{r['value']:>6.2f} {r['unit']:<3}{bound:>12}   {r['detail']}{mark}")
    document = {"schema": "stagectl.bench-checks/v1", "milliseconds": times, "results": rows}
    with open(f"{FOLDER}.json", "w") as file:
        json.dump(document, file, indent=2)
    sys.exit(0 if all(r["within"] for r in rows) else 1)


main()
