"""v1's namespaces.services through google-api-python-client: the same services, in Knative's shape."""

import copy
import time
import unittest

from googleapiclient.errors import HttpError

from discovery import Schemas
from local_cloud_run import PARENT, PROJECT, ConformanceTest, discovery_client

NAMESPACE = f"namespaces/{PROJECT}"


class NamespaceTests(ConformanceTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.v1 = discovery_client(cls.server, "v1").namespaces().services()
        cls.schemas = Schemas("run.v1.json")

    def call(self, request, schema="Service"):
        answer = request.execute()
        self.assertEqual(self.schemas.problems(answer, {"$ref": schema}), [])
        return answer

    def refuse(self, request, code, status, text):
        with self.assertRaises(HttpError) as raised:
            request.execute()
        self.assertEqual(raised.exception.status_code, code)
        self.assertIn(f'"status":"{status}"', raised.exception.content.decode())
        self.assertIn(text, raised.exception.reason)

    def body(self, name, **variables):
        container = {"image": self.image, "env": [{"name": k, "value": v} for k, v in variables.items()]}
        return {
            "apiVersion": "serving.knative.dev/v1", "kind": "Service",
            "metadata": {"name": name, "namespace": PROJECT},
            "spec": {"template": {"spec": {"containers": [container]}}}}

    def made(self, name, **variables):
        self.call(self.v1.create(parent=NAMESPACE, body=self.body(name, **variables)))
        return self.ready(name)

    def ready(self, name):
        end = time.monotonic() + 60
        while True:
            service = self.call(self.v1.get(name=f"{NAMESPACE}/services/{name}"))
            status = service["status"]
            ready = next(c for c in status["conditions"] if c["type"] == "Ready")
            if status["observedGeneration"] == service["metadata"]["generation"] and ready["status"] == "True":
                return service
            self.assertLess(time.monotonic(), end, service)
            time.sleep(0.05)

    def replace(self, service):
        name = service["metadata"]["name"]
        return self.call(self.v1.replaceService(name=f"{NAMESPACE}/services/{name}", body=service))

    def test_create_get_list_and_delete(self):
        service = self.made("made")
        self.assertEqual(service["metadata"]["generation"], 1)
        self.assertEqual(service["metadata"]["annotations"]["run.googleapis.com/ingress"], "all")
        self.assertEqual(service["spec"]["template"]["spec"]["timeoutSeconds"], 300)
        self.assertEqual(service["spec"]["template"]["spec"]["containerConcurrency"], 80)
        self.assertEqual(service["status"]["traffic"][0]["percent"], 100)
        self.assertTrue(service["status"]["latestReadyRevisionName"].startswith("made-00001-"))
        # The other version of the API sees the same service.
        self.assertEqual(self.get("made").uid, service["metadata"]["uid"])
        self.made("made-2")
        page = self.call(self.v1.list(parent=NAMESPACE, limit=1), "ListServicesResponse")
        self.assertEqual(len(page["items"]), 1)
        rest = self.call(
            self.v1.list(parent=NAMESPACE, **{"continue": page["metadata"]["continue"]}), "ListServicesResponse")
        self.assertNotIn(page["items"][0]["metadata"]["name"], [i["metadata"]["name"] for i in rest["items"]])
        self.refuse(
            self.v1.create(parent=NAMESPACE, body=self.body("made")), 409, "ALREADY_EXISTS",
            "Resource 'made' already exists.")
        answer = self.call(self.v1.delete(name=f"{NAMESPACE}/services/made"), "Status")
        self.assertEqual(answer["status"], "Success")
        end = time.monotonic() + 30
        while True:
            try:
                self.v1.get(name=f"{NAMESPACE}/services/made").execute()
            except HttpError as error:
                self.assertEqual(error.status_code, 404)
                break
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)

    def test_what_was_read_can_be_written_back(self):
        service = self.made("same", COLOR="red")
        revision = service["status"]["latestCreatedRevisionName"]
        again = self.replace(service)
        self.assertEqual(again["metadata"]["generation"], 1)
        self.assertEqual(self.ready("same")["status"]["latestCreatedRevisionName"], revision)

    def test_a_service_of_the_other_version_is_not_changed_by_writing_it_back(self):
        body = {"template": {
            "containers": [{"image": self.image, "resources": {"limits": {"cpu": "1"}, "startupCpuBoost": True}}],
            "scaling": {"minInstanceCount": 1, "maxInstanceCount": 3}, "executionEnvironment":
            "EXECUTION_ENVIRONMENT_GEN2", "labels": {"a": "b"}, "sessionAffinity": True},
            "description": "text", "customAudiences": ["x"]}
        services = self.discovery.projects().locations().services()
        services.create(parent=PARENT, serviceId="other", body=body).execute()
        service = self.ready("other")
        self.replace(service)
        after = self.ready("other")
        self.assertEqual(after["metadata"]["generation"], 1)
        self.assertEqual(self.get("other").description, "text")
        self.assertEqual(list(self.get("other").custom_audiences), ["x"])
        annotations = after["spec"]["template"]["metadata"]["annotations"]
        self.assertEqual(annotations["autoscaling.knative.dev/maxScale"], "3")
        self.assertEqual(annotations["run.googleapis.com/cpu-throttling"], "false")
        annotations["run.googleapis.com/cpu-throttling"] = "true"
        annotations["autoscaling.knative.dev/maxScale"] = "5"
        self.replace(after)
        self.ready("other")
        template = self.get("other").template
        self.assertEqual(template.scaling.max_instance_count, 5)
        self.assertTrue(template.containers[0].resources.cpu_idle)

    def test_a_stale_version_is_a_conflict(self):
        stale = self.made("conflict")
        fresh = copy.deepcopy(stale)
        fresh["metadata"]["annotations"]["note"] = "mine"
        current = self.replace(fresh)["metadata"]["resourceVersion"]
        self.refuse(
            self.v1.replaceService(name=f"{NAMESPACE}/services/conflict", body=stale), 409, "ABORTED",
            f"Conflict for resource 'conflict': version '{stale['metadata']['resourceVersion']}' was specified but "
            f"current version is '{current}'.")

    def test_traffic_by_name(self):
        service = self.made("split", STEP="1")
        first = service["status"]["latestReadyRevisionName"]
        service["spec"]["template"]["spec"]["containers"][0]["env"][0]["value"] = "2"
        service["spec"]["template"].setdefault("metadata", {})["name"] = "split-second"
        service["spec"]["traffic"] = [
            {"revisionName": first, "percent": 100}, {"latestRevision": True, "tag": "next"}]
        self.replace(service)
        service = self.ready("split")
        self.assertEqual(service["status"]["latestReadyRevisionName"], "split-second")
        self.assertEqual(
            [(t["revisionName"], t.get("percent", 0), t.get("tag")) for t in service["status"]["traffic"]],
            [(first, 100, None), ("split-second", 0, "next")])
        # A change of traffic that keeps the revision's name makes no revision; one without it does.
        service["spec"]["traffic"] = [{"revisionName": "split-second", "percent": 100}]
        self.replace(service)
        self.assertEqual(self.ready("split")["status"]["latestCreatedRevisionName"], "split-second")
        service = self.ready("split")
        del service["spec"]["template"]["metadata"]["name"]
        self.replace(service)
        self.assertNotEqual(self.ready("split")["status"]["latestCreatedRevisionName"], "split-second")

    def test_refusals(self):
        create = lambda body: self.v1.create(parent=NAMESPACE, body=body)
        wrong = self.body("refused")
        wrong["spec"]["template"]["spec"]["contaners"] = []
        self.refuse(create(wrong), 400, "INVALID_ARGUMENT", "Unknown name \"contaners\"")
        wrong = self.body("refused")
        wrong["kind"] = "Job"
        self.refuse(create(wrong), 400, "INVALID_ARGUMENT", "kind must be 'Service'")
        self.refuse(create(self.body("refused", PORT="1")), 400, "INVALID_ARGUMENT", "reserved env names")
        self.refuse(self.v1.get(name=f"{NAMESPACE}/services/none"), 404, "NOT_FOUND", "does not exist")
        body = self.body("dry")
        self.call(self.v1.create(parent=NAMESPACE, body=body, dryRun="all"))
        self.refuse(self.v1.get(name=f"{NAMESPACE}/services/dry"), 404, "NOT_FOUND", "does not exist")


if __name__ == "__main__":
    unittest.main()
