"""A Cloud Storage with the history of 100,000 releases, and a folder with the same, for scripts/bench-state.

    bench-state.py serve PORT RUNS       answers reads and lists of a bucket `bench` from sorted names, and counts them
    bench-state.py fill FOLDER RUNS      adds the releases to a state folder that stagectl has made
"""

import bisect
import json
import os
import sqlite3
import sys
import urllib.parse
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SERVICES = ["auth", "backend", "frontend", "orders", "search"]
CHECKS = ["check-%03d" % number for number in range(466)]
SUITE_RUNS = 100


class Releases:
    """One each half an hour, the last one last night."""

    def __init__(self, runs):
        last = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
        self.runs, self.first = runs, last - timedelta(minutes=30 * runs)

    def moment(self, number):
        return self.first + timedelta(minutes=30 * number)

    def started(self, number):
        return self.moment(number).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def outcome(self, number):
        return "failed" if number % 97 == 0 else "rolled-back" if number % 31 == 0 else "promoted"

    def document(self, number):
        service, run = SERVICES[number % len(SERVICES)], "run-%06d" % number
        outcome = self.outcome(number)
        return {
            "schema": "stagectl.release/v1", "run": run, "kind": "deploy", "environment": "local",
            "started": self.started(number),
            "finished": (self.moment(number) + timedelta(minutes=4)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "initiator": "ada@laptop", "outcome": outcome,
            "services": [{
                "service": service, "region": "us-central1", "outcome": outcome, "dirty": False, "traffic": [],
                "environmentOverrides": [], "witnessedHealthy": True, "revision": "%s-%05d-abc" % (service, number),
                "candidate": "%s-%05d-abc" % (service, number),
                "previousRevision": "%s-%05d-abc" % (service, number - len(SERVICES)), "commit": "%040x" % number,
                "committed": (self.moment(number) - timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "servedSince": (self.moment(number) + timedelta(minutes=3)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            }],
            "steps": [{"id": "%s:%s" % (step, service), "status": "done", "seconds": 1.5}
                      for step in ["build", "push", "lock", "candidate", "ready", "tag", "health", "smoke", "traffic",
                                   "assert", "record"]],
            "verdict": {"result": "pass", "rule": "all", "counts": {"passed": 10, "total": 10}},
        }

    def delivery(self, number):
        """As `Delivery.line` writes it."""
        service, started = SERVICES[number % len(SERVICES)], int(self.moment(number).timestamp() * 1000)
        return "run-%06d %s us-central1 deploy %s %d 240000 180000 10800000 %s-%05d-abc %s-%05d-abc" % (
            number, service, self.outcome(number), started, service, number, service, number - len(SERVICES))


def verdicts():
    """Name, run and outcomes of the runs of suites that are on record."""
    for number in range(SUITE_RUNS):
        moment = datetime.now(timezone.utc).timestamp() - 3600 * (SUITE_RUNS - number)
        failed = [check for index, check in enumerate(CHECKS) if (index + number) % 211 == 0]
        run = {"startedAt": moment, "result": "fail" if failed else "pass", "isNarrowed": False,
               "digest": "sha256:%064x" % (number // 2), "skips": {"smoke": 0}}
        outcomes = {"passed": {"smoke": [check for check in CHECKS if check not in failed]}, "failed": {"smoke": failed}}
        yield "%d-backend-%x" % (moment * 1000, number), json.dumps(run), json.dumps(outcomes)


def descending(text):
    return "".join(chr(0x69 - ord(c)) if c.isdigit() else c for c in text)


class Bucket:
    """Names that hold a release are known by its number; what is in them is made when it is asked for."""

    def __init__(self, runs):
        self.releases, self.numbers, self.contents, self.requests = Releases(runs), {}, {}, 0
        days = {}
        for number in range(runs):
            run, service = "run-%06d" % number, SERVICES[number % len(SERVICES)]
            started, outcome = self.releases.started(number), self.releases.outcome(number)
            key = "%s-%s.json" % (descending(started), run)
            for part in ["all", "services/" + service, "regions/us-central1", "placements/%s@us-central1" % service,
                         "outcomes/" + outcome, "ends/%s@%s" % (service, outcome), "commits/%040x" % number]:
                self.numbers["local/history/local/%s/%s" % (part, key)] = number
            self.numbers["local/releases/%s.json" % run] = number
            days.setdefault(started[:10], []).append(self.releases.delivery(number))
        for day, lines in days.items():
            self.contents["local/deliveries/local/%s.json" % day] = {"lines": "\n".join(lines)}
        entries = []
        for name, run, outcomes in verdicts():
            entries.append({"name": name, "run": run, "generation": 7})
            self.contents["local/verdicts/local/runs/%s.json" % name] = {"outcomes": outcomes}
        self.contents["local/verdicts/local/list.json"] = {"entries": entries}
        self.names = sorted([*self.numbers, *self.contents])

    def content(self, name):
        if name in self.contents:
            value = self.contents[name]
        elif name in self.numbers:
            value = self.releases.document(self.numbers[name])
            if "/history/" in name and "/all/" not in name:
                value = value["run"]
        else:
            return None
        return json.dumps({"version": 1, "mark": "m", "content": value}).encode()

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


def fill(folder, runs):
    releases = Releases(runs)
    with sqlite3.connect(folder + "/state.sqlite") as database:
        for number in range(runs):
            document = releases.document(number)
            service = document["services"][0]
            position = database.execute(
                "INSERT INTO release (run, environment, started, outcome, document) VALUES (?, 'local', ?, ?, ?)",
                (document["run"], document["started"], document["outcome"], json.dumps(document))).lastrowid
            database.execute(
                "INSERT INTO release_service (run, service, region, environment, started, position, outcome, commit_id,"
                " delivery) VALUES (?, ?, ?, 'local', ?, ?, ?, ?, ?)",
                (document["run"], service["service"], service["region"], document["started"], position,
                 document["outcome"], service["commit"], releases.delivery(number)))
    os.makedirs(folder + "/verdicts/local", exist_ok=True)
    for name, run, outcomes in verdicts():
        for ending, text in [(".outcomes", outcomes), (".json", run)]:
            with open("%s/verdicts/local/%s%s" % (folder, name, ending), "w") as file:
                file.write(text)


if __name__ == "__main__":
    {"serve": lambda: serve(int(sys.argv[2]), int(sys.argv[3])),
     "fill": lambda: fill(sys.argv[2], int(sys.argv[3]))}[sys.argv[1]]()
