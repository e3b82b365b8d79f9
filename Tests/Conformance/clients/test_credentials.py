"""google-auth is the oracle: for the same credential file or variables, both sides make the same token requests against
one stub. Where they differ for a reason, the test says so."""

import base64
import json
import os
import subprocess
import sys
import tempfile
import unittest

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from connect_proxy import ConnectProxy, certificates
from token_stub import ACCESS_TOKEN, SOURCE_TOKEN, SUBJECT_TOKEN, TokenStub, decoded

PLATFORM = "https://www.googleapis.com/auth/cloud-platform"
IAM = "https://www.googleapis.com/auth/iam"
EMAIL = "ci@p.iam.gserviceaccount.com"
TARGET = "target@p.iam.gserviceaccount.com"
MIDDLE = "projects/-/serviceAccounts/middle@p.iam.gserviceaccount.com"
AUDIENCE = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/ci"
JWT = "urn:ietf:params:oauth:token-type:jwt"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SERVICES = """services:
  backend:
    source: { paths: [.], context: ., dockerfile: Dockerfile }
    identity: { header: x-revision }
    health: { path: /health, samples: 1, interval: 10ms, window: 2s, timeout: 2s }
"""


class CredentialTests(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.stub = TokenStub()
        self.addCleanup(self.stub.stop)
        folder = tempfile.TemporaryDirectory(prefix="stagectl-credentials-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.mkdir(self.folder + "/environments")
        self.write("environments/services.yaml", SERVICES)
        self.write("environments/staging.yaml", "platform: google\nproject: p\nregion: us-central1\n")
        self.write("subject", SUBJECT_TOKEN)
        self.write("program", "#!/bin/sh\n" + "printf '%s' '" + json.dumps({
            "version": 1, "success": True, "token_type": JWT, "id_token": SUBJECT_TOKEN}) + "'\n")
        os.chmod(self.folder + "/program", 0o700)

    def write(self, name, text):
        with open(f"{self.folder}/{name}", "w") as file:
            file.write(text)

    # The kinds, as files.

    def service_account(self, **more):
        pem = KEY.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
        return {"type": "service_account", "project_id": "p", "private_key_id": "k1", "private_key": pem,
                "client_email": EMAIL, "token_uri": self.stub.url + "/token", **more}

    def user(self):
        return {"type": "authorized_user", "client_id": "client", "client_secret": "CANARY-secret",
                "refresh_token": "CANARY-refresh", "token_uri": self.stub.url + "/token"}

    def workforce_user(self):
        return {"type": "external_account_authorized_user", "client_id": "client", "client_secret": "CANARY-secret",
                "refresh_token": "CANARY-refresh", "token_url": self.stub.url + "/v1/oauthtoken",
                "audience": "//iam.googleapis.com/locations/global/workforcePools/pool/providers/p"}

    def federated(self, source, **more):
        return {"type": "external_account", "audience": AUDIENCE, "subject_token_type": JWT,
                "token_url": self.stub.url + "/v1/token", "credential_source": source, **more}

    def impersonating(self, document):
        url = f"{self.stub.url}/v1/projects/-/serviceAccounts/{TARGET}:generateAccessToken"
        return {**document, "service_account_impersonation_url": url}

    def impersonated(self, source, delegates):
        return self.impersonating({
            "type": "impersonated_service_account", "source_credentials": source, "delegates": delegates})

    def kinds(self):
        json_format = {"type": "json", "subject_token_field_name": "value"}
        url = {"url": self.stub.url + "/subject?x=1", "headers": {"X-Key": "CANARY-key"}, "format": json_format}
        return {
            "service account": self.service_account(),
            "service account of another universe": self.service_account(universe_domain="example.goog"),
            "user": self.user(),
            "workforce user": self.workforce_user(),
            "file": self.federated({"file": self.folder + "/subject"}),
            "file with a client": self.federated(
                {"file": self.folder + "/subject"}, client_id="client", client_secret="CANARY-secret"),
            "workforce pool": self.federated(
                {"file": self.folder + "/subject"}, workforce_pool_user_project="123",
                audience="//iam.googleapis.com/locations/global/workforcePools/pool/providers/p"),
            "URL": self.federated(url),
            "executable": self.federated({"executable": {"command": self.folder + "/program --flag 'a b'"}}),
            "impersonating": self.impersonating(self.federated(
                {"file": self.folder + "/subject"}, service_account_impersonation={"token_lifetime_seconds": 1200})),
            # As google-github-actions/auth writes it.
            "GitHub Actions": self.impersonating(self.federated({
                "url": f"{self.stub.url}/github?api-version=2&audience=https%3A{AUDIENCE.replace('/', '%2F')}",
                "headers": {"Authorization": "Bearer CANARY-job"}, "format": json_format})),
            "impersonated by a user": self.impersonated(self.user(), []),
            "impersonated by a key": self.impersonated(self.service_account(), [MIDDLE]),
            "metadata server": None,
        }

    # The two sides.

    def environment(self, document):
        variables = {
            "PATH": os.environ["PATH"], "HOME": self.folder, "ORACLE_STUB": self.stub.url, "NO_PROXY": "127.0.0.1",
            "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES": "1", "PYTHONDONTWRITEBYTECODE": "1",
            "ACTIONS_ID_TOKEN_REQUEST_URL": self.stub.url + "/github?api-version=2",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "CANARY-job",
        }
        # Nothing leaves this machine.
        for api in ["RUN", "LOGGING", "IAM", "IAMCREDENTIALS", "SERVICEUSAGE", "SECRETMANAGER", "ARTIFACTREGISTRY",
                    "CLOUDRESOURCEMANAGER", "CLOUDBUILD", "STORAGE"]:
            variables["CLOUDSDK_API_ENDPOINT_OVERRIDES_" + api] = self.stub.url
        if document is None:
            # google-auth asks the address alone whether there is a server at all.
            return {**variables, "GCE_METADATA_HOST": self.stub.host, "GCE_METADATA_IP": self.stub.host}
        self.write("credentials.json", json.dumps(document))
        return {**variables, "GOOGLE_APPLICATION_CREDENTIALS": self.folder + "/credentials.json"}

    def oracle(self, document, *arguments):
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "google_auth_oracle.py")
        result = subprocess.run(
            [sys.executable, program, *arguments], env=self.environment(document), capture_output=True, text=True,
            timeout=60)
        self.assertEqual(result.returncode, 0, result.stderr[-3000:])
        return result.stdout.strip(), self.stub.taken()

    def stagectl(self, document, *arguments, exit=0, **variables):
        result = subprocess.run(
            [os.environ["STAGECTL_EXECUTABLE"], *arguments, "-e", "staging", "-o", "json", "--verbose"],
            env={**self.environment(document), **variables}, cwd=self.folder, capture_output=True, text=True,
            timeout=60)
        if exit is not None:
            self.assertEqual(result.returncode, exit, result.stdout + result.stderr)
        said = result.stdout + result.stderr
        for secret in ["CANARY", "PRIVATE KEY", "ya29."]:
            self.assertNotIn(secret, said)
        return json.loads(result.stdout), self.stub.taken()

    # What is compared.

    def claims(self, token):
        """Of a token that the key really signed; times as differences."""
        header, payload, signature = token.split(".")
        KEY.public_key().verify(
            base64.urlsafe_b64decode(signature + "=="), f"{header}.{payload}".encode(), padding.PKCS1v15(),
            hashes.SHA256())
        claims = decoded(payload)
        return {**claims, "header": decoded(header), "exp": claims["exp"] - claims["iat"], "iat": "now"}

    def shape(self, request):
        form = dict(request.form or {})
        if "assertion" in form:
            form["assertion"] = self.claims(form["assertion"])
        if "options" in form:
            form["options"] = "".join(form["options"].split("%20"))
        bearer = request.headers.get("authorization", "")
        if bearer.startswith("Bearer ey"):
            bearer = self.claims(bearer.removeprefix("Bearer "))
        body = request.json
        if body is not None:
            body = {name: value for name, value in body.items() if value not in ([], None)}
        return {
            "method": request.method, "path": request.path, "query": request.query, "form": form, "json": body,
            "authorization": bearer, "flavor": request.headers.get("metadata-flavor"),
            "key": request.headers.get("x-key"),
            "type": request.headers.get("content-type", "").split(";")[0] if request.method == "POST" else "",
        }

    def tokens(self, requests):
        """Token requests alone, by their shape; `status` and `health` ask other things besides."""
        # google-auth asks for the account's name before its token, and for the project; stagectl asks neither, for the
        # project is the environment's. What universe the server is in, stagectl asks first and google-auth later.
        asides = ("/default/", "/project/project-id", "/universe/universe-domain")
        return [
            self.shape(request) for request in requests
            if not request.path.startswith(("/v2/", "/health")) and not request.path.endswith(asides)
        ]

    def test_access_tokens_are_asked_for_as_google_auth_asks(self):
        for name, document in self.kinds().items():
            with self.subTest(name):
                token, expected = self.oracle(document, "access")
                answer, requests = self.stagectl(document, "status")
                self.assertIsNone(answer["error"])
                self.assertEqual(self.tokens(requests), self.tokens(expected))
                calls = [request for request in requests if request.path.startswith("/v2/")]
                self.assertTrue(calls)
                used = {request.headers["authorization"].removeprefix("Bearer ") for request in calls}
                self.assertEqual(len(used), 1, "one token for the whole command")
                if name == "service account of another universe":
                    self.assertEqual(self.claims(used.pop()), self.claims(token))
                else:
                    self.assertEqual(used, {token})
                    self.assertIn(token, (ACCESS_TOKEN, SOURCE_TOKEN))

    def test_the_requests_are_what_googles_pages_say(self):
        """The oracle and we might be wrong together."""
        kinds = self.kinds()
        shapes = {name: self.tokens(self.stagectl(document, "status")[1]) for name, document in kinds.items()}
        self.assertEqual(shapes["service account"][0]["form"], {
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": {
                "header": {"alg": "RS256", "typ": "JWT", "kid": "k1"}, "iss": EMAIL, "scope": PLATFORM,
                "aud": "https://oauth2.googleapis.com/token", "exp": 3600, "iat": "now"}})
        self.assertEqual(shapes["service account of another universe"], [])
        self.assertEqual(shapes["file"][0]["form"], {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "audience": AUDIENCE, "scope": PLATFORM,
            "requested_token_type": "urn:ietf:params:oauth:token-type:access_token", "subject_token": SUBJECT_TOKEN,
            "subject_token_type": JWT})
        self.assertEqual(shapes["workforce pool"][0]["form"]["options"], "%7B%22userProject%22%3A%22123%22%7D")
        self.assertEqual(shapes["impersonating"][0]["form"]["scope"], IAM)
        self.assertEqual(shapes["impersonating"][1]["json"], {"scope": [PLATFORM], "lifetime": "1200s"})
        self.assertEqual(shapes["impersonated by a key"][1]["json"], {
            "scope": [PLATFORM], "lifetime": "3600s", "delegates": [MIDDLE]})
        self.assertEqual(shapes["impersonated by a key"][1]["authorization"], "Bearer " + SOURCE_TOKEN)
        self.assertEqual(
            [shape["path"] for shape in shapes["metadata server"]],
            ["/", "/computeMetadata/v1/instance/service-accounts/default/token"])
        self.assertEqual({shape["flavor"] for shape in shapes["metadata server"]}, {"Google"})

    def test_identity_tokens_are_asked_for_as_google_auth_asks(self):
        kinds = self.kinds()
        for name in ["service account", "service account of another universe", "impersonating", "GitHub Actions",
                     "impersonated by a user", "impersonated by a key", "metadata server"]:
            with self.subTest(name):
                document = kinds[name]
                token, expected = self.oracle(document, "identity", self.stub.url)
                _, requests = self.stagectl(document, "health")
                wanted = self.identity_requests(expected)
                self.assertEqual(self.identity_requests(requests), wanted)
                self.assertEqual(len(wanted), 1)
                calls = [request for request in requests if request.path == "/health"]
                self.assertTrue(calls)
                for call in calls:
                    bearer = call.headers.get("x-serverless-authorization") or call.headers["authorization"]
                    claims = decoded(bearer.removeprefix("Bearer ").split(".")[1])
                    self.assertEqual(claims["aud"], self.stub.url)
                    self.assertEqual(claims["aud"], decoded(token.split(".")[1])["aud"])

    def identity_requests(self, requests):
        shapes = []
        for shape in self.tokens(requests):
            assertion = shape["form"].get("assertion", {})
            if not (shape["path"].endswith((":generateIdToken", "/identity")) or "target_audience" in assertion):
                continue
            if shape["json"]:
                # google-auth writes its booleans as strings here, and asks for the account as `azp` where it signed the
                # request itself; IAM takes both.
                shape["json"]["includeEmail"] = shape["json"]["includeEmail"] in (True, "true")
                shape["json"].pop("useEmailAzp", None)
            shapes.append(shape)
        return shapes

    def test_a_token_that_was_handed_over_beats_everything(self):
        _, requests = self.stagectl(self.user(), "status", STAGECTL_ACCESS_TOKEN="ya29.CANARY-given")
        self.assertEqual(self.tokens(requests), [])
        self.assertEqual({request.headers["authorization"] for request in requests}, {"Bearer ya29.CANARY-given"})

    def test_a_refusal_is_exit_4_in_the_servers_words(self):
        refusals = {
            400: {"error": "invalid_grant", "error_description": "Token has been expired or revoked."},
            401: {"error": "invalid_client", "error_description": "The OAuth client was not found."},
            403: {"error": {"code": 403, "status": "PERMISSION_DENIED",
                            "message": "Permission 'iam.serviceAccounts.getAccessToken' denied on resource."}},
        }
        for name, document in self.kinds().items():
            if name in ("metadata server", "service account of another universe"):
                continue
            for status, body in refusals.items():
                with self.subTest(name, status=status):
                    self.stub.refusal = (status, body)
                    answer, _ = self.stagectl(document, "status", exit=4)
                    self.assertEqual(answer["error"]["category"], "permission")
                    words = body.get("error_description") or body["error"]["message"]
                    self.assertIn(words.rstrip("."), answer["error"]["summary"])
                    self.assertTrue(answer["error"]["hint"])

    def test_trouble_is_exit_69_and_a_broken_file_exit_4(self):
        self.stub.refusal = (503, {"error": "unavailable"})
        answer, requests = self.stagectl(self.user(), "status", exit=69)
        self.assertEqual(answer["error"]["category"], "unavailable")
        self.assertGreater(len([request for request in requests if request.path == "/token"]), 1)
        answer, requests = self.stagectl({"type": "authorized_user", "client_id": "CANARY"}, "status", exit=4)
        self.assertIn("credentials.json", answer["error"]["summary"])
        self.assertEqual(requests, [])

    def test_a_token_that_ends_in_the_middle_is_renewed_once(self):
        self.stub.revoked = SOURCE_TOKEN
        answer, requests = self.stagectl(self.user(), "status")
        self.assertIsNone(answer["error"])
        self.assertEqual(len([request for request in requests if request.path == "/token"]), 2)
        used = [request.headers["authorization"] for request in requests if request.path.startswith("/v2/")]
        self.assertEqual(used[0], "Bearer " + SOURCE_TOKEN)
        self.assertEqual(set(used[1:]), {"Bearer " + SOURCE_TOKEN + "-again"})

    def test_a_proxy_and_an_authority_of_our_own(self):
        certificates(self.folder, "tokens.example")
        server = TokenStub(certificate=self.folder + "/server.pem")
        self.addCleanup(server.stop)
        proxy = ConnectProxy(server.server.server_port)
        self.addCleanup(proxy.stop)
        document = {**self.user(), "token_uri": "https://tokens.example/token"}
        self.stagectl(document, "status", HTTPS_PROXY=proxy.url, SSL_CERT_FILE=self.folder + "/ca.pem")
        self.assertEqual(proxy.asked, ["CONNECT tokens.example:443 HTTP/1.1"])
        self.assertEqual([request.path for request in server.taken()], ["/token"])
        # Nobody vouches for the server without the file.
        answer, _ = self.stagectl(document, "status", exit=69, HTTPS_PROXY=proxy.url)
        self.assertIn("no secure connection", answer["error"]["summary"])
        self.assertIn("SSL_CERT_FILE", answer["error"]["hint"])
        self.assertEqual(server.taken(), [])

    def test_nothing_secret_is_left_behind(self):
        """Neither in the journal of a run nor anywhere else below the project."""
        subprocess.run(["git", "init", "--quiet", self.folder], check=True)
        for name in ["service account", "user", "GitHub Actions", "impersonated by a key", "metadata server"]:
            with self.subTest(name):
                document = self.kinds()[name]
                answer, requests = self.stagectl(
                    document, "deploy", "backend", "--image", "registry.example/backend@sha256:" + "a" * 64,
                    "--allow-dirty", "--skip-smoke", "no suites", "--override", "preflight=nobody answers here",
                    "--yes", exit=None)
                self.assertIn("Not today", json.dumps(answer))
                self.assertTrue([request for request in requests if request.method == "PATCH"])
                history, _ = self.stagectl(document, "history")
                self.assertTrue(history["releases"])
                for folder, _, files in os.walk(self.folder):
                    for file in files:
                        if file in ("credentials.json", "subject", "program"):
                            continue
                        with open(os.path.join(folder, file), "rb") as content:
                            text = content.read()
                        for secret in [b"CANARY", b"ya29.", b"PRIVATE KEY"]:
                            self.assertNotIn(secret, text, file)


if __name__ == "__main__":
    unittest.main()
