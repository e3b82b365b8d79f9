"""A server that plays everything that credentials are asked for: OAuth, the token service, IAM Credentials, an identity
provider, the metadata server; and as much of Cloud Run as `status` and `health` look at. It keeps every request."""

import base64
import json
import ssl
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ACCESS_TOKEN = "ya29.CANARY-access"
SOURCE_TOKEN = "ya29.CANARY-source"
SUBJECT_TOKEN = "CANARY-subject-token"
FLAVOR = {"Metadata-Flavor": "Google"}


def encoded(part):
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def decoded(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def identity_token(audience):
    now = int(time.time())
    claims = {"iss": "https://accounts.google.com", "aud": audience, "iat": now, "exp": now + 3600}
    return ".".join([encoded({"alg": "none"}), encoded(claims), "CANARYidentity"])


class Request:
    """One request, with its parts as values."""

    def __init__(self, handler, body):
        parts = urllib.parse.urlsplit(handler.path)
        self.method = handler.command
        self.path = parts.path
        self.query = dict(urllib.parse.parse_qsl(parts.query))
        self.headers = {name.lower(): value for name, value in handler.headers.items()}
        kind = self.headers.get("content-type", "").split(";")[0]
        self.form = dict(urllib.parse.parse_qsl(body.decode())) if kind == "application/x-www-form-urlencoded" else None
        self.json = json.loads(body) if kind == "application/json" and body else None

    def __repr__(self):
        return f"{self.method} {self.path} {self.query} {self.form or self.json}"


class TokenStub:
    """`refusal` is what every token request is answered, instead of a token: a status and a document. `revoked` is an
    access token that Cloud Run does not take; with one, the next is another. `certificate` makes it speak TLS."""

    def __init__(self, certificate=None):
        self.requests = []
        self.refusal = None
        self.revoked = None
        self.lock = threading.Lock()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                request = Request(self, self.rfile.read(int(self.headers.get("content-length", 0))))
                with stub.lock:
                    stub.requests.append(request)
                status, body, headers = stub.answer(request)
                content = body if isinstance(body, str) else json.dumps(body)
                self.send_response(status)
                headers = {"Content-Type": "text/plain" if isinstance(body, str) else "application/json", **headers}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content.encode())))
                self.end_headers()
                self.wfile.write(content.encode())

            do_POST = do_PATCH = do_GET

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.host = self.url.removeprefix("http://")
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def taken(self):
        """The requests since the last time."""
        with self.lock:
            requests, self.requests = self.requests, []
        return requests

    def answer(self, request):
        path = request.path
        account = "/computeMetadata/v1/instance/service-accounts/default"
        if path in ("/token", "/v1/token", "/v1/oauthtoken") or path.endswith((":generateAccessToken", ":generateIdToken")):
            if self.refusal:
                return *self.refusal, {}
        if path == "/token" and "assertion" in (request.form or {}):
            wanted = decoded(request.form["assertion"].split(".")[1]).get("target_audience")
            if wanted:
                return 200, {"id_token": identity_token(wanted)}, {}
        if path in ("/token", "/v1/token", "/v1/oauthtoken"):
            with self.lock:
                again = len([other for other in self.requests if other.path == path]) > 1
            token = SOURCE_TOKEN + "-again" if self.revoked and again else SOURCE_TOKEN
            return 200, {"access_token": token, "expires_in": 3600, "token_type": "Bearer",
                         "issued_token_type": "urn:ietf:params:oauth:token-type:access_token"}, {}
        if path.endswith(":generateAccessToken"):
            end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
            return 200, {"accessToken": ACCESS_TOKEN, "expireTime": end}, {}
        if path.endswith(":generateIdToken"):
            return 200, {"token": identity_token(request.json["audience"])}, {}
        if path in ("/subject", "/github"):
            return 200, {"value": SUBJECT_TOKEN, "count": 1}, {}
        if path == "/":
            return 200, "", FLAVOR
        if path == account + "/":
            return 200, {"email": "default@p.iam.gserviceaccount.com", "scopes": [], "aliases": ["default"]}, FLAVOR
        if path == account + "/token":
            return 200, {"access_token": ACCESS_TOKEN, "expires_in": 3600, "token_type": "Bearer"}, FLAVOR
        if path == account + "/identity":
            return 200, identity_token(request.query["audience"]), FLAVOR
        if path == "/computeMetadata/v1/universe/universe-domain":
            return 200, "googleapis.com", FLAVOR
        if path == "/computeMetadata/v1/project/project-id":
            return 200, "p", FLAVOR
        if self.revoked and request.headers.get("authorization") == "Bearer " + self.revoked:
            return 401, {"error": {"code": 401, "status": "UNAUTHENTICATED", "message": "Invalid credentials."}}, {}
        if request.method == "PATCH":
            return 403, {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "Not today."}}, {}
        return self.cloud_run(path)

    def cloud_run(self, path):
        """One service that nobody but invokers may call."""
        name = "projects/p/locations/us-central1/services/backend"
        if path == f"/v2/{name}":
            return 200, {
                "name": name, "generation": "1", "observedGeneration": "1", "uri": self.url, "urls": [self.url],
                "latestReadyRevision": f"{name}/revisions/backend-00001-abc",
                "trafficStatuses": [{"revision": "backend-00001-abc", "percent": 100}],
                "terminalCondition": {"type": "Ready", "state": "CONDITION_SUCCEEDED"},
            }, {}
        if path == f"/v2/{name}:getIamPolicy":
            return 200, {"version": 3, "etag": "e", "bindings": []}, {}
        if path.startswith(f"/v2/{name}/revisions"):
            return 200, {}, {}
        return 200, {"status": "ok"}, {"X-Revision": "backend-00001-abc"}
