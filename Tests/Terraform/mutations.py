"""Proves that the checks can fail: each line of the table spoils a copy of the folder, and must be found.

    mutations.py FOLDER [SCHEMA]     with a schema of the provider, the lines that need it as well
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import configuration
import provider_schema
import references
import rules

# file, what stands there, what is written instead, what must be said
# fmt: off
OURS = [
    ("modules/service/main.tf", "[template, traffic, annotations, client, client_version]",
     "[traffic, annotations]", "lacks template"),
    ("modules/service/main.tf", "[template, traffic, ", "[template, ", "lacks traffic"),
    ("modules/service/main.tf", "    ignore_changes = ", "    # ignore_changes = ", "lacks annotations"),
    ("modules/load-balancer/certificates.tf", "hostname     = each.key",
     'hostname     = "www.example.com"', "no certificate for the host"),
    ("modules/load-balancer/certificates.tf", "domains            = [each.key]",
     'domains = ["www.example.com"]', "no certificate for the host"),
    ("modules/load-balancer/url-map.tf", "hosts        = [host_rule.key]",
     'hosts = [host_rule.key, "old.example.com"]', "no certificate for the host old.example.com"),
    ("modules/load-balancer/main.tf", "  certificate_map = ", "  # certificate_map = ", "uses no certificate map"),
    ("staging/main.tf", 'service = "frontend"', 'service = "fronted"', "the service fronted, which is not there"),
    ("production/main.tf", 'default_host = "app.example.com"',
     'default_host = "www.example.com"', "is not one of local.hosts"),
    ("staging/main.tf", "hosts        = local.hosts", "hosts        = {}", "not given local.hosts"),
    ("modules/load-balancer/url-map.tf", '"/websocket", ', "", "no path rule for /websocket"),
    ("modules/load-balancer/url-map.tf", "seconds = var.websocket_timeout_seconds",
     "nanos = 0", "a path rule without a timeout"),
    ("staging/main.tf", "websocket_timeout_seconds = 300", "websocket_timeout_seconds = 7200", "a WebSocket of 7200 s"),
    ("modules/load-balancer/main.tf", 'protocol              = "HTTPS"',
     'protocol = "HTTPS"\n  timeout_sec = 3600', "timeout_sec is refused"),
    ("bootstrap/identities.tf", '"roles/run.viewer"', '"roles/editor"', "the primitive role roles/editor"),
    ("modules/service/main.tf", '"roles/run.developer"', '"roles/owner"', "the primitive role roles/owner"),
    ("modules/database/main.tf", '"google_project_iam_member" "connects"',
     '"google_project_iam_binding" "connects"', "takes the role from everybody else"),
    ("bootstrap/identities.tf", "member = google_service_account.terraform.member\n}",
     'member = "allUsers"\n}', "open to allUsers"),
    ("bootstrap/buckets.tf", 'public_access_prevention    = "enforced"',
     'public_access_prevention = "inherited"', "is not `enforced`"),
    ("bootstrap/buckets.tf", "uniform_bucket_level_access = true",
     "uniform_bucket_level_access = false", "access lists of their own"),
    ("bootstrap/buckets.tf", "    enabled = true", "    enabled = false", "no versions"),
    ("modules/database/variables.tf", "  default     = true", "  default     = false", "deletion_protection is not on"),
    ("modules/database/main.tf", "  deletion_protection = var.deletion_protection\n",
     "", "deletion_protection is not on"),
    ("production/main.tf", "  retained_backups   = 30", "  deletion_protection = false", "deletion_protection is off"),
    ("bootstrap/identities.tf", " && assertion.repository_id == '${var.github_repository_id}'",
     "", "does not name one repository"),
    ("modules/cache/outputs.tf", "google_redis_instance.this.host",
     "google_redis_instance.this.auth_string", "shows a secret"),
    ("local/outputs.tf", "  sensitive   = true", "", "output.database_url shows a secret"),
    ("modules/registry/variables.tf", "  type        = string\n  default", "  default", "variable name has no type"),
    ("modules/network/outputs.tf", '  description = "The network, as other resources refer to it."\n',
     "", "output network_id has no description"),
    ("modules/cache/versions.tf", "~> 6.50", ">= 5.0", "must be `~> 6.50`"),
    ("bootstrap/main.tf", '  required_version = ">= 1.9"\n', "", "no required_version"),
    ("modules/network/main.tf", "google_compute_network.this.id\n  ip_cidr",
     "google_compute_network.main.id\n  ip_cidr", "google_compute_network.main, which is not declared"),
    ("staging/main.tf", "region = var.region\n}\n\nmodule \"registry\"",
     "region = var.location\n}\n\nmodule \"registry\"", "var.location, which is not declared"),
    ("staging/main.tf", "module.network.private_network_id\n  tier",
     "module.network.network\n  tier", "no output called network"),
    ("staging/outputs.tf", 'module.service["auth"].service_account',
     'module.service["auth"].email', "no output called email"),
    ("production/main.tf", "  memory_gb          = 5", "  memory             = 5", "no input called memory"),
    ("production/main.tf", '  tier               = "db-custom-2-7680"\n', "", "is not given tier"),
    ("staging/variables.tf", 'variable "alert_emails"', 'variable "emails"', "var.emails is declared and never used"),
]
PROVIDERS = [
    ("modules/cache/main.tf", "  memory_size_gb = ", "  memory_size = ", "nothing is called memory_size there"),
    ("modules/cache/main.tf", "  memory_size_gb = var.memory_gb\n", "", "memory_size_gb is required"),
    ("modules/cache/main.tf", "  memory_size_gb = var.memory_gb\n", '  memory_size_gb = "five"\n', "is a number, not"),
    ("modules/network/main.tf", "  auto_create_subnetworks = false",
     '  auto_create_subnetworks = "no"', "is a bool, not"),
    ("modules/load-balancer/armor.tf", "  name = var.name\n  type", '  name = ["a"]\n  type', "is a string, not"),
    ("modules/network/main.tf", '"google_compute_firewall"', '"google_compute_firewalls"', "no such type"),
    ("bootstrap/buckets.tf", "  versioning {", "  versioning = {", "versioning is a block"),
    ("modules/load-balancer/url-map.tf", "          header_name  = ",
     "          header  = ", "nothing is called header there"),
    ("bootstrap/main.tf", "    projects = ", "    project = ", "nothing is called project there"),
]


BROKEN = set()


def against_rules(copy):
    """Findings of references and rules; which rules had any is kept."""
    folders = configuration.read(copy)
    found = {rule.__name__: list(rule(folders)) for rule in rules.ALL}
    BROKEN.update(name for name, lines in found.items() if lines)
    return [*references.findings(folders), *(line for lines in found.values() for line in lines)]


def missed(folder, table, findings):
    """Lines of `table` that nobody noticed, or that do not fit the folder any more."""
    for file, before, after, said in table:
        with tempfile.TemporaryDirectory() as copy:
            shutil.copytree(folder, copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".terraform"))
            spoilt = Path(copy, file)
            source = spoilt.read_text()
            if before not in source:
                yield f"{file}: `{before}` is not there any more"
                continue
            spoilt.write_text(source.replace(before, after, 1))
            if not any(said in finding for finding in findings(copy)):
                yield f"{file}: `{after.strip()}` instead of `{before.strip()}` is not found"


if __name__ == "__main__":
    table = [(OURS, against_rules)]
    if len(sys.argv) > 2:
        schema = json.loads(Path(sys.argv[2]).read_text())

        def against_schema(copy):
            return [line for each in configuration.read(copy).values() for line in provider_schema.check(schema, each)]

        table.append((PROVIDERS, against_schema))
    lines = [line for mutations, findings in table for line in missed(sys.argv[1], mutations, findings)]
    unbroken = [rule.__name__ for rule in rules.ALL if rule.__name__ not in BROKEN]
    lines += [f"rules.py: no line of the table breaks {name}" for name in unbroken]
    print(*lines, sep="\n", end="\n" if lines else "")
    print(f"{sum(len(mutations) for mutations, _ in table)} mutations, {len(lines)} missed")
    sys.exit(1 if lines else 0)
