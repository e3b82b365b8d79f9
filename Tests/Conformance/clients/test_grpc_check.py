"""Checks of kind `grpc` by the built binary, against Google's own gRPC server: directly, over TLS, and through the local
Cloud Run's ingress."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

import google.cloud.run_v2 as run_v2
import grpc

from local_cloud_run import PARENT, ConformanceTest

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "health_server.py")


class Smoke:
    """A project with one suite, which `stagectl smoke --url` runs."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="stagectl-conformance-")
        os.makedirs(self.folder.name + "/environments/suites")
        self.write("environments/services.yaml", "services: { echo: { image: local/echo, suites: [health] } }\n")
        self.write("environments/local.yaml", "platform: local\nproject: demo-project\nregion: us-central1\n")
        subprocess.run(["git", "init", "--quiet", self.folder.name], check=True)

    def write(self, path, text):
        with open(f"{self.folder.name}/{path}", "w") as file:
            file.write(text)

    def check(self, url, text, **environment):
        """The check's result and how long the command took."""
        self.write(
            "environments/suites/health.yaml",
            "version: 1\nsuite: health\npriority: P1\nowner: team\n"
            "secrets: { key: { from_env: API_KEY, default: let-me-in } }\n"
            f"checks: [{{ id: probed, {text} }}]\n")
        began = time.monotonic()
        result = subprocess.run(
            [os.environ["STAGECTL_EXECUTABLE"], "smoke", "echo", "--url", url, "-o", "json"], cwd=self.folder.name,
            env={**os.environ, "STAGECTL_STATE": self.folder.name + "/state", **environment},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        document = json.loads(result.stdout)
        return document["checks"][0], time.monotonic() - began, result.stdout.decode() + result.stderr.decode()


class Peer:
    """The server of health_server.py on a port of its own."""

    def __init__(self, credentials=None, **environment):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, PROGRAM], env={**os.environ, "PORT": str(self.port), "K_REVISION": "r-7", **environment},
            stderr=subprocess.DEVNULL)
        address = f"localhost:{self.port}"
        channel = grpc.secure_channel(address, credentials) if credentials else grpc.insecure_channel(address)
        grpc.channel_ready_future(channel).result(timeout=30)
        channel.close()

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


class GRPCCheckTests(ConformanceTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.smoke = Smoke()
        cls.addClassCleanup(cls.smoke.folder.cleanup)
        cls.peer = Peer()
        cls.addClassCleanup(cls.peer.stop)
        cls.direct = f"http://127.0.0.1:{cls.peer.port}"
        container = run_v2.Container(
            image=cls.server.image(sys.executable, PROGRAM),
            ports=[run_v2.ContainerPort(name="h2c", container_port=8080)],
            startup_probe=run_v2.Probe(
                grpc=run_v2.GRPCAction(), period_seconds=1, timeout_seconds=1, failure_threshold=30))
        cls.service = cls.clients.services.create_service(
            parent=PARENT, service_id="echo", service=run_v2.Service(
                invoker_iam_disabled=True, template=run_v2.RevisionTemplate(containers=[container]))
        ).result(timeout=60)
        cls.ingress = cls.service.urls[1]

    def passed(self, url, text, **environment):
        result, seconds, said = self.smoke.check(url, text, **environment)
        self.assertEqual(result["status"], "passed", result)
        return result["evidence"], seconds, said

    def refused(self, url, text, *words, status="failed", **environment):
        result, seconds, _ = self.smoke.check(url, text, **environment)
        self.assertEqual(result["status"], status, result)
        for word in words:
            self.assertIn(word, f"{result['summary']}\n{result.get('cause')}\n{result.get('fix')}")
        return result["evidence"], seconds

    def ways(self):
        for url in (self.direct, self.ingress):
            with self.subTest(url=url):
                yield url

    def test_health_of_the_server_and_of_a_service(self):
        for url in self.ways():
            evidence, _, _ = self.passed(url, "grpc: {}")
            self.assertEqual((evidence["grpcStatus"], evidence["servingStatus"]), ("OK", "SERVING"))
            self.assertEqual(evidence["status"], 200)
            self.assertEqual(evidence["messages"], 1)
            self.assertTrue(evidence["remoteAddress"].startswith("127.0.0.1:"))
            self.assertGreater(evidence["phases"]["total"], 0)
            self.passed(url, "grpc: { service: demo.Echo }, expect: { time: 5s }")

    def test_metadata_comes_back(self):
        self.passed(self.direct, "grpc: {}, expect: { metadata: { x-revision: r-7 } }")
        revision = self.service.latest_ready_revision.split("/")[-1]
        self.passed(self.ingress, f"grpc: {{}}, expect: {{ metadata: {{ x-revision: {revision} }} }}")
        self.refused(self.direct, "grpc: {}, expect: { metadata: { x-revision: r-8 } }", "x-revision")

    def test_a_service_that_is_ill(self):
        for url in self.ways():
            self.refused(url, "grpc: { service: ill }", "the health of `ill` is NOT_SERVING, wanted SERVING",
                         "says of itself that it is not ready")
            self.passed(url, "grpc: { service: ill }, expect: { status: NOT_SERVING }")

    def test_a_service_that_nobody_knows(self):
        for url in self.ways():
            self.refused(url, "grpc: { service: absent }", "gRPC status NOT_FOUND, wanted OK",
                         "does not know this name")
            self.passed(url, "grpc: { service: absent }, expect: { code: NOT_FOUND }")

    def test_who_may_ask(self):
        # A negative case is a check like any other, and the key stands in no report.
        for url in self.ways():
            self.passed(url, "grpc: { service: private }, expect: { code: UNAUTHENTICATED, message: { contains: 日本 } }")
            _, _, said = self.passed(
                url, 'grpc: { service: private }, headers: { x-api-key: "${secrets.key}" }')
            self.assertNotIn("let-me-in", said)
            evidence, _ = self.refused(url, "grpc: { service: private }", "UNAUTHENTICATED, wanted OK: no key: 100 % sure",
                                       "refused this caller")
            self.assertEqual(evidence["grpcMessage"], "no key: 100 % sure, 日本")

    def test_an_error_of_the_application(self):
        for url in self.ways():
            self.refused(url, "grpc: { service: broken }", "gRPC status UNKNOWN, wanted OK", "the database is gone")

    def test_a_deadline(self):
        for url in self.ways():
            result, seconds, _ = self.smoke.check(url, "grpc: { service: slow }, timeout: 500ms")
            self.assertIn(result["status"], ("error", "failed"), result)
            self.assertLess(seconds, 4)

    def test_watch_waits_for_health(self):
        for url in self.ways():
            evidence, seconds, _ = self.passed(url, "grpc: { service: starting, watch: 20s }")
            self.assertEqual(evidence["servingStatus"], "SERVING")
            self.assertLess(seconds, 15)
            self.refused(url, "grpc: { service: ill, watch: 1s }",
                         "did not become SERVING within 1000 ms; came: NOT_SERVING")
            self.passed(url, "grpc: { service: absent, watch: 5s }, expect: { status: SERVICE_UNKNOWN }")

    def test_compression_that_nobody_asked_for(self):
        peer = Peer(COMPRESSION="gzip")
        self.addCleanup(peer.stop)
        # gRPC's servers hold themselves to what was offered.
        self.passed(f"http://127.0.0.1:{peer.port}", "grpc: { service: demo.Echo }")

    def test_tls(self):
        folder = self.smoke.folder.name
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
             folder + "/key.pem", "-out", folder + "/cert.pem", "-subj", "/CN=localhost", "-days", "2", "-addext",
             "subjectAltName=DNS:localhost"], check=True, stderr=subprocess.DEVNULL)
        with open(folder + "/cert.pem", "rb") as file:
            credentials = grpc.ssl_channel_credentials(file.read())
        peer = Peer(credentials, CERTIFICATE=folder + "/cert.pem", KEY=folder + "/key.pem")
        self.addCleanup(peer.stop)
        url = f"https://localhost:{peer.port}"
        evidence, _, _ = self.passed(url, "grpc: { service: demo.Echo }", CURL_CA_BUNDLE=folder + "/cert.pem")
        printed = subprocess.run(
            ["openssl", "x509", "-in", folder + "/cert.pem", "-noout", "-fingerprint", "-sha256"],
            stdout=subprocess.PIPE, check=True).stdout.decode().split("=")[1].strip().replace(":", "").lower()
        self.assertEqual(evidence["certificateFingerprint"], printed)
        self.refused(url, "grpc: {}", "TLS failed", status="error")

    def test_nobody_and_somebody_else(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            self.refused(f"http://127.0.0.1:{closed.getsockname()[1]}", "grpc: {}", "nothing listens", status="error")
        # The API server of the local Cloud Run speaks HTTP/1.1 alone.
        self.refused(self.server.url, "grpc: {}", "does not speak HTTP/2", "h2c", status="error")
        host = urllib.parse.urlsplit(self.service.urls[0])
        self.refused(f"http://none.localhost:{host.port}", "grpc: {}", "HTTP status 404, which gRPC reads as UNIMPLEMENTED")

    def test_a_service_that_speaks_plain_http(self):
        plain = self.clients.services.create_service(
            parent=PARENT, service_id="plain", service=run_v2.Service(
                invoker_iam_disabled=True, template=self.template())).result(timeout=60)
        self.refused(plain.urls[1], "grpc: {}", "wanted OK", "something other than a gRPC server answered", "h2c")

    def test_the_platform_keeps_strangers_out(self):
        closed = self.clients.services.create_service(
            parent=PARENT, service_id="closed", service=run_v2.Service(template=self.template())).result(timeout=60)
        self.passed(closed.urls[1], "grpc: {}, auth: { kind: none }, expect: { code: PERMISSION_DENIED }")
        self.refused(closed.urls[1], "grpc: {}", "HTTP status 403, which gRPC reads as PERMISSION_DENIED", "run.invoker")


if __name__ == "__main__":
    unittest.main()
