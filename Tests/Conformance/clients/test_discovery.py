"""google-api-python-client, whose methods come from the discovery document itself."""

import time
import unittest

from googleapiclient.errors import HttpError

from local_cloud_run import PARENT, ConformanceTest


class DiscoveryTests(ConformanceTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.locations = cls.discovery.projects().locations()

    def execute(self, request):
        """Sends it, and checks the answer against the document."""
        original = request.postproc
        seen = {}

        def keep(response, content):
            seen["status"], seen["content"] = response.status, content
            return original(response, content)

        request.postproc = keep
        try:
            answer = request.execute()
        except HttpError as error:
            self.look(request, error.status_code, error.content)
            raise
        self.look(request, seen["status"], seen["content"])
        return answer

    def look(self, request, status, content):
        path = request.uri.split("?")[0][len(self.server.url):]
        self.clients.check.look(request.method, path, status, content)

    def refuse(self, request, code, status, text=""):
        with self.assertRaises(HttpError) as raised:
            self.execute(request)
        self.assertEqual(raised.exception.status_code, code)
        self.assertIn(f'"status":"{status}"', raised.exception.content.decode())
        self.assertIn(text, raised.exception.reason)

    def done(self, operation):
        operations = self.locations.operations()
        end = time.monotonic() + 60
        while not operation.get("done"):
            self.assertLess(time.monotonic(), end)
            operation = self.execute(operations.wait(name=operation["name"], body={"timeout": "20s"}))
        return operation

    def test_services_and_revisions(self):
        services = self.locations.services()
        body = {"template": {"containers": [{"image": self.image}]}}
        operation = self.done(self.execute(services.create(parent=PARENT, serviceId="first", body=body)))
        self.assertEqual(operation["response"]["@type"], "type.googleapis.com/google.cloud.run.v2.Service")
        name = f"{PARENT}/services/first"
        service = self.execute(services.get(name=name))
        self.assertEqual(service["generation"], "1")
        self.assertEqual(service["ingress"], "INGRESS_TRAFFIC_ALL")
        self.assertEqual(service["terminalCondition"]["state"], "CONDITION_SUCCEEDED")
        self.assertNotIn("reconciling", service)
        # Everything that was read may be written back, output-only fields among it.
        service["description"] = "described"
        self.done(self.execute(services.patch(name=name, body=service)))
        forced = self.done(self.execute(services.patch(
            name=name, body={"description": "again"}, updateMask="description", forceNewRevision=True)))
        created = forced["response"]["latestCreatedRevision"]
        self.assertNotEqual(created, service["latestCreatedRevision"])
        self.refuse(services.patch(name=name, body={"etag": service["etag"]}), 409, "ABORTED", "Conflict for resource")
        self.refuse(
            services.patch(name=name, body={"descripton": "misspelt"}), 400, "INVALID_ARGUMENT",
            "Invalid JSON payload received. Unknown name \"descripton\" at 'service': Cannot find field.")
        self.refuse(services.get(name=f"{PARENT}/services/none"), 404, "NOT_FOUND")
        self.assertTrue(self.execute(services.list(parent=PARENT, pageSize=1))["services"])
        revisions = services.revisions()
        page = self.execute(revisions.list(parent=f"{PARENT}/services/-", pageSize=1))
        following = revisions.list_next(revisions.list(parent=f"{PARENT}/services/-", pageSize=1), page)
        self.assertNotEqual(self.execute(following)["revisions"][0]["name"], page["revisions"][0]["name"])
        self.assertEqual(self.execute(revisions.get(name=created))["service"], "first")
        self.refuse(revisions.delete(name=created), 400, "FAILED_PRECONDITION")
        self.done(self.execute(revisions.delete(name=service["latestCreatedRevision"])))
        self.done(self.execute(services.delete(name=name)))

    def test_operations(self):
        services, operations = self.locations.services(), self.locations.operations()
        body = {"template": {"containers": [{"image": self.image}]}}
        operation = self.done(self.execute(services.create(parent=PARENT, serviceId="second", body=body)))
        self.assertEqual(self.execute(operations.get(name=operation["name"]))["done"], True)
        listed = self.execute(operations.list(name=PARENT, filter="done:true"))
        self.assertIn(operation["name"], [o["name"] for o in listed["operations"]])
        self.assertEqual(self.execute(operations.delete(name=operation["name"])), {})
        self.refuse(operations.get(name=operation["name"]), 404, "NOT_FOUND")

    def test_access(self):
        services = self.locations.services()
        body = {"template": {"containers": [{"image": self.image}]}}
        self.done(self.execute(services.create(parent=PARENT, serviceId="third", body=body)))
        name = f"{PARENT}/services/third"
        policy = {"bindings": [{"role": "roles/run.invoker", "members": ["allUsers"]}]}
        self.execute(services.setIamPolicy(resource=name, body={"policy": policy}))
        kept = self.execute(services.getIamPolicy(resource=name, options_requestedPolicyVersion=3))
        self.assertEqual(kept["bindings"], policy["bindings"])
        kept["etag"] = "BwXxxxxxxxx="
        self.refuse(
            services.setIamPolicy(resource=name, body={"policy": kept}), 409, "ABORTED",
            "There were concurrent policy changes.")
        granted = self.execute(services.testIamPermissions(resource=name, body={"permissions": ["run.services.get"]}))
        self.assertEqual(granted["permissions"], ["run.services.get"])

    def test_jobs(self):
        jobs = self.locations.jobs()
        container = {"image": self.server.shell(), "args": ["exit $CLOUD_RUN_TASK_INDEX"]}
        body = {"template": {"taskCount": 2, "template": {"containers": [container], "maxRetries": 0}}}
        self.done(self.execute(jobs.create(parent=PARENT, jobId="job", body=body)))
        name = f"{PARENT}/jobs/job"
        self.assertEqual(self.execute(jobs.get(name=name))["template"]["template"]["timeout"], "600s")
        failed = self.done(self.execute(jobs.run(name=name, body={})))
        self.assertIn("failed with message", failed["error"]["message"])
        executions = jobs.executions()
        execution = self.execute(executions.list(parent=name))["executions"][0]
        self.assertEqual((execution["succeededCount"], execution["failedCount"]), (1, 1))
        self.assertEqual(self.execute(executions.get(name=execution["name"])), execution)
        tasks = self.execute(executions.tasks().list(parent=execution["name"]))["tasks"]
        self.assertEqual([task.get("index", 0) for task in tasks], [0, 1])
        self.assertEqual(self.execute(executions.tasks().get(name=tasks[1]["name"])), tasks[1])
        self.refuse(executions.cancel(name=execution["name"], body={}), 400, "FAILED_PRECONDITION")
        self.done(self.execute(executions.delete(name=execution["name"])))
        body["template"]["taskCount"] = 1
        good = self.done(self.execute(jobs.patch(name=name, body=body)))
        self.assertEqual(good["response"]["generation"], "2")
        self.done(self.execute(jobs.run(name=name, body={"overrides": {"taskCount": 1}})))
        self.execute(jobs.setIamPolicy(resource=name, body={"policy": {}}))
        self.execute(jobs.getIamPolicy(resource=name))
        self.execute(jobs.testIamPermissions(resource=name, body={"permissions": ["run.jobs.run"]}))
        self.assertTrue(self.execute(jobs.list(parent=PARENT))["jobs"])
        self.done(self.execute(jobs.delete(name=name)))

    def test_every_method_that_is_promised_was_called(self):
        """Runs last, by its name's order in `load_tests`: what no test called is not known to work."""
        promised = {
            f"run.projects.locations.{method}" for method in (
                "services.create services.get services.list services.patch services.delete services.getIamPolicy "
                "services.setIamPolicy services.testIamPermissions services.revisions.get services.revisions.list "
                "services.revisions.delete operations.get operations.list operations.wait operations.delete "
                "jobs.create jobs.get jobs.list jobs.patch jobs.delete jobs.run jobs.getIamPolicy jobs.setIamPolicy "
                "jobs.testIamPermissions jobs.executions.get jobs.executions.list jobs.executions.cancel "
                "jobs.executions.delete jobs.executions.tasks.get jobs.executions.tasks.list").split()}
        self.assertEqual(promised - self.clients.check.seen, set())


def load_tests(loader, standard_tests, pattern):
    """In the order of the source: the last test looks at what the others called."""
    names = [n for n in DiscoveryTests.__dict__ if n.startswith("test_")]
    return unittest.TestSuite([unittest.TestSuite(map(DiscoveryTests, names))])


if __name__ == "__main__":
    unittest.main()
