"""What the local Cloud Run has besides Google's API, over its socket: faults, the overview, logs; and that ready is earned."""

import http.client
import os
import signal
import subprocess
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

import google.cloud.run_v2 as run_v2
from google.api_core import exceptions

from local_cloud_run import PARENT, ConformanceTest


class LocalTests(ConformanceTest):
    def public(self, name):
        service = run_v2.Service(
            template=self.template(SERVICE_NAME="backend"), invoker_iam_disabled=True)
        return self.clients.services.create_service(
            parent=PARENT, service_id=name, service=service).result(timeout=60)

    def set_faults(self, *rules):
        status, answer = self.server.call("PUT", "/local/v1/faults", {"seed": 7, "rules": list(rules)})
        self.assertEqual(status, 200, answer)
        self.addCleanup(self.server.call, "DELETE", "/local/v1/faults")

    def ask(self, service, path="/version", headers=None):
        """Status, headers and body; status 0 where the connection was cut."""
        url = urllib.parse.urlsplit(service.urls[1])
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
        try:
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except (ConnectionError, http.client.RemoteDisconnected):
            return 0, {}, b""
        finally:
            connection.close()

    def test_a_call_fails_as_often_as_was_asked(self):
        service = self.create("faulty")
        self.set_faults({"on": {"api": "services.get", "service": "faulty"}, "times": 2,
                         "effect": {"status": 429, "retryAfter": 3}})
        for _ in range(2):
            with self.assertRaises(exceptions.TooManyRequests) as raised:
                self.clients.services.get_service(name=service.name, retry=None)
            self.assertEqual(raised.exception.response.headers["Retry-After"], "3")
        self.assertEqual(self.get("faulty").name, service.name)
        shown = self.server.call("GET", "/local/v1/faults")[1]
        self.assertEqual(shown["rules"][0]["hits"], 2)

    def test_an_operation_that_fails_on_request(self):
        self.set_faults({"on": {"api": "services.create"}, "effect": {"operation": "fails"}})
        with self.assertRaises(exceptions.GoogleAPICallError):
            self.create("never")

    def test_requests_fail_on_request(self):
        service = self.public("shaky")
        self.set_faults(
            {"on": {"service": "shaky", "path": "/version"}, "times": 1, "effect": {"status": 503, "message": "no"}},
            {"on": {"service": "shaky", "path": "/ready"}, "times": 1, "effect": {"reset": True}})
        self.assertEqual(self.ask(service)[::2], (503, b"no"))
        self.assertEqual(self.ask(service)[0], 200)
        self.assertEqual(self.ask(service, "/ready")[0], 0)
        self.assertEqual(self.ask(service, "/ready")[0], 200)

    def test_a_misspelt_fault_is_refused_whole(self):
        status, answer = self.server.call("PUT", "/local/v1/faults", {"rules": [
            {"on": {"servis": "x"}, "effect": {"status": 200}}, {"effect": {"latency": "soon"}}]})
        self.assertEqual(status, 400)
        violations = answer["error"]["details"][0]["fieldViolations"]
        self.assertEqual(
            {v["field"] for v in violations},
            {"rules[0].on.servis", "rules[0].effect.status", "rules[1].effect.latency"})
        self.assertEqual(self.server.call("GET", "/local/v1/faults")[1]["rules"], [])

    def test_the_overview_tells_what_runs(self):
        service = self.public("seen")
        self.ask(service)
        status, overview = self.server.call("GET", "/local/v1/overview")
        self.assertEqual(status, 200)
        self.assertEqual(overview["server"]["pid"], self.server.process.pid)
        seen = next(s for s in overview["services"] if s["id"] == "seen")
        self.assertTrue(seen["isPublic"])
        self.assertEqual(seen["revisions"][0]["instances"][0]["phase"], "ready")
        self.assertTrue([entry for entry in overview["logs"] if entry.get("request")])
        again = self.server.call("GET", f"/local/v1/overview?after={overview['lastLog']}")[1]
        self.assertEqual(again["logs"], [])
        self.assertEqual(self.server.call("GET", "/local/v1/overview?after=x")[0], 400)
        self.assertEqual(self.server.call("POST", "/local/v1/overview", {})[0], 405)

    def test_a_web_page_cannot_drive_it(self):
        for headers in ({"Origin": "https://example.com"}, {"Host": "example.com"}):
            status, answer = self.server.call("GET", f"/v2/{PARENT}/services", headers=headers)
            self.assertEqual((status, answer["error"]["status"]), (403, "PERMISSION_DENIED"))

    def test_the_request_log_has_trace_and_revision(self):
        service = self.public("logged")
        trace = "0af7651916cd43dd8448eb211c80319c"
        self.ask(service, headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01", "User-Agent": "conformance"})
        revision = service.latest_ready_revision.split("/")[-1]
        status, answer = self.server.call("POST", "/v2/entries:list", {
            "resourceNames": ["projects/demo-project"],
            "filter": f'resource.labels.revision_name="{revision}" AND logName:"requests"'})
        self.assertEqual(status, 200, answer)
        entry = answer["entries"][-1]
        self.assertEqual(entry["httpRequest"]["status"], 200)
        self.assertEqual(entry["httpRequest"]["userAgent"], "conformance")
        self.assertEqual(entry["trace"], f"projects/demo-project/traces/{trace}")
        self.assertEqual(entry["resource"]["labels"]["service_name"], "logged")

    def test_ready_is_earned_and_lost(self):
        service = self.public("mortal")
        self.assertEqual(self.ask(service)[0], 200)
        before = self.instances()
        # Only this service's instance answers with this service's name.
        victim = next(pid for pid in before if self.variable(pid, "K_SERVICE") == "mortal")
        os.kill(victim, signal.SIGKILL)
        seen = set()
        end = time.monotonic() + 30
        while time.monotonic() < end:
            status = self.ask(service)[0]
            seen.add(status)
            if status == 200 and seen != {200}:
                break
        self.assertIn(503, seen, "a request must fail while there is no instance")
        self.assertEqual(status, 200, "and the next instance serves")
        self.assertNotIn(victim, self.instances())

    def instances(self):
        found = subprocess.run(["pgrep", "-P", str(self.server.process.pid)], capture_output=True, text=True)
        return [int(pid) for pid in found.stdout.split()]

    def variable(self, pid, name):
        with open(f"/proc/{pid}/environ", "rb") as file:
            return dict(part.split("=", 1) for part in file.read().decode().split("\0") if "=" in part).get(name)


if __name__ == "__main__":
    unittest.main()
