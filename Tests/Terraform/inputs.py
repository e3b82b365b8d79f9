"""Asks Terraform itself what it says to wrong inputs: each line of the table must be refused in the words it names.

    inputs.py FOLDER

A module's variables are judged without its resources, so no provider is needed.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

RIGHT = {
    "bootstrap": {
        "project": "example-staging", "environment": "staging", "billing_account": "012345-6789AB-CDEF01",
        "github_owner": "example", "github_repository": "shop", "github_repository_id": 1, "monthly_budget": 500,
    },
    "staging": {"project": "example-staging", "alert_emails": ["a@example.com"]},
    "local": {},
    "modules/cache": {
        "name": "staging", "region": "us-central1", "private_network_id": "n", "high_availability": False,
    },
    "modules/database": {
        "name": "staging", "region": "us-central1", "private_network_id": "n", "tier": "db-custom-1-3840",
        "high_availability": False, "service_accounts": {},
    },
    "modules/load-balancer": {
        "name": "staging", "services": {}, "hosts": {"a.example.com": {"service": "a"}},
        "default_host": "a.example.com",
    },
    "modules/monitoring": {
        "project": "p", "hosts": {"a.example.com": "/health"}, "services": [], "alert_emails": ["a@example.com"],
    },
    "modules/network": {"name": "staging", "region": "us-central1"},
    "modules/registry": {"region": "us-central1", "deployer": "serviceAccount:d"},
    "modules/service": {
        "name": "backend", "region": "us-central1", "deployer": "serviceAccount:d", "terraform": "serviceAccount:t",
    },
}
WRONG = [
    ("bootstrap", "project", "Example", "must be a project id"),
    ("bootstrap", "environment", "Staging", "environment must be"),
    ("bootstrap", "github_owner", "it's", "github_owner must be"),
    ("bootstrap", "github_repository", "a' || true || '", "github_repository must be"),
    ("bootstrap", "github_repository_id", "shop", "number is required"),
    ("bootstrap", "billing_account", "012345", "billing_account must have"),
    ("bootstrap", "monthly_budget", 0.5, "monthly_budget must be"),
    ("staging", "project", "p", "must be a project id"),
    ("staging", "region", "us-central1-a", "not a zone"),
    ("local", "environment", "-", "environment must be"),
    ("local", "network_cidr", "10.0.0.0", "network_cidr must be"),
    ("local", "apply_seconds", 61, "between 0 and 60"),
    ("local", "fail_checking", "network", "`database` alone"),
    ("modules/cache", "name", "Cache", "name must be"),
    ("modules/cache", "memory_gb", 1.5, "memory_gb must be"),
    ("modules/database", "tier", "db-n1-standard-1", "tier must be"),
    ("modules/database", "disk_limit_gb", 5, "disk_limit_gb must be"),
    ("modules/database", "retained_backups", 3, "retained_backups must be"),
    ("modules/load-balancer", "name", "a-name-that-is-much-too-long", "name must be"),
    ("modules/load-balancer", "hosts", {"https://a.example.com": {"service": "a"}}, "whole domain names"),
    ("modules/load-balancer", "hosts", {"a" * 40 + ".example.com": {"service": "a"}}, "at most 42 characters"),
    ("modules/load-balancer", "hosts", {"a.example.com": {}}, 'attribute "service" is required'),
    ("modules/load-balancer", "websocket_timeout_seconds", 3601, "between 1 and 3600"),
    ("modules/load-balancer", "requests_per_minute", 0, "requests_per_minute must be"),
    ("modules/load-balancer", "log_sample_rate", 1.1, "log_sample_rate must be"),
    ("modules/monitoring", "hosts", {"a.example.com": "/healthz"}, "never reaches"),
    ("modules/monitoring", "alert_emails", [], "at least one email address"),
    ("modules/monitoring", "error_percent", 0, "error_percent must be"),
    ("modules/network", "name", "Net", "name must be"),
    ("modules/network", "services_cidr", "10.8.0.0/27", "/26 or more"),
    ("modules/network", "private_services_cidr", "10.9.0.0/28", "/24 or more"),
    ("modules/registry", "name", "S", "name must be"),
    ("modules/registry", "keep_count", 0, "keep_count must be"),
    ("modules/registry", "keep_days", 0.5, "keep_days must be"),
    ("modules/service", "name", "a-service-whose-name-is-long", "2 to 26"),
    ("modules/service", "deployer", "d@example.com", "must be a principal"),
    ("modules/service", "ingress", "all", "INGRESS_TRAFFIC_ALL"),
]


def said(folder, values):
    """What Terraform says about inputs, on one line; empty where it takes them."""
    with tempfile.TemporaryDirectory() as copy:
        shutil.copy(Path(folder, "variables.tf"), copy)
        Path(copy, "inputs.auto.tfvars.json").write_text(json.dumps(values))
        plan = subprocess.run(
            ["terraform", f"-chdir={copy}", "plan", "-no-color", "-input=false"],
            capture_output=True,
            check=False,
            text=True,
        )
    return " ".join(plan.stderr.replace("│", " ").split()) if plan.returncode else ""


def finding(root, folder, name, value, words):
    answer = said(Path(root, folder), {**RIGHT[folder], name: value})
    if words in answer:
        return None
    return f"{folder}: {name} = {json.dumps(value)} is not refused with `{words}`: {answer}"


def right(root, folder):
    answer = said(Path(root, folder), RIGHT[folder])
    return f"{folder}: right inputs are refused: {answer}" if answer else None


if __name__ == "__main__":
    with ThreadPoolExecutor(2) as pool:
        lines = [line for line in pool.map(lambda folder: right(sys.argv[1], folder), RIGHT) if line]
        lines += [line for line in pool.map(lambda wrong: finding(sys.argv[1], *wrong), WRONG) if line]
    print(*lines, sep="\n", end="\n" if lines else "")
    print(f"{len(RIGHT)} sets of right inputs, {len(WRONG)} wrong ones: {len(lines)} findings")
    sys.exit(1 if lines else 0)
