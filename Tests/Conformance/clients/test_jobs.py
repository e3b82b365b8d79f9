"""google-cloud-run's JobsClient, ExecutionsClient and TasksClient against the running binary."""

import time
import unittest

import google.cloud.run_v2 as run_v2
from google.api_core import exceptions
from google.protobuf import duration_pb2

from local_cloud_run import PARENT, ConformanceTest

SUCCEEDED = run_v2.Condition.State.CONDITION_SUCCEEDED
FAILED = run_v2.Condition.State.CONDITION_FAILED
Reason = run_v2.Condition.ExecutionReason
Status = run_v2.ExecutionReference.CompletionStatus


class JobTests(ConformanceTest):
    def job(self, script, count=1, parallelism=0, retries=0, timeout=60, image=None, **variables):
        container = run_v2.Container(
            image=image or self.server.shell(), args=[script], name="main",
            env=[run_v2.EnvVar(name=k, value=v) for k, v in variables.items()])
        task = run_v2.TaskTemplate(
            containers=[container], max_retries=retries, timeout=duration_pb2.Duration(seconds=timeout))
        return run_v2.Job(template=run_v2.ExecutionTemplate(
            template=task, task_count=count, parallelism=parallelism))

    def create_job(self, name, *arguments, **fields):
        return self.clients.jobs.create_job(
            parent=PARENT, job_id=name, job=self.job(*arguments, **fields)).result(timeout=60)

    def run_job(self, name, **fields):
        return self.clients.jobs.run_job(run_v2.RunJobRequest(name=f"{PARENT}/jobs/{name}", **fields))

    def completed(self, execution):
        return next(c for c in execution.conditions if c.type_ == "Completed")

    def wait_until(self, condition, seconds=30):
        end = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), end, "waited in vain")
            time.sleep(0.05)

    def lines(self, execution):
        """What the tasks of an execution wrote, through the Logging API."""
        status, answer = self.server.call("POST", "/v2/entries:list", {
            "resourceNames": ["projects/demo-project"], "pageSize": 1000,
            "filter": 'resource.type = "cloud_run_job" AND '
                      f'labels."run.googleapis.com/execution_name"="{execution.name.rsplit("/", 1)[1]}"'})
        self.assertEqual(status, 200, answer)
        return answer.get("entries", [])

    def test_create_get_list_update_and_delete(self):
        jobs = self.clients.jobs
        dry = jobs.create_job(run_v2.CreateJobRequest(
            parent=PARENT, job_id="life", job=self.job("true"), validate_only=True))
        self.assertTrue(dry.done())
        made = self.create_job("life", "true")
        job = jobs.get_job(name=f"{PARENT}/jobs/life")
        self.assertEqual(made, job)
        self.assertEqual(job.generation, 1)
        self.assertEqual(job.observed_generation, 1)
        self.assertEqual(job.terminal_condition.state, SUCCEEDED)
        self.assertFalse(job.reconciling)
        self.assertEqual(job.template.task_count, 1)
        self.assertEqual(job.template.template.max_retries, 0)
        self.assertEqual(job.template.template.containers[0].resources.limits["cpu"], "1000m")
        self.assertEqual(job.launch_stage, 4)
        with self.refused(409, "ALREADY_EXISTS", "Resource 'life' already exists."):
            self.create_job("life", "true")
        for name in ("life-2", "life-3"):
            self.create_job(name, "true")
        pages = list(jobs.list_jobs({"parent": PARENT, "page_size": 2}).pages)
        self.assertTrue(all(len(page.jobs) <= 2 for page in pages))
        names = {j.name.rsplit("/", 1)[1] for page in pages for j in page.jobs}
        self.assertTrue({"life", "life-2", "life-3"} <= names)

        stale = jobs.get_job(name=job.name)
        job.labels["team"] = "a"
        changed = jobs.update_job(job=job).result(timeout=60)
        self.assertEqual(changed.generation, 2)
        self.assertEqual(dict(changed.labels), {"team": "a"})
        with self.refused(409, "ABORTED", "Conflict for resource 'life': version '"):
            jobs.update_job(job=stale)
        missing = self.job("true")
        missing.name = f"{PARENT}/jobs/upserted"
        with self.refused(404, "NOT_FOUND", "Resource 'upserted' of kind 'JOB' in region"):
            jobs.update_job(job=missing)
        jobs.update_job(run_v2.UpdateJobRequest(job=missing, allow_missing=True)).result(timeout=60)

        self.assertTrue(jobs.delete_job(name=job.name).result(timeout=60).delete_time)
        with self.refused(404, "NOT_FOUND"):
            jobs.get_job(name=job.name)

    def test_refusals(self):
        for job, text in [
            (run_v2.Job(), "template: should be set"),
            (self.job("true", CLOUD_RUN_TASK_INDEX="1"), "reserved env names were provided: CLOUD_RUN_TASK_INDEX"),
            (self.job("true", count=10001), "task_count: must be a number between 0 and 10000"),
            (self.job("true", count=2, parallelism=3), "parallelism: must be between 0 and task_count"),
            (self.job("true", retries=11), "max_retries: must be a number between 0 and 10"),
            (self.job("true", timeout=604801), "between one second and 168 hours"),
        ]:
            with self.refused(400, "INVALID_ARGUMENT", text):
                self.clients.jobs.create_job(parent=PARENT, job_id="refused", job=job)
        missing = "local/none@sha256:" + "0" * 64
        with self.assertRaisesRegex(exceptions.GoogleAPICallError, f"Image '{missing}' not found."):
            self.create_job("no-image", "true", image=missing)
        job = self.clients.jobs.get_job(name=f"{PARENT}/jobs/no-image")
        self.assertEqual(job.terminal_condition.state, FAILED)
        self.assertEqual(job.terminal_condition.reason, run_v2.Condition.CommonReason.CONTAINER_MISSING)

    def test_parallel_tasks_with_their_variables(self):
        script = ("echo $CLOUD_RUN_JOB/$CLOUD_RUN_EXECUTION/$CLOUD_RUN_TASK_INDEX"
                  "/$CLOUD_RUN_TASK_COUNT/$CLOUD_RUN_TASK_ATTEMPT/${PORT-no port}")
        self.create_job("parallel", script, count=5, parallelism=2)
        operation = self.run_job("parallel")
        execution = operation.result(timeout=60)
        self.assertEqual(operation.metadata.name, execution.name)
        self.assertRegex(execution.name, rf"^{PARENT}/jobs/parallel/executions/parallel-[a-z0-9]{{5}}$")
        self.assertEqual(
            (execution.task_count, execution.parallelism, execution.succeeded_count, execution.running_count),
            (5, 2, 5, 0))
        self.assertEqual(self.completed(execution).state, SUCCEEDED)
        self.assertTrue(execution.start_time and execution.completion_time)
        tasks = list(self.clients.tasks.list_tasks({"parent": execution.name, "page_size": 2}))
        self.assertEqual([task.index for task in tasks], [0, 1, 2, 3, 4])
        self.assertEqual(len(list(self.clients.tasks.list_tasks(parent=f"{PARENT}/jobs/parallel/executions/-"))), 5)
        task = self.clients.tasks.get_task(name=tasks[3].name)
        self.assertEqual(task.last_attempt_result.exit_code, 0)
        self.assertEqual(self.completed(task).state, SUCCEEDED)
        self.assertEqual((task.job, task.execution), ("parallel", execution.name.rsplit("/", 1)[1]))
        short = execution.name.rsplit("/", 1)[1]
        entries = self.lines(execution)
        self.assertEqual(
            {entry["textPayload"] for entry in entries},
            {f"parallel/{short}/{index}/5/0/no port" for index in range(5)})
        self.assertEqual(
            {entry["labels"]["run.googleapis.com/task_index"] for entry in entries}, set("01234"))
        self.assertEqual(entries[0]["resource"]["labels"]["job_name"], "parallel")
        job = self.clients.jobs.get_job(name=f"{PARENT}/jobs/parallel")
        self.assertEqual(job.execution_count, 1)
        self.assertEqual(job.latest_created_execution.name, short)
        self.assertEqual(job.latest_created_execution.completion_status, Status.EXECUTION_SUCCEEDED)

    def test_a_failing_task_is_retried_and_then_fails_the_execution(self):
        self.create_job("failing", 'test "$CLOUD_RUN_TASK_INDEX" = 0 || exit 3', count=2, retries=2)
        operation = self.run_job("failing")
        with self.assertRaisesRegex(exceptions.GoogleAPICallError, "failed with message: The container exited"):
            operation.result(timeout=60)
        execution = self.clients.executions.get_execution(name=operation.metadata.name)
        self.assertEqual(
            (execution.succeeded_count, execution.failed_count, execution.retried_count), (1, 1, 1))
        condition = self.completed(execution)
        self.assertEqual((condition.state, condition.execution_reason), (FAILED, Reason.NON_ZERO_EXIT_CODE))
        task = list(self.clients.tasks.list_tasks(parent=execution.name))[1]
        self.assertEqual((task.retried, task.max_retries, task.last_attempt_result.exit_code), (2, 2, 3))
        self.assertEqual(task.last_attempt_result.status.message, "The container exited with an error.")
        job = self.clients.jobs.get_job(name=f"{PARENT}/jobs/failing")
        self.assertEqual(job.latest_created_execution.completion_status, Status.EXECUTION_FAILED)

    def test_a_retry_may_succeed(self):
        self.create_job("flaky", 'test "$CLOUD_RUN_TASK_ATTEMPT" = 1', retries=3)
        execution = self.run_job("flaky").result(timeout=60)
        self.assertEqual((execution.succeeded_count, execution.retried_count), (1, 1))

    def test_a_task_that_takes_too_long(self):
        self.create_job("slow", "exec sleep 60", timeout=1)
        begun = time.monotonic()
        with self.assertRaisesRegex(exceptions.GoogleAPICallError, "The configured timeout was reached."):
            self.run_job("slow").result(timeout=60)
        self.assertLess(time.monotonic() - begun, 20)

    def test_overrides(self):
        self.create_job("overridden", "echo $COLOR-$SIZE", COLOR="red", SIZE="1")
        overrides = run_v2.RunJobRequest.Overrides(
            task_count=2, timeout=duration_pb2.Duration(seconds=9),
            container_overrides=[run_v2.RunJobRequest.Overrides.ContainerOverride(
                name="main", args=["echo over-$COLOR-$SIZE"], env=[run_v2.EnvVar(name="COLOR", value="blue")])])
        dry = self.run_job("overridden", overrides=overrides, validate_only=True)
        self.assertTrue(dry.done())
        execution = self.run_job("overridden", overrides=overrides).result(timeout=60)
        self.assertEqual(execution.task_count, 2)
        self.assertEqual(execution.template.timeout.total_seconds(), 9)
        self.assertEqual({e["textPayload"] for e in self.lines(execution)}, {"over-blue-1"})
        job = self.clients.jobs.get_job(name=f"{PARENT}/jobs/overridden")
        self.assertEqual((job.execution_count, job.template.task_count), (1, 1))
        overrides.container_overrides[0].name = "other"
        with self.refused(400, "INVALID_ARGUMENT", "there is no container 'other'"):
            self.run_job("overridden", overrides=overrides)

    def test_cancel(self):
        self.create_job("cancelled", "exec sleep 60", count=3, parallelism=2)
        operation = self.run_job("cancelled")
        name = operation.metadata.name
        executions = self.clients.executions
        self.wait_until(lambda: executions.get_execution(name=name).running_count == 2)
        executions.cancel_execution(run_v2.CancelExecutionRequest(name=name, validate_only=True))
        stopped = executions.cancel_execution(name=name).result(timeout=60)
        self.assertEqual((stopped.cancelled_count, stopped.running_count), (3, 0))
        condition = self.completed(stopped)
        self.assertEqual((condition.state, condition.execution_reason), (FAILED, Reason.CANCELLED))
        self.assertEqual(operation.result(timeout=60).cancelled_count, 3)
        with self.refused(400, "FAILED_PRECONDITION"):
            executions.cancel_execution(name=name)
        job = self.clients.jobs.get_job(name=f"{PARENT}/jobs/cancelled")
        self.assertEqual(job.latest_created_execution.completion_status, Status.EXECUTION_CANCELLED)

    def test_executions_are_listed_and_deleted(self):
        self.create_job("listed", "true")
        names = [self.run_job("listed").result(timeout=60).name for _ in range(3)]
        executions = self.clients.executions
        listed = list(executions.list_executions({"parent": f"{PARENT}/jobs/listed", "page_size": 2}))
        self.assertEqual([e.name for e in listed], list(reversed(names)))
        self.assertTrue(set(names) <= {e.name for e in executions.list_executions(parent=f"{PARENT}/jobs/-")})
        executions.delete_execution(run_v2.DeleteExecutionRequest(name=names[0], validate_only=True))
        self.assertTrue(executions.delete_execution(name=names[0]).result(timeout=60).delete_time)
        with self.refused(404, "NOT_FOUND", "of kind 'EXECUTION'"):
            executions.get_execution(name=names[0])
        with self.refused(404, "NOT_FOUND", "of kind 'TASK'"):
            self.clients.tasks.get_task(name=names[1] + "/tasks/none")

    def test_deleting_a_job_stops_its_execution(self):
        self.create_job("stopped", "exec sleep 60")
        operation = self.run_job("stopped")
        executions = self.clients.executions
        self.wait_until(lambda: executions.get_execution(name=operation.metadata.name).running_count == 1)
        self.clients.jobs.delete_job(name=f"{PARENT}/jobs/stopped").result(timeout=60)
        with self.refused(404, "NOT_FOUND"):
            executions.get_execution(name=operation.metadata.name)

    def test_a_token_runs_the_job_with_its_creation(self):
        job = self.job("echo by token")
        job.run_execution_token = "once"
        made = self.clients.jobs.create_job(parent=PARENT, job_id="token", job=job).result(timeout=60)
        self.assertEqual(made.latest_created_execution.name, "token-once")
        self.assertEqual(made.latest_created_execution.completion_status, Status.EXECUTION_SUCCEEDED)

    def test_policies_and_permissions(self):
        name = self.create_job("access", "true").name
        jobs = self.clients.jobs
        empty = jobs.get_iam_policy({"resource": name})
        binding = {"role": "roles/run.invoker", "members": ["user:somebody@example.com"]}
        first = jobs.set_iam_policy({"resource": name, "policy": {"bindings": [binding], "etag": empty.etag}})
        self.assertEqual(jobs.get_iam_policy({"resource": name}).bindings[0].members, binding["members"])
        jobs.set_iam_policy({"resource": name, "policy": {"bindings": [], "etag": first.etag}})
        with self.refused(409, "ABORTED", "There were concurrent policy changes."):
            jobs.set_iam_policy({"resource": name, "policy": {"bindings": [binding], "etag": first.etag}})
        granted = jobs.test_iam_permissions({"resource": name, "permissions": ["run.jobs.run"]})
        self.assertEqual(list(granted.permissions), ["run.jobs.run"])


if __name__ == "__main__":
    unittest.main()
