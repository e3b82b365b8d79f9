"""What passes through the running binary's ingress: shares, tunnels that outlive a shift, bodies without end.

STAGECTL_TEST_STREAM_MIB says how much one body holds (128 unless told; scripts/campaigns sends 1024).
"""

import http.client
import os
import socket
import sys
import time
import unittest
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import google.cloud.run_v2 as run_v2
from google.protobuf import field_mask_pb2

from local_cloud_run import PARENT, ConformanceTest

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "stream_service.py")
PINNED = run_v2.TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION
MEBIBYTE = 1 << 20


class TrafficTests(ConformanceTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stream_image = cls.server.image(sys.executable, PROGRAM)
        cls.stream_size = int(os.environ.get("STAGECTL_TEST_STREAM_MIB", "128"))

    def deploy(self, name, **variables):
        template = self.template(image=self.stream_image, **variables)
        template.max_instance_request_concurrency = 1000
        template.containers[0].startup_probe = run_v2.Probe(
            tcp_socket=run_v2.TCPSocketAction(), period_seconds=1, failure_threshold=30)
        service = run_v2.Service(name=f"{PARENT}/services/{name}", template=template, invoker_iam_disabled=True)
        return self.clients.services.update_service(
            request=run_v2.UpdateServiceRequest(service=service, allow_missing=True)).result(timeout=60)

    def shift(self, name, shares):
        service = run_v2.Service(name=f"{PARENT}/services/{name}", traffic=[
            run_v2.TrafficTarget(type_=PINNED, revision=revision, percent=percent)
            for revision, percent in shares.items()])
        return self.clients.services.update_service(request=run_v2.UpdateServiceRequest(
            service=service, update_mask=field_mask_pb2.FieldMask(paths=["traffic"]))).result(timeout=60)

    def address(self, service):
        url = urllib.parse.urlsplit(service.urls[1])
        return url.hostname, url.port

    def revisions(self, name):
        """Two of them, the first of which has all the traffic."""
        first = self.deploy(name, ROUND="1").latest_ready_revision.split("/")[-1]
        self.shift(name, {first: 100})
        second = self.deploy(name, ROUND="2").latest_ready_revision.split("/")[-1]
        return first, second

    def test_ten_thousand_requests_keep_to_a_split(self):
        first, second = self.revisions("split")
        address = self.address(self.shift("split", {first: 90, second: 10}))

        def ask(count):
            connection = http.client.HTTPConnection(*address, timeout=60)
            hits = 0
            for _ in range(count):
                connection.request("GET", "/")
                hits += connection.getresponse().read() == second.encode()
            connection.close()
            return hits

        with ThreadPoolExecutor(8) as pool:
            hits = sum(pool.map(ask, [1250] * 8))
        # Chi-squared with one degree of freedom; 10.83 is passed by chance once in a thousand runs.
        chi_squared = (hits - 1000) ** 2 / 1000 + (hits - 1000) ** 2 / 9000
        self.assertLess(chi_squared, 10.83, f"{hits} of 10000 at 10 %")

    def test_two_hundred_tunnels_outlive_a_shift(self):
        first, second = self.revisions("tunnels")
        address = self.address(self.get("tunnels"))
        tunnels = [self.tunnel(address) for _ in range(200)]
        self.assertEqual({self.say(tunnel, 0) for tunnel in tunnels}, {f"{first} 0"})
        for index, (old, new) in enumerate([(50, 50), (0, 100)], start=1):
            self.shift("tunnels", {k: v for k, v in {first: old, second: new}.items() if v})
            self.assertEqual([self.say(tunnel, index) for tunnel in tunnels], [f"{first} {index}"] * 200)
        # Whoever comes now meets the new revision, while the old one serves those that it has.
        newcomer = self.tunnel(address)
        self.assertEqual(self.say(newcomer, 9), f"{second} 9")
        self.assertEqual([self.say(tunnel, 9) for tunnel in tunnels], [f"{first} 9"] * 200)
        for tunnel in tunnels + [newcomer]:
            tunnel.close()

    def tunnel(self, address):
        connection = socket.create_connection(address, timeout=60)
        connection.sendall(
            b"GET /ws HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
            % (address[0].encode(), address[1]))
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = connection.recv(1)
            self.assertTrue(byte, head)
            head += byte
        self.assertTrue(head.startswith(b"HTTP/1.1 101 "), head)
        return connection

    def say(self, tunnel, word):
        tunnel.sendall(f"{word}\n".encode())
        answer = b""
        while not answer.endswith(b"\n"):
            received = tunnel.recv(4096)
            self.assertTrue(received, "the tunnel was closed")
            answer += received
        return answer.decode().strip()

    def test_a_long_answer_does_not_fill_the_memory(self):
        address = self.address(self.deploy("pour"))
        self.pour(address, 16)
        before = self.peak_memory()
        self.assertEqual(self.pour(address, self.stream_size), self.stream_size * MEBIBYTE)
        self.assert_flat(before)

    def pour(self, address, mebibytes):
        connection = http.client.HTTPConnection(*address, timeout=300)
        connection.request("GET", f"/pour/{mebibytes}")
        answer = connection.getresponse()
        size = 0
        while block := answer.read(MEBIBYTE):
            size += len(block)
            if size == 8 * MEBIBYTE:
                # A reader that stops for a while: what waits must wait in the container, not here.
                time.sleep(0.3)
        connection.close()
        return size

    def test_a_long_request_does_not_fill_the_memory(self):
        address = self.address(self.deploy("swallow"))
        block = b"y" * MEBIBYTE
        connection = http.client.HTTPConnection(*address, timeout=300)
        for count in (16, self.stream_size):
            before = self.peak_memory()
            connection.request("POST", "/swallow", body=(block for _ in range(count)), encode_chunked=True,
                               headers={"Transfer-Encoding": "chunked"})
            self.assertEqual(int(connection.getresponse().read()), count * MEBIBYTE)
        connection.close()
        self.assert_flat(before)

    def peak_memory(self):
        """The most that the server ever held, in bytes (proc(5))."""
        with open(f"/proc/{self.server.process.pid}/status") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))

    def assert_flat(self, before):
        grown = self.peak_memory() - before
        print(f"{self.stream_size} MiB passed, peak memory grew by {grown / MEBIBYTE:.1f} MiB", file=sys.stderr)
        self.assertLess(grown, 16 * MEBIBYTE)


if __name__ == "__main__":
    unittest.main()
