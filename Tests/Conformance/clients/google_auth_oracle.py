"""Lets google-auth make the same token that stagectl would make, as its own program: it reads the environment when it is
imported. Usage: google_auth_oracle.py access|identity AUDIENCE. Prints the token.

Three addresses are not configurable in google-auth and are pointed to the stub by hand: the token endpoint of a user
(it ignores the file's `token_uri`), the one of an impersonated account (it keeps only the account of the file's URL), and
IAM Credentials' for identity tokens."""

import json
import os
import sys
import warnings

warnings.simplefilter("ignore")

import google.auth
import google.auth.iam
from google.auth import compute_engine, external_account, impersonated_credentials
from google.auth.transport.requests import Request
from google.oauth2 import credentials as user_credentials
from google.oauth2 import service_account

PLATFORM = ["https://www.googleapis.com/auth/cloud-platform"]
STUB = os.environ["ORACLE_STUB"]
FILE = os.environ.get("GOOGLE_APPLICATION_CREDENTIALS")
IDENTITY_ENDPOINT = STUB + "/v1/projects/-/serviceAccounts/{}:generateIdToken"
google.auth.iam._IAM_IDTOKEN_ENDPOINT = IDENTITY_ENDPOINT


def loaded(request):
    if not FILE:
        return google.auth.default(scopes=PLATFORM, request=request)[0]
    # Scopes later: with them at once, a federated identity asks the real Resource Manager for its project.
    loaded, _ = google.auth.load_credentials_from_file(FILE, request=request)
    if isinstance(loaded, user_credentials.Credentials):
        return loaded.with_token_uri(STUB + "/token")
    loaded = google.auth.credentials.with_scopes_if_required(loaded, PLATFORM)
    if isinstance(loaded, impersonated_credentials.Credentials):
        with open(FILE) as file:
            loaded._iam_endpoint_override = json.load(file)["service_account_impersonation_url"]
        source = loaded._source_credentials
        if isinstance(source, user_credentials.Credentials):
            loaded._source_credentials = source.with_token_uri(STUB + "/token")
    return loaded


def identity(request, audience):
    if not FILE:
        return compute_engine.IDTokenCredentials(
            request, target_audience=audience, use_metadata_identity_endpoint=True)
    with open(FILE) as file:
        kind = json.load(file)["type"]
    if kind == "service_account":
        made = service_account.IDTokenCredentials.from_service_account_file(FILE, target_audience=audience)
        made._iam_id_token_endpoint = IDENTITY_ENDPOINT
        return made
    target = loaded(request)
    if isinstance(target, external_account.Credentials):
        target = target._initialize_impersonated_credentials()
    return impersonated_credentials.IDTokenCredentials(target, target_audience=audience, include_email=True)


request = Request()
made = loaded(request) if sys.argv[1] == "access" else identity(request, sys.argv[2])
made.refresh(request)
print(made.token)
