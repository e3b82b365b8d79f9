"""A client of the frontend, which knows nothing but its address (`BASE_URL`), and users to ask as."""

import base64
import http.client
import json
import os
import secrets
import urllib.parse

import pytest

PASSWORD = "correct-horse-9"
FORM = "application/x-www-form-urlencoded"


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)


class Client:
    """Asks over one connection for each request."""

    def __init__(self, base):
        self.address = urllib.parse.urlsplit(base)

    def connection(self):
        return http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=5)

    def path(self, path):
        return self.address.path.rstrip("/") + path

    def ask(self, method, path, token=None, document=None, form=None, headers=None):
        headers = dict(headers or {})
        body = None
        if token:
            headers["authorization"] = f"Bearer {token}"
        if document is not None:
            headers["content-type"] = "application/json"
            body = json.dumps(document)
        if form is not None:
            headers["content-type"] = FORM
            body = urllib.parse.urlencode(form)
        connection = self.connection()
        try:
            connection.request(method, self.path(path), body, headers)
            response = connection.getresponse()
            return Answer(response, response.read())
        finally:
            connection.close()

    def auth(self, method, path, **more):
        return self.ask(method, "/gateway/auth" + path, **more)

    def backend(self, method, path, **more):
        return self.ask(method, "/gateway/backend" + path, **more)


class User:
    """Somebody new, who can sign in as often as a test needs."""

    def __init__(self, client, honest):
        self.client = client
        self.honest = honest
        self.name = "user." + secrets.token_hex(6)
        created = honest.auth("POST", "/api/auth/register", document={"user": self.name, "password": PASSWORD})
        assert created.status == 201, created.body

    def sign_in(self, password=PASSWORD):
        answer = self.honest.auth("POST", "/api/auth/login", document={"user": self.name, "password": password})
        assert answer.status == 200, answer.body
        return answer.json["access_token"]


def basic(client, secret="sample-only-client-secret"):
    return {"authorization": "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()}


def part(token, number):
    """Header (0) or claims (1) of a JSON Web Token; whether it may say so is for others to find out."""
    text = token.split(".")[number]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def claims(token):
    return part(token, 1)


def mutation_of(test):
    """The deliberate defect that this test is to meet: `SAMPLE_MUTATIONS` is `{"test_name": "mutation"}`."""
    return json.loads(os.environ.get("SAMPLE_MUTATIONS", "{}")).get(test)


@pytest.fixture
def honest():
    """For what a test needs beforehand: no defect is asked for."""
    return Client(os.environ["BASE_URL"])


@pytest.fixture
def client(request):
    """For what a test is about."""
    mutation = mutation_of(request.node.name)
    return Client(os.environ["BASE_URL"] + (f"/~{mutation}" if mutation else ""))


@pytest.fixture
def user(client, honest):
    return User(client, honest)
