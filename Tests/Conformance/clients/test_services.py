"""google-cloud-run's ServicesClient and RevisionsClient against the running binary."""

import time
import unittest
import urllib.request

import google.cloud.run_v2 as run_v2
from google.api_core import exceptions
from google.longrunning import operations_pb2
from google.protobuf import field_mask_pb2

from local_cloud_run import PARENT, ConformanceTest

LATEST = run_v2.TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST
PINNED = run_v2.TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION
SUCCEEDED = run_v2.Condition.State.CONDITION_SUCCEEDED
FAILED = run_v2.Condition.State.CONDITION_FAILED


class ServiceTests(ConformanceTest):
    def update(self, service, mask=None, **flags):
        request = run_v2.UpdateServiceRequest(service=service, **flags)
        if mask:
            request.update_mask = field_mask_pb2.FieldMask(paths=mask)
        return self.clients.services.update_service(request=request)

    def test_create_wait_and_get(self):
        operation = self.clients.services.create_service(
            parent=PARENT, service_id="create", service=run_v2.Service(template=self.template()))
        self.assertEqual(operation.metadata.name, f"{PARENT}/services/create")
        made = operation.result(timeout=60)
        service = self.get("create")
        self.assertEqual(made.name, service.name)
        self.assertEqual(service.generation, 1)
        self.assertEqual(service.observed_generation, 1)
        self.assertFalse(service.reconciling)
        self.assertEqual(service.terminal_condition.state, SUCCEEDED)
        self.assertEqual({c.type_ for c in service.conditions}, {"RoutesReady", "ConfigurationsReady"})
        self.assertEqual(service.latest_ready_revision, service.latest_created_revision)
        self.assertEqual(service.traffic_statuses[0].percent, 100)
        self.assertEqual(service.ingress, run_v2.IngressTraffic.INGRESS_TRAFFIC_ALL)
        self.assertEqual(service.launch_stage, 4)
        container = service.template.containers[0]
        self.assertEqual(container.ports[0].container_port, 8080)
        self.assertEqual(container.resources.limits["memory"], "512Mi")
        self.assertEqual(container.startup_probe.period_seconds, 240)
        self.assertEqual(service.template.timeout.total_seconds(), 300)
        self.assertEqual(service.template.scaling.max_instance_count, 100)
        self.assertTrue(service.uid and service.create_time and service.update_time and service.etag)

    def test_a_public_service_answers_at_its_url(self):
        service = self.create("answers", SERVICE_NAME="backend")
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(service.urls[1] + "/health", timeout=30)
        self.assertEqual(refused.exception.code, 403)
        self.clients.services.set_iam_policy(
            {"resource": service.name, "policy": {"bindings": [
                {"role": "roles/run.invoker", "members": ["allUsers"]}]}})
        with urllib.request.urlopen(service.urls[1] + "/health", timeout=30) as response:
            self.assertEqual(response.status, 200)

    def test_list_with_paging(self):
        names = [f"paged-{letter}" for letter in "abcde"]
        for name in names:
            self.clients.services.create_service(
                parent=PARENT, service_id=name, service=run_v2.Service(template=self.template()))
        pages = list(self.clients.services.list_services({"parent": PARENT, "page_size": 2}).pages)
        self.assertTrue(all(len(page.services) <= 2 for page in pages))
        found = [s.name.rsplit("/", 1)[1] for page in pages for s in page.services]
        self.assertEqual(len(found), len(set(found)))
        self.assertTrue(set(names) <= set(found))
        with self.refused(400, "INVALID_ARGUMENT"):
            list(self.clients.services.list_services(parent=PARENT.rsplit("/", 1)[0] + "/-"))

    def test_split_and_tags(self):
        first = self.create("split").latest_ready_revision.rsplit("/", 1)[1]
        service = self.get("split")
        service.template = self.template(COLOR="green")
        service.traffic = [run_v2.TrafficTarget(type_=PINNED, revision=first, percent=100)]
        service = self.update(service).result(timeout=60)
        second = service.latest_created_revision.rsplit("/", 1)[1]
        self.assertNotEqual(first, second)
        self.assertEqual([(t.revision, t.percent) for t in service.traffic_statuses], [(first, 100)])
        service.traffic = [
            run_v2.TrafficTarget(type_=PINNED, revision=first, percent=90),
            run_v2.TrafficTarget(type_=PINNED, revision=second, percent=10, tag="green"),
        ]
        service = self.update(service, mask=["traffic"]).result(timeout=60)
        self.assertEqual(
            [(t.revision, t.percent, t.tag) for t in service.traffic_statuses],
            [(first, 90, ""), (second, 10, "green")])
        self.assertIn("green---split.localhost", service.traffic_statuses[1].uri)
        service.traffic = [run_v2.TrafficTarget(type_=PINNED, revision=first, percent=90)]
        with self.refused(400, "INVALID_ARGUMENT"):
            self.update(service)
        service.traffic = [run_v2.TrafficTarget(type_=PINNED, revision="split-00009-xyz", percent=100)]
        with self.refused(400, "INVALID_ARGUMENT", "does not exist or is deleted"):
            self.update(service)

    def test_a_failing_revision_leaves_the_old_one_serving(self):
        before = self.create("failing")
        service = self.get("failing")
        service.template = self.template(SAMPLE_FAULT="exit")
        operation = self.update(service)
        with self.assertRaisesRegex(exceptions.GoogleAPICallError, "defined provided by the PORT=8080"):
            operation.result(timeout=60)
        after = self.get("failing")
        self.assertEqual(after.terminal_condition.state, FAILED)
        self.assertEqual(
            after.terminal_condition.revision_reason, run_v2.Condition.RevisionReason.HEALTH_CHECK_CONTAINER_ERROR)
        self.assertEqual(after.latest_ready_revision, before.latest_ready_revision)
        self.assertNotEqual(after.latest_created_revision, after.latest_ready_revision)
        self.assertEqual(after.observed_generation, 1)
        self.assertEqual(after.generation, 2)
        revision = self.clients.revisions.get_revision(name=after.latest_created_revision)
        self.assertEqual({c.type_: c.state for c in revision.conditions}["Ready"], FAILED)

    def test_a_failed_first_revision_and_a_missing_image(self):
        with self.assertRaises(exceptions.GoogleAPICallError):
            self.create("first-fails", SAMPLE_FAULT="exit")
        service = self.get("first-fails")
        self.assertEqual(service.terminal_condition.state, FAILED)
        self.assertEqual(service.latest_ready_revision, "")
        self.assertEqual(len(service.traffic_statuses), 0)
        missing = "local/none@sha256:" + "0" * 64
        with self.assertRaisesRegex(exceptions.GoogleAPICallError, f"Image '{missing}' not found."):
            self.clients.services.create_service(
                parent=PARENT, service_id="no-image", service=run_v2.Service(template=self.template(image=missing))
            ).result(timeout=60)
        self.assertEqual(self.get("no-image").terminal_condition.reason, run_v2.Condition.CommonReason.CONTAINER_MISSING)

    def test_update_mask_allow_missing_and_validate_only(self):
        self.create("masked")
        service = self.get("masked")
        service.description = "described"
        service.labels["team"] = "a"
        changed = self.update(service, mask=["description"]).result(timeout=60)
        self.assertEqual(changed.description, "described")
        self.assertEqual(dict(changed.labels), {})
        self.assertEqual(changed.latest_created_revision, service.latest_created_revision)
        service.etag = ""
        dry = self.update(service, mask=["labels"], validate_only=True)
        self.assertTrue(dry.done())
        self.assertEqual(dict(self.get("masked").labels), {})
        with self.refused(400, "INVALID_ARGUMENT"):
            self.update(service, mask=["nothing"])

        missing = run_v2.Service(name=f"{PARENT}/services/upserted", template=self.template())
        with self.refused(404, "NOT_FOUND", "of kind 'SERVICE' in region"):
            self.update(missing)
        self.assertEqual(self.update(missing, allow_missing=True).result(timeout=60).generation, 1)
        self.update(missing, allow_missing=True).result(timeout=60)

    def test_etag_conflict(self):
        self.create("conflict")
        mine, theirs = self.get("conflict"), self.get("conflict")
        theirs.description = "theirs"
        self.update(theirs).result(timeout=60)
        mine.description = "mine"
        with self.refused(409, "ABORTED", "Conflict for resource 'conflict': version '"):
            self.update(mine)
        with self.refused(409, "ABORTED"):
            self.clients.services.delete_service(
                run_v2.DeleteServiceRequest(name=mine.name, etag=mine.etag))

    def test_delete(self):
        self.create("deleted")
        name = f"{PARENT}/services/deleted"
        dry = self.clients.services.delete_service(run_v2.DeleteServiceRequest(name=name, validate_only=True))
        self.assertTrue(dry.done())
        self.get("deleted")
        gone = self.clients.services.delete_service(name=name).result(timeout=60)
        self.assertTrue(gone.delete_time)
        with self.refused(404, "NOT_FOUND", "Resource 'deleted' of kind 'SERVICE'"):
            self.get("deleted")
        with self.refused(404, "NOT_FOUND"):
            self.clients.services.delete_service(name=name)

    def test_refusals(self):
        def create(name, **fields):
            return self.clients.services.create_service(
                parent=PARENT, service_id=name, service=run_v2.Service(**fields))

        with self.refused(400, "INVALID_ARGUMENT", "template: should be set"):
            create("refused")
        with self.refused(400, "INVALID_ARGUMENT", "reserved env names were provided: PORT"):
            create("refused", template=self.template(PORT="1"))
        with self.refused(400, "INVALID_ARGUMENT", "container image path"):
            create("refused", template=self.template(image=" "))
        with self.refused(400, "INVALID_ARGUMENT"):
            create("Refused_", template=self.template())
        self.create("twice")
        with self.refused(409, "ALREADY_EXISTS", "Resource 'twice' already exists."):
            create("twice", template=self.template())


class RevisionTests(ConformanceTest):
    def deploy(self, service, **variables):
        current = self.get(service)
        current.template = self.template(**variables)
        return self.clients.services.update_service(service=current).result(timeout=60)

    def test_get_list_and_delete(self):
        self.create("history", STEP="0")
        self.create("other")
        names = [self.get("history").latest_created_revision]
        for step in "12":
            names.append(self.deploy("history", STEP=step).latest_created_revision)
        listed = list(self.clients.revisions.list_revisions({"parent": f"{PARENT}/services/history", "page_size": 2}))
        self.assertEqual([r.name for r in listed], list(reversed(names)))
        everywhere = list(self.clients.revisions.list_revisions(parent=f"{PARENT}/services/-"))
        self.assertEqual({r.service for r in everywhere}, {"history", "other"})
        revision = self.clients.revisions.get_revision(name=names[0])
        self.assertEqual(revision.service, "history")
        self.assertEqual(revision.containers[0].env[0].value, "0")
        self.assertEqual(revision.generation, 1)
        self.assertRegex(names[2], r"/history-00003-[a-z]{3}$")

        delete = self.clients.revisions.delete_revision
        with self.refused(400, "FAILED_PRECONDITION"):
            delete(name=names[2])
        with self.refused(409, "ABORTED"):
            delete(run_v2.DeleteRevisionRequest(name=names[0], etag='"1"'))
        delete(run_v2.DeleteRevisionRequest(name=names[0], validate_only=True))
        self.assertTrue(delete(name=names[0]).result(timeout=60).delete_time)
        with self.refused(404, "NOT_FOUND", "of kind 'REVISION'"):
            self.clients.revisions.get_revision(name=names[0])
        with self.refused(404, "NOT_FOUND"):
            list(self.clients.revisions.list_revisions(parent=f"{PARENT}/services/nothing"))


class OperationTests(ConformanceTest):
    def test_get_list_wait_and_delete(self):
        services = self.clients.services
        started = services.create_service(
            parent=PARENT, service_id="operated", service=run_v2.Service(template=self.template()))
        name = started.operation.name
        self.assertRegex(name, rf"^{PARENT}/operations/[0-9a-f-]{{36}}$")
        waited = services.wait_operation(operations_pb2.WaitOperationRequest(name=name, timeout={"seconds": 60}))
        self.assertTrue(waited.done)
        self.assertEqual(services.get_operation(operations_pb2.GetOperationRequest(name=name)).response, waited.response)
        for _ in range(3):
            service = self.get("operated")
            service.description += "again "
            services.update_service(service=service).result(timeout=60)
        seen, token = [], ""
        while True:
            page = services.list_operations(operations_pb2.ListOperationsRequest(
                name=PARENT, filter="done:true", page_size=2, page_token=token))
            self.assertLessEqual(len(page.operations), 2)
            seen += [operation.name for operation in page.operations]
            token = page.next_page_token
            if not token:
                break
        self.assertEqual(len(set(seen)), 4)
        services.delete_operation(operations_pb2.DeleteOperationRequest(name=name))
        with self.refused(404, "NOT_FOUND"):
            services.get_operation(operations_pb2.GetOperationRequest(name=name))

    def test_waiting_is_bounded(self):
        operation = self.clients.services.create_service(
            parent=PARENT, service_id="slow",
            service=run_v2.Service(template=self.template(image=self.server.image("/bin/sleep", "5"))))
        begun = time.monotonic()
        answer = self.clients.services.wait_operation(
            operations_pb2.WaitOperationRequest(name=operation.operation.name, timeout={"nanos": 200_000_000}))
        self.assertFalse(answer.done)
        self.assertLess(time.monotonic() - begun, 4)
        with self.refused(400, "FAILED_PRECONDITION"):
            self.clients.services.delete_operation(
                operations_pb2.DeleteOperationRequest(name=operation.operation.name))


class AccessTests(ConformanceTest):
    def test_policies_and_permissions(self):
        name = self.create("access").name
        services = self.clients.services
        empty = services.get_iam_policy({"resource": name})
        self.assertEqual(len(empty.bindings), 0)
        binding = {"role": "roles/run.invoker", "members": ["user:somebody@example.com"]}
        first = services.set_iam_policy({"resource": name, "policy": {"bindings": [binding], "etag": empty.etag}})
        self.assertEqual(services.get_iam_policy({"resource": name}).bindings[0].members, binding["members"])
        services.set_iam_policy({"resource": name, "policy": {"bindings": [], "etag": first.etag}})
        with self.refused(409, "ABORTED", "There were concurrent policy changes."):
            services.set_iam_policy({"resource": name, "policy": {"bindings": [binding], "etag": first.etag}})
        granted = services.test_iam_permissions(
            {"resource": name, "permissions": ["run.services.get", "run.routes.invoke"]})
        self.assertEqual(list(granted.permissions), ["run.services.get", "run.routes.invoke"])
        with self.refused(404, "NOT_FOUND"):
            services.get_iam_policy({"resource": f"{PARENT}/services/nothing"})


class LaxTests(ConformanceTest):
    flags = ("--etag", "lax")

    def test_a_stale_etag_is_taken(self):
        self.create("lax")
        stale = self.get("lax")
        for description in ("one", "two"):
            stale.description = description
            self.clients.services.update_service(service=stale).result(timeout=60)
        self.assertEqual(self.get("lax").description, "two")


if __name__ == "__main__":
    unittest.main()
