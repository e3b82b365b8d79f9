"""What holds for our own configuration, whatever the provider allows. Each rule yields its breaches as lines."""

import re

from configuration import block, blocks, code, expression, literals, text, walk
from references import value_of

PRIMITIVE_ROLES = {"roles/owner", "roles/editor", "roles/viewer"}
EVERYBODY = {"allUsers", "allAuthenticatedUsers"}
WEBSOCKET_PATHS = {"/ws", "/ws/*", "/websocket", "/websocket/*"}
NAMES_OF_SECRETS = ("_secret", "_secret_id", "_secret_name")
SECRET_WORDS = re.compile(r"password\b|auth_string|secret_data|private_key")
LONGEST_REQUEST_SECONDS = 3600
ALL = []


def rule(check):
    ALL.append(check)
    return check


@rule
def stagectl_owns_what_runs(folders):
    for folder in folders.values():
        for service in folder.of("google_cloud_run_v2_service"):
            ignored = {expression(item) for item in block(service.body, "lifecycle").get("ignore_changes", [])}
            owned = {"template", "traffic", "annotations"}
            for missing in sorted(owned - ignored):
                yield f"{service.where}: lifecycle.ignore_changes lacks {missing}: Terraform would undo a release"


@rule
def every_host_has_a_certificate(folders):
    for folder in folders.values():
        maps = [entry for entry in folder.of("google_compute_url_map") if blocks(entry.body, "host_rule")]
        certificates = folder.of("google_certificate_manager_certificate")
        entries = folder.of("google_certificate_manager_certificate_map_entry")
        certified = names(certificates, lambda body: block(body, "managed").get("domains", []))
        entered = names(entries, lambda body: [body.get("hostname")])
        for url_map in maps:
            for host_rule, repeated in blocks(url_map.body, "host_rule"):
                for host in host_rule.get("hosts", []):
                    source = (repeated, "key") if repeated and expression(host) == "host_rule.key" else literal(host)
                    if source not in entered or source not in certified:
                        yield f"{url_map.where}: no certificate for the host {expression(host)}"
        for proxy in folder.of("google_compute_target_https_proxy"):
            if not proxy.body.get("certificate_map"):
                yield f"{proxy.where}: it uses no certificate map"


def names(resources, of):
    """Where the names of `resources` come from: (what they repeat over, "key"), or a literal."""
    found = set()
    for resource in resources:
        repeated = expression(resource.body.get("for_each"))
        for name in of(resource.body):
            found.add((repeated, "key") if repeated and expression(name) == "each.key" else literal(name))
    return found


def literal(value):
    return (None, expression(value))


@rule
def every_host_has_a_service(folders):
    for folder in folders.values():
        hosts, services = folder.locals.get("hosts"), folder.locals.get("services")
        if not isinstance(hosts, dict) or not isinstance(services, dict):
            if "load_balancer" in folder.modules:
                yield f"{folder.path}: local.hosts and local.services must be written out, so that they can be checked"
            continue
        for host, entry in hosts.items():
            service = text(entry.get("service"))
            if service not in {text(name) for name in services}:
                yield f"{folder.path}: {text(host)} goes to the service {service}, which is not there"
        balancer = folder.modules.get("load_balancer", {})
        if text(balancer.get("default_host")) not in {text(host) for host in hosts}:
            yield f"{folder.path}: default_host {text(balancer.get('default_host'))} is not one of local.hosts"
        if expression(balancer.get("hosts")) != "local.hosts":
            yield f"{folder.path}: the load balancer is not given local.hosts"


@rule
def websockets_have_their_paths_and_a_timeout(folders):
    for folder in folders.values():
        for url_map in folder.of("google_compute_url_map"):
            for matcher, _ in blocks(url_map.body, "path_matcher"):
                rules = [rule for rule, _ in blocks(matcher, "path_rule")]
                paths = {text(path) for rule in rules for path in rule.get("paths", [])}
                for missing in sorted(WEBSOCKET_PATHS - paths):
                    yield f"{url_map.where}: no path rule for {missing}"
                for rule in rules:
                    seconds = block(rule, "route_action", "timeout").get("seconds")
                    if seconds is None:
                        yield f"{url_map.where}: a path rule without a timeout"
        for name, call in folder.modules.items():
            seconds = call.get("websocket_timeout_seconds")
            if isinstance(seconds, int) and seconds > LONGEST_REQUEST_SECONDS:
                yield f"{folder.path}: module.{name}: a WebSocket of {seconds} s outlives Cloud Run's longest request"
        serverless = folder.of("google_compute_region_network_endpoint_group")
        for service in folder.of("google_compute_backend_service") if serverless else []:
            if "timeout_sec" in service.body:
                yield f"{service.where}: timeout_sec is refused for serverless network endpoint groups"


@rule
def roles_are_narrow(folders):
    for folder in folders.values():
        for file, body in folder.bodies:
            for path, value in walk(body):
                for role in PRIMITIVE_ROLES & set(literals(value)):
                    yield f"{file}: {'.'.join(path)}: the primitive role {role}"
        for resource in folder.resources:
            if re.search(r"_project_iam_(binding|policy)$", resource.type):
                yield f"{resource.where}: takes the role from everybody else in the project"


@rule
def only_services_are_public(folders):
    for folder in folders.values():
        for resource in folder.resources:
            public = EVERYBODY & {word for _, value in walk(resource.body) for word in literals(value)}
            is_service = re.fullmatch(r"google_cloud_run_v2_service_iam_(member|binding)", resource.type)
            if public and not (is_service and text(resource.body.get("role")) == "roles/run.invoker"):
                yield f"{resource.where}: open to {', '.join(sorted(public))}"


@rule
def buckets_are_closed_and_keep_versions(folders):
    for folder in folders.values():
        for bucket in folder.of("google_storage_bucket"):
            if value_of(folder, bucket.body.get("public_access_prevention")) != "enforced":
                yield f"{bucket.where}: public_access_prevention is not `enforced`"
            if value_of(folder, bucket.body.get("uniform_bucket_level_access")) is not True:
                yield f"{bucket.where}: objects have access lists of their own"
            if value_of(folder, block(bucket.body, "versioning").get("enabled")) is not True:
                yield f"{bucket.where}: no versions: what is overwritten is gone"
        for resource in folder.resources:
            if re.fullmatch(r"google_storage_\w*(acl|access_control)", resource.type):
                yield f"{resource.where}: access lists; roles on the bucket say the same in one place"


@rule
def databases_are_protected(folders):
    for folder in folders.values():
        for instance in folder.of("google_sql_database_instance"):
            settings = block(instance.body, "settings")
            if value_of(folder, instance.body.get("deletion_protection")) is not True:
                yield f"{instance.where}: deletion_protection is not on"
            if value_of(folder, settings.get("deletion_protection_enabled")) is not True:
                yield f"{instance.where}: deletion_protection_enabled is not on"
        for name, call in folder.modules.items():
            if call.get("deletion_protection") is False:
                yield f"{folder.path}: module.{name}: deletion_protection is off"


@rule
def pipelines_are_told_apart(folders):
    for folder in folders.values():
        for provider in folder.of("google_iam_workload_identity_pool_provider"):
            condition = str(provider.body.get("attribute_condition", ""))
            if "assertion.repository_id ==" not in condition or "assertion.sub ==" not in condition:
                yield f"{provider.where}: attribute_condition does not name one repository and its environment"


@rule
def secrets_are_not_shown(folders):
    for folder in folders.values():
        for name, output in folder.outputs.items():
            is_secret = SECRET_WORDS.search(code(output.get("value"))) and not name.endswith(NAMES_OF_SECRETS)
            if is_secret and output.get("sensitive") is not True:
                yield f"{folder.path}: output.{name} shows a secret and is not sensitive"


@rule
def interfaces_say_what_they_are(folders):
    for folder in folders.values():
        for name, variable in folder.variables.items():
            for attribute in ("type", "description"):
                if attribute not in variable:
                    yield f"{folder.path}: variable {name} has no {attribute}"
        for name, output in folder.outputs.items():
            if "description" not in output:
                yield f"{folder.path}: output {name} has no description"


@rule
def versions_are_pinned(folders):
    for folder in folders.values():
        if not any("required_version" in setting for setting in folder.terraform):
            yield f"{folder.path}: no required_version"
        versions = {
            text(source.get("version"))
            for setting in folder.terraform
            for providers in setting.get("required_providers", [])
            for source in [providers.get("google", {})]
        }
        if not folder.is_local and versions != {"~> 6.50"}:
            yield f"{folder.path}: hashicorp/google must be `~> 6.50`"
