"""A gRPC server whose health service is grpcio-health-checking's, as a container on Cloud Run runs it: on PORT.

With CERTIFICATE and KEY it speaks TLS. A service called `starting` becomes healthy a second after the first Watch.
"""

import os
import threading
from concurrent import futures

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

ServingStatus = health_pb2.HealthCheckResponse.ServingStatus


class Health(health.HealthServicer):
    def Check(self, request, context):
        metadata = dict(context.invocation_metadata())
        context.send_initial_metadata((("x-revision", os.environ.get("K_REVISION", "none")),))
        if request.service == "private" and metadata.get("x-api-key") != "let-me-in":
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "no key: 100 % sure, 日本")
        if request.service == "slow":
            threading.Event().wait(5)
        if request.service == "broken":
            raise RuntimeError("the database is gone")
        return super().Check(request, context)

    def Watch(self, request, context, send_response_callback=None):
        if request.service == "starting":
            threading.Timer(1, self.set, ("starting", ServingStatus.SERVING)).start()
        return super().Watch(request, context, send_response_callback)


servicer = Health()
for name, status in (
    ("", "SERVING"), ("demo.Echo", "SERVING"), ("private", "SERVING"), ("slow", "SERVING"), ("broken", "SERVING"),
    ("ill", "NOT_SERVING"), ("starting", "NOT_SERVING"),
):
    servicer.set(name, ServingStatus.Value(status))
compression = {"gzip": grpc.Compression.Gzip}.get(os.environ.get("COMPRESSION"), grpc.Compression.NoCompression)
server = grpc.server(futures.ThreadPoolExecutor(max_workers=20), compression=compression)
health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
address = f"127.0.0.1:{os.environ['PORT']}"
if "CERTIFICATE" in os.environ:
    with open(os.environ["CERTIFICATE"], "rb") as certificate, open(os.environ["KEY"], "rb") as key:
        server.add_secure_port(address, grpc.ssl_server_credentials([(key.read(), certificate.read())]))
else:
    server.add_insecure_port(address)
server.start()
server.wait_for_termination()
