"""What takes several steps over the three services, each of which depends on the one before it."""

import concurrent.futures
import json
import re
import time

from conftest import PASSWORD, User, basic, claims, part

REDIRECT = "https://app.example.com/callback"
# The pair of RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
# Shorter than 43 characters.
SHORT = "abcdefghijklmnopqrstuvwxyz"


def code_for(honest, token, client="web-app", redirect="https%3A%2F%2Fapp.example.com%2Fcallback", more=""):
    """A code of a user who is signed in, with a challenge."""
    query = f"response_type=code&client_id={client}&redirect_uri={redirect}&scope=openid%20profile"
    query += f"&code_challenge={CHALLENGE}&code_challenge_method=S256{more}"
    answer = honest.auth("GET", "/oauth/authorize?" + query, token=token)
    assert answer.status == 302, answer.body
    return re.search(r"code=([\w-]+)", answer.headers["location"]).group(1)


def exchange(client, code, headers=None, **fields):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "code_verifier": VERIFIER}
    form = {name: value for name, value in (form | fields).items() if value is not None}
    return client.auth("POST", "/oauth/token", form=form, headers=basic("web-app") if headers is None else headers)


def refresh(client, token, headers=None, **fields):
    form = {"grant_type": "refresh_token", "refresh_token": token} | fields
    return client.auth("POST", "/oauth/token", form=form, headers=basic("web-app") if headers is None else headers)


def is_signed_in(client, token):
    return client.auth("GET", "/api/auth/me", token=token).status == 200


def test_another_password_ends_the_other_sessions(client, honest, user):
    here, elsewhere = user.sign_in(), user.sign_in()
    passwords = {"old": PASSWORD, "new": "correct-horse-10"}
    assert client.auth("POST", "/api/auth/password", token=here, document=passwords).status == 204
    assert is_signed_in(honest, here)
    assert not is_signed_in(honest, elsewhere)


def test_signing_out_everywhere_ends_every_session(client, honest, user):
    tokens = [user.sign_in() for _ in range(3)]
    assert client.auth("POST", "/api/auth/logout-all", token=tokens[0]).status == 204
    assert [is_signed_in(honest, token) for token in tokens] == [False] * 3


def test_a_code_belongs_to_the_client_that_asked_for_it(client, honest, user):
    code = code_for(honest, user.sign_in())
    answer = exchange(client, code, headers={}, client_id="mobile-app")
    assert (answer.status, answer.json["error"]) == (400, "invalid_grant")


def test_a_code_belongs_to_its_redirect(client, honest, user):
    answer = exchange(client, code_for(honest, user.sign_in()), redirect_uri="https://evil.example/callback")
    assert (answer.status, answer.json["error"]) == (400, "invalid_grant")


def test_the_verifier_cannot_be_left_out(client, honest, user):
    answer = exchange(client, code_for(honest, user.sign_in()), code_verifier=None)
    assert (answer.status, answer.json["error"]) == (400, "invalid_grant")


def test_a_short_verifier_is_refused(client, honest, user):
    answer = exchange(client, code_for(honest, user.sign_in()), code_verifier=SHORT)
    assert (answer.status, answer.json["error"]) == (400, "invalid_request")


def test_a_refresh_token_is_for_one_use(client, honest, user):
    first = exchange(honest, code_for(honest, user.sign_in())).json["refresh_token"]
    assert refresh(honest, first).status == 200
    again = refresh(client, first)
    assert (again.status, again.json["error"]) == (400, "invalid_grant")


def test_a_refresh_token_belongs_to_its_client(client, honest, user):
    token = exchange(honest, code_for(honest, user.sign_in())).json["refresh_token"]
    answer = refresh(client, token, headers={}, client_id="mobile-app")
    assert (answer.status, answer.json["error"]) == (400, "invalid_grant")


def test_an_id_token_is_for_the_client(client, honest, user):
    answer = exchange(client, code_for(honest, user.sign_in()))
    said = claims(answer.json["id_token"])
    assert (said["aud"], said["sub"]) == ("web-app", user.name)
    assert said["exp"] > said["iat"]


def test_an_id_token_carries_the_nonce(client, honest, user):
    answer = exchange(client, code_for(honest, user.sign_in(), more="&nonce=n-0S6"))
    assert claims(answer.json["id_token"]).get("nonce") == "n-0S6"


def test_an_id_token_names_a_published_key(client, honest, user):
    kid = part(exchange(honest, code_for(honest, user.sign_in())).json["id_token"], 0)["kid"]
    keys = client.auth("GET", "/.well-known/jwks.json").json["keys"]
    assert kid in [key["kid"] for key in keys]


def test_nobody_revokes_the_tokens_of_another_client(client, honest, user):
    token = exchange(honest, code_for(honest, user.sign_in())).json["access_token"]
    assert client.auth("POST", "/oauth/revoke", form={"token": token}, headers=basic("worker")).status == 200
    assert honest.auth("POST", "/oauth/introspect", form={"token": token}, headers=basic("worker")).json["active"]


def test_tokens_name_the_issuer_that_discovery_names(client, user):
    named = client.auth("GET", "/.well-known/oauth-authorization-server").json["issuer"]
    assert claims(user.sign_in())["iss"] == named


def test_users_at_once_see_their_own(client, honest):
    users = [User(client, honest) for _ in range(6)]
    with concurrent.futures.ThreadPoolExecutor(len(users)) as pool:
        tokens = list(pool.map(User.sign_in, users))
        seen = list(pool.map(lambda token: client.backend("GET", "/api/me", token=token).json["sub"], tokens * 3))
    assert seen == [user.name for user in users] * 3


def test_messages_of_many_clients_all_arrive(client, honest):
    thread = honest.backend("POST", "/api/threads", document={"title": "crowded"}).json["id"]
    path = f"/api/threads/{thread}/messages"
    contents = [f"message {number}" for number in range(16)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        documents = [{"role": "user", "content": content} for content in contents]
        answers = pool.map(lambda one: honest.backend("POST", path, document=one), documents)
        assert {answer.status for answer in answers} == {201}
    read = client.backend("GET", path).json["messages"]
    assert sorted(message["content"] for message in read) == sorted(contents)


def test_what_was_cancelled_ends_its_story(client, honest, user):
    token = user.sign_in()
    plan = {"steps": [{"tool": "sleep", "input": {"milliseconds": 1500}}, {"tool": "whoami"}]}
    begun = honest.backend("POST", "/api/executions", token=token, document=plan).json["id"]
    assert honest.backend("POST", f"/api/executions/{begun}/cancel", token=token).status == 200
    time.sleep(0.01)
    story = client.backend("GET", f"/api/executions/{begun}/events", token=token).json["events"]
    assert story[-1]["type"] == "execution.cancelled"
    assert not [event for event in story if event.get("step") == 2]


def test_a_lost_device_is_signed_out_from_another(client, honest, user):
    lost, here = user.sign_in(), user.sign_in()
    sessions = honest.auth("GET", "/api/auth/sessions", token=here).json["sessions"]
    other = [session["id"] for session in sessions if not session["current"]]
    assert len(other) == 1
    assert client.auth("DELETE", f"/api/auth/sessions/{other[0]}", token=here).status == 204
    assert (is_signed_in(honest, lost), is_signed_in(honest, here)) == (False, True)


def test_a_body_in_chunks_arrives_whole(client):
    connection = client.connection()
    headers = {"transfer-encoding": "chunked", "content-type": "text/plain"}
    body = iter([b"one ", b"two ", b"three"])
    connection.request("PUT", client.path("/gateway/backend/api/echo"), body, headers, encode_chunked=True)
    seen = json.loads(connection.getresponse().read())
    assert (seen["method"], seen["text"], seen["bytes"]) == ("PUT", "one two three", 13)
