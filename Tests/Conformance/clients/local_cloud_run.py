"""A local Cloud Run of its own for one test program, and Google's clients pointed at it.

The environment names what is tested: STAGECTL_EXECUTABLE, and STAGECTL_SAMPLE_EXECUTABLE as the service to deploy.
"""

import contextlib
import hashlib
import json
import os
import random
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

import google.cloud.run_v2 as run_v2
from google.api_core import exceptions
from google.auth.credentials import AnonymousCredentials
from google.cloud.run_v2.services.executions.transports import ExecutionsRestTransport
from google.cloud.run_v2.services.jobs.transports import JobsRestTransport
from google.cloud.run_v2.services.revisions.transports import RevisionsRestTransport
from google.cloud.run_v2.services.services.transports import ServicesRestTransport
from google.cloud.run_v2.services.tasks.transports import TasksRestTransport
from googleapiclient.discovery import build

from discovery import ResponseCheck

PROJECT = "demo-project"
LOCATION = "us-central1"
PARENT = f"projects/{PROJECT}/locations/{LOCATION}"


def free_ports():
    """A port for the API and one for the ingress, with room above it for one port per service and tag."""
    while True:
        first = random.randrange(20000, 55000)
        try:
            for port in (first, first + 1, first + 2):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
            return first, first + 1
        except OSError:
            continue


class Server:
    """The binary in the foreground, with plain processes as instances."""

    def __init__(self, *flags):
        self.folder = tempfile.TemporaryDirectory(prefix="stagectl-conformance-")
        self.port, ingress = free_ports()
        self.url = f"http://127.0.0.1:{self.port}"
        self.host = f"127.0.0.1:{self.port}"
        self.log = open(self.folder.name + "/server.log", "wb")
        self.process = subprocess.Popen(
            [
                os.environ["STAGECTL_EXECUTABLE"], "local", "serve", "--runtime", "process",
                "--state", self.folder.name + "/state", "--port", str(self.port), "--ingress-port", str(ingress),
                *flags,
            ],
            stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(self.url + "/stagectl/status", timeout=5).read()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("the server did not start: " + self.log_text())
                time.sleep(0.02)

    def log_text(self):
        with open(self.folder.name + "/server.log") as file:
            return file.read()

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()
        self.folder.cleanup()

    def image(self, *command):
        """What stands for an image where there is no engine: a manifest under the digest of its command."""
        digest = hashlib.sha256("\0".join(command).encode()).hexdigest()
        folder = f"{self.folder.name}/state/images/sha256-{digest}"
        os.makedirs(folder, exist_ok=True)
        with open(folder + "/manifest.json", "w") as file:
            json.dump({"command": list(command)}, file)
        return f"local/image@sha256:{digest}"

    def sample(self):
        return self.image(os.environ["STAGECTL_SAMPLE_EXECUTABLE"], "backend")

    def shell(self):
        return self.image("/bin/sh", "-c")

    def call(self, method, path, body=None, headers=None):
        """A request without any client library: status and document."""
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())


class Clients:
    """google-cloud-run over REST, and google-api-python-client; every answer is checked as it comes in."""

    def __init__(self, server):
        self.check = ResponseCheck()
        self.services = run_v2.ServicesClient(transport=self.transport(ServicesRestTransport, server))
        self.revisions = run_v2.RevisionsClient(transport=self.transport(RevisionsRestTransport, server))
        self.jobs = run_v2.JobsClient(transport=self.transport(JobsRestTransport, server))
        self.executions = run_v2.ExecutionsClient(transport=self.transport(ExecutionsRestTransport, server))
        self.tasks = run_v2.TasksClient(transport=self.transport(TasksRestTransport, server))

    def transport(self, kind, server):
        transport = kind(host=server.host, credentials=AnonymousCredentials(), url_scheme="http")
        transport._session.hooks["response"].append(self.check.response)
        return transport


def discovery_client(server, version="v2"):
    return build(
        "run", version, client_options={"api_endpoint": server.url}, credentials=AnonymousCredentials(),
        static_discovery=True, cache_discovery=False)


class ConformanceTest(unittest.TestCase):
    """One server for all tests of a class."""

    flags = ()

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.flags)
        cls.clients = Clients(cls.server)
        cls.discovery = discovery_client(cls.server)
        cls.image = cls.server.sample()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def tearDown(self):
        problems = self.clients.check.take()
        self.assertEqual(problems, [], "answers that the discovery document does not allow")

    @contextlib.contextmanager
    def refused(self, code, status, text=""):
        """The client raises its exception for this HTTP code, and the answer carried this google.rpc.Code."""
        with self.assertRaises(exceptions.GoogleAPICallError) as raised:
            yield
        self.assertEqual(raised.exception.code, code)
        error = raised.exception.response.json()["error"]
        self.assertEqual(error["status"], status)
        self.assertIn(text, error["message"])

    def template(self, image=None, **variables):
        container = run_v2.Container(
            image=image or self.image, env=[run_v2.EnvVar(name=k, value=v) for k, v in variables.items()])
        return run_v2.RevisionTemplate(containers=[container])

    def create(self, name, **variables):
        operation = self.clients.services.create_service(
            parent=PARENT, service_id=name, service=run_v2.Service(template=self.template(**variables)))
        return operation.result(timeout=60)

    def get(self, name):
        return self.clients.services.get_service(name=f"{PARENT}/services/{name}")
