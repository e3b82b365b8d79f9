"""The measuring part of scripts/bench-calls."""

import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from google.api_core import operation as google_operation  # noqa: F401  (fails early where it is missing)
from google.auth.credentials import AnonymousCredentials
from google.cloud import run_v2
from google.cloud.run_v2.services.revisions.transports import RevisionsRestTransport
from google.cloud.run_v2.services.services.transports import ServicesRestTransport
from google.protobuf import field_mask_pb2

ROUNDS, DELAY, CALLS, NOTICE = 5, 0.05, 12, 250
# No revision of an earlier measurement is to be found again.
BATCH = time.time_ns()
STAGECTL = os.environ["STAGECTL"]
ENDPOINT = json.loads(os.environ["STATUS"])["endpoint"]
NAME = "projects/local-project/locations/us-central1/services/backend"
IMAGE = json.load(urllib.request.urlopen(f"{ENDPOINT}/v2/{NAME}", timeout=30))["template"]["containers"][0]["image"]
WAITING = re.compile(r"/operations/[^/]+(:wait)?$")


class Proxy(BaseHTTPRequestHandler):
    """Every call a fixed delay later, counted."""

    protocol_version = "HTTP/1.1"
    calls = []

    def forward(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        time.sleep(DELAY)
        target = urlsplit(ENDPOINT)
        connection = http.client.HTTPConnection(target.hostname, target.port, timeout=60)
        headers = {key: value for key, value in self.headers.items() if key.lower() not in ("host", "connection")}
        connection.request(self.command, self.path, body or None, headers)
        response = connection.getresponse()
        content = response.read()
        Proxy.calls.append((self.command, self.path))
        self.send_response(response.status)
        for key, value in response.getheaders():
            if key.lower() not in ("transfer-encoding", "content-length", "connection", "date", "server"):
                self.send_header(key, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        connection.close()

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = forward

    def log_message(self, *arguments):
        pass


def delay_readiness(seconds):
    """As a container that takes its time; not a multiple of anybody's polling interval."""
    rules = {"rules": [{"id": "late", "on": {"service": "backend"}, "effect": {"readinessDelay": f"{seconds}s"}}]}
    request = urllib.request.Request(f"{ENDPOINT}/local/v1/faults", json.dumps(rules).encode(), method="PUT",
                                     headers={"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=30).read()


class Readiness(threading.Thread):
    """When the newest revision became ready, asked of the server itself every few milliseconds."""

    def __init__(self):
        super().__init__(daemon=True)
        self.known = self.look()[0]
        self.at = None

    @staticmethod
    def look():
        with urllib.request.urlopen(f"{ENDPOINT}/v2/{NAME}/revisions?pageSize=1", timeout=30) as answer:
            revision = json.load(answer)["revisions"][0]
        ready = any(c.get("type") == "Ready" and c.get("state") == "CONDITION_SUCCEEDED"
                    for c in revision.get("conditions", []))
        return revision["name"], ready

    def run(self):
        while self.at is None:
            name, ready = self.look()
            if name != self.known and ready:
                self.at = time.perf_counter()
            time.sleep(0.005)


def counted():
    """Calls of the Cloud Run Admin API, and those among them that only wait."""
    waiting = [call for call in Proxy.calls if WAITING.search(call[1].split("?")[0])]
    logs = [call for call in Proxy.calls if call[1].startswith("/v2/entries")]
    return len(Proxy.calls) - len(waiting) - len(logs), len(waiting)


def project(proxy):
    folder = tempfile.mkdtemp(prefix="stagectl-bench-")
    shutil.copytree("environments", f"{folder}/environments")
    with open(f"{folder}/environments/remote.yaml", "w") as file:
        file.write(f"platform: {{ kind: google, endpoint: {proxy} }}\n"
                   "project: local-project\nregion: us-central1\n")
    return folder


def deploy(folder, number):
    """With all that a release does: health, suites, the assertion at the public URL, the record."""
    Proxy.calls.clear()
    watch = Readiness()
    watch.start()
    noticed = None
    variables = dict(os.environ, STAGECTL_ACCESS_TOKEN="bench", STAGECTL_STATE=f"{folder}/state",
                     CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING=os.environ["PROXY"] + "/")
    # A project that says nothing of its permissions is the dearest case: the service is asked itself.
    for api in ("CLOUDRESOURCEMANAGER", "SERVICEUSAGE", "IAM", "SECRETMANAGER", "ARTIFACTREGISTRY"):
        variables[f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{api}"] = "http://127.0.0.1:1/"
    began = time.perf_counter()
    command = [STAGECTL, "deploy", "backend", "--env", "remote", "--config", f"{folder}/environments", "--image", IMAGE,
               "--set-env", f"BENCH={BATCH}-{number}", "--allow-older"]
    lines = []
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=folder,
                          env=variables) as process:
        for line in process.stderr:
            lines.append(line)
            if "✔" in line and "ready:backend" in line:
                noticed = time.perf_counter()
    if process.returncode != 0:
        sys.exit("bench-calls: deploy ended with %d\n%s" % (process.returncode, "".join(lines)))
    watch.join(30)
    if os.environ.get("BENCH_SHOW_CALLS") and number == 0:
        print("\n".join(f"{method} {path}" for method, path in Proxy.calls))
    return counted(), (noticed - watch.at) * 1000, time.perf_counter() - began


def by_google(proxy, number):
    """The same writes by Google's client with its own way of waiting, and no gate at all."""
    Proxy.calls.clear()
    options = dict(host=proxy.removeprefix("http://"), credentials=AnonymousCredentials(), url_scheme="http")
    services = run_v2.ServicesClient(transport=ServicesRestTransport(**options))
    revisions = run_v2.RevisionsClient(transport=RevisionsRestTransport(**options))
    watch = Readiness()
    watch.start()
    began = time.perf_counter()

    def update(service, *paths):
        return services.update_service(request=run_v2.UpdateServiceRequest(
            service=service, update_mask=field_mask_pb2.FieldMask(paths=paths)))

    service = services.get_service(name=NAME)
    variables = service.template.containers[0].env
    for variable in [v for v in variables if v.name == "BENCH"]:
        variables.remove(variable)
    variables.append(run_v2.EnvVar(name="BENCH", value=f"{BATCH}-google-{number}"))
    service.template.revision = ""
    serving = next(status for status in service.traffic_statuses if status.percent == 100)
    service.traffic = [run_v2.TrafficTarget(
        type_=run_v2.TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION, revision=serving.revision,
        percent=100)]
    update(service, "template", "traffic").result(timeout=120)
    noticed = time.perf_counter()
    candidate = next(iter(revisions.list_revisions(parent=NAME))).name.split("/")[-1]
    service = services.get_service(name=NAME)
    service.traffic = [run_v2.TrafficTarget(
        type_=run_v2.TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION, revision=candidate,
        percent=100)]
    update(service, "traffic").result(timeout=120)
    watch.join(30)
    return counted(), (noticed - watch.at) * 1000, time.perf_counter() - began


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    proxy = f"http://127.0.0.1:{server.server_port}"
    os.environ["PROXY"] = proxy
    folder = project(proxy)
    try:
        deploy(folder, "first")
        ours, theirs = [], []
        for number in range(ROUNDS):
            delay_readiness(1.3 + 0.37 * number)
            ours.append(deploy(folder, number))
            theirs.append(by_google(proxy, number))
    finally:
        urllib.request.urlopen(urllib.request.Request(f"{ENDPOINT}/local/v1/faults", method="DELETE"), timeout=30)
        shutil.rmtree(folder)
        server.shutdown()

    def row(label, runs):
        calls = max(calls for (calls, _), _, _ in runs)
        waits = statistics.median(waits for (_, waits), _, _ in runs)
        late = statistics.median(late for _, late, _ in runs)
        whole = statistics.median(whole for _, _, whole in runs)
        print(f"{label:<34}{calls:>6} calls {waits:>4.0f} waits {late:>8.0f} ms after ready {whole:>8.1f} s in all")
        return calls, late

    calls, late = row("stagectl deploy (all gates)", ours)
    row("google-cloud-run (no gates)", theirs)
    within = calls <= CALLS and late <= NOTICE
    print(f"every call {DELAY * 1000:.0f} ms late, n={ROUNDS}" + ("" if within else f"   OVER {CALLS} or {NOTICE} ms"))
    with open(".build/bench-calls.json", "w") as file:
        json.dump({"schema": "stagectl.bench-calls/v1", "delayMilliseconds": DELAY * 1000, "results": [
            {"name": "deploy: Cloud Run Admin calls beyond waiting", "value": calls, "bound": CALLS,
             "within": calls <= CALLS},
            {"name": "deploy: readiness noticed, ms after it", "value": round(late, 1), "bound": NOTICE,
             "within": late <= NOTICE}]}, file, indent=2)
    sys.exit(0 if within else 1)


main()
