"""A Cloud Storage with the history of 100,000 releases, and a file with the same, for scripts/bench-state.

    bench-state.py serve PORT RUNS     answers reads and lists of a bucket `bench` from sorted names, and counts them
    bench-state.py fill FILE RUNS      adds the releases to a state file that stagectl has made
"""

import bisect
import json
import sqlite3
import sys
import urllib.parse
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SERVICES = ["auth", "backend", "frontend", "orders", "search"]
FIRST = datetime(2020, 1, 1, tzinfo=timezone.utc)


def started(number):
    return (FIRST + timedelta(minutes=30 * number)).strftime("%Y-%m-%dT%H:%M:%SZ")


def release(number):
    service = SERVICES[number % len(SERVICES)]
    run = "run-%06d" % number
    return {
        "schema": "stagectl.release/v1", "run": run, "kind": "deploy", "environment": "local",
        "started": started(number), "finished": started(number), "initiator": "ada@laptop", "outcome": "promoted",
        "services": [{
            "service": service, "region": "us-central1", "outcome": "promoted", "dirty": False, "traffic": [],
            "environmentOverrides": [], "witnessedHealthy": True, "revision": "%s-%05d-abc" % (service, number),
            "commit": "%040x" % number,
        }],
        "steps": [{"id": "%s:%s" % (step, service), "status": "done", "seconds": 1.5}
                  for step in ["build", "push", "lock", "candidate", "ready", "tag", "health", "smoke", "traffic", "assert",
                               "record"]],
        "verdict": {"result": "pass", "rule": "all", "counts": {"passed": 10, "total": 10}},
    }


def descending(text):
    return "".join(chr(0x69 - ord(c)) if c.isdigit() else c for c in text)


class Bucket:
    """Names that hold a release are known by its number; what is in them is made when it is asked for."""

    def __init__(self, runs):
        self.numbers, self.requests = {}, 0
        for number in range(runs):
            run, service = "run-%06d" % number, SERVICES[number % len(SERVICES)]
            key = "%s-%s.json" % (descending(started(number)), run)
            self.numbers["local/history/local/all/" + key] = number
            self.numbers["local/history/local/services/%s/%s" % (service, key)] = number
            self.numbers["local/releases/%s.json" % run] = number
        self.names = sorted(self.numbers)

    def content(self, name):
        if name not in self.numbers:
            return None
        value = release(self.numbers[name])
        content = value["run"] if "/services/" in name else value
        return json.dumps({"version": 1, "mark": "m", "content": content}).encode()

    def list(self, prefix, first, most):
        start = bisect.bisect_left(self.names, max(prefix, first))
        names = []
        for name in self.names[start:start + most]:
            if not name.startswith(prefix):
                break
            names.append(name)
        return {"items": [{"bucket": "bench", "name": name, "generation": "7", "size": "1"} for name in names]}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one packet, as a server sends them.
    wbufsize = 1 << 16

    def log_message(self, *_):
        pass

    def do_GET(self):
        bucket, url = self.server.bucket, urllib.parse.urlsplit(self.path)
        if url.path == "/count":
            body, bucket.requests = b"%d\n" % bucket.requests, 0
            return self.answer(200, body)
        bucket.requests += 1
        query = dict(urllib.parse.parse_qsl(url.query))
        parts = url.path.split("/o", 1)
        if parts[1] == "":
            found = bucket.list(query.get("prefix", ""), query.get("startOffset", ""), int(query["maxResults"]))
            return self.answer(200, json.dumps(found).encode())
        content = bucket.content(urllib.parse.unquote(parts[1][1:]))
        return self.answer(404, b"{}") if content is None else self.answer(200, content)

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Goog-Generation", "7")
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    # A full queue drops connections, which are tried again after a second.
    request_queue_size = 128


def serve(port, runs):
    server = Server(("127.0.0.1", port), Handler)
    server.bucket = Bucket(runs)
    print("ready", flush=True)
    server.serve_forever()


def fill(file, runs):
    with sqlite3.connect(file) as database:
        for number in range(runs):
            document = release(number)
            database.execute(
                "INSERT INTO release (run, environment, started, document) VALUES (?, 'local', ?, ?)",
                (document["run"], document["started"], json.dumps(document)))
            service = document["services"][0]
            database.execute(
                "INSERT INTO release_service (run, service, region) VALUES (?, ?, ?)",
                (document["run"], service["service"], service["region"]))


if __name__ == "__main__":
    {"serve": lambda: serve(int(sys.argv[2]), int(sys.argv[3])),
     "fill": lambda: fill(sys.argv[2], int(sys.argv[3]))}[sys.argv[1]]()
