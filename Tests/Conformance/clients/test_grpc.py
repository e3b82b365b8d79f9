"""gRPC's own client and server with the local ingress between them: a container whose port is named `h2c`."""

import os
import queue
import sys
import unittest
import urllib.parse
import urllib.request

import google.cloud.run_v2 as run_v2
import grpc

from local_cloud_run import PARENT, ConformanceTest

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "grpc_echo.py")


class GRPCTests(ConformanceTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        container = run_v2.Container(
            image=cls.server.image(sys.executable, PROGRAM),
            ports=[run_v2.ContainerPort(name="h2c", container_port=8080)],
            startup_probe=run_v2.Probe(
                grpc=run_v2.GRPCAction(), period_seconds=1, timeout_seconds=1, failure_threshold=30))
        service = run_v2.Service(
            invoker_iam_disabled=True, template=run_v2.RevisionTemplate(containers=[container]))
        made = cls.clients.services.create_service(parent=PARENT, service_id="echo", service=service)
        cls.service = made.result(timeout=60)
        cls.address = urllib.parse.urlsplit(cls.service.urls[1]).netloc
        cls.channel = grpc.insecure_channel(cls.address)

    @classmethod
    def tearDownClass(cls):
        cls.channel.close()
        super().tearDownClass()

    def test_a_call_with_metadata_both_ways(self):
        answer, call = self.channel.unary_unary("/demo.Echo/Once").with_call(b"hello", timeout=30)
        self.assertEqual(answer, b"hello")
        self.assertEqual(dict(call.initial_metadata())["revision"], self.service.latest_ready_revision.split("/")[-1])
        self.assertEqual(dict(call.trailing_metadata())["had-trace"], "True")

    def test_a_large_message(self):
        message = os.urandom(3 << 20)
        self.assertEqual(self.channel.unary_unary("/demo.Echo/Once")(message, timeout=60), message)

    def test_a_conversation(self):
        # The next message is sent only when the last was answered: nothing may be held back on the way.
        to_send = queue.Queue()
        to_send.put(b"0")
        answers = self.channel.stream_stream("/demo.Echo/Each")(iter(to_send.get, None), timeout=30)
        for index in range(100):
            self.assertEqual(next(answers), str(index).encode())
            to_send.put(str(index + 1).encode() if index < 99 else None)
        self.assertEqual(list(answers), [])

    def test_a_stream_of_answers(self):
        answers = self.channel.unary_stream("/demo.Echo/Count")(b"5000", timeout=60)
        self.assertEqual([int(answer) for answer in answers], list(range(5000)))

    def test_calls_at_once(self):
        once = self.channel.unary_unary("/demo.Echo/Once")
        calls = [once.future(str(index).encode(), timeout=60) for index in range(200)]
        self.assertEqual([call.result() for call in calls], [str(index).encode() for index in range(200)])

    def test_an_error_without_messages(self):
        with self.assertRaises(grpc.RpcError) as raised:
            self.channel.unary_unary("/demo.Echo/Refuse")(b"", timeout=30)
        self.assertEqual(raised.exception.code(), grpc.StatusCode.FAILED_PRECONDITION)
        self.assertEqual(raised.exception.details(), "not today: 50 % off, 日本")

    def test_a_method_that_nobody_has(self):
        with self.assertRaises(grpc.RpcError) as raised:
            self.channel.unary_unary("/demo.Echo/Absent")(b"", timeout=30)
        self.assertEqual(raised.exception.code(), grpc.StatusCode.UNIMPLEMENTED)

    def test_a_caller_who_gives_up(self):
        answers = self.channel.stream_stream("/demo.Echo/Each")(iter(queue.Queue().get, None), timeout=1)
        with self.assertRaises(grpc.RpcError) as raised:
            next(answers)
        self.assertEqual(raised.exception.code(), grpc.StatusCode.DEADLINE_EXCEEDED)
        # Other streams of the same connection go on.
        self.assertEqual(self.channel.unary_unary("/demo.Echo/Once")(b"on", timeout=30), b"on")

    def test_a_host_without_a_service(self):
        channel = grpc.insecure_channel(self.server_ingress(), options=[("grpc.default_authority", "none.localhost")])
        with self.assertRaises(grpc.RpcError) as raised:
            channel.unary_unary("/demo.Echo/Once")(b"", timeout=30)
        # gRPC's reading of HTTP's 404.
        self.assertEqual(raised.exception.code(), grpc.StatusCode.UNIMPLEMENTED)
        channel.close()

    def server_ingress(self):
        return f"127.0.0.1:{urllib.parse.urlsplit(self.service.urls[0]).port}"

    def test_an_http1_caller_reaches_it_too(self):
        request = urllib.request.Request(
            self.service.urls[1] + "/demo.Echo/Once", data=b"\0\0\0\0\2hi", method="POST",
            headers={"content-type": "application/grpc", "te": "trailers"})
        with urllib.request.urlopen(request, timeout=30) as response:
            self.assertEqual(response.status, 200)
            self.assertEqual(response.read(), b"\0\0\0\0\2hi")


if __name__ == "__main__":
    unittest.main()
