"""A service that speaks gRPC alone, as a container on Cloud Run does: on PORT, without TLS. Messages are plain bytes."""

import os
from concurrent import futures

import grpc

SERVING = b"\x08\x01"


class Echo(grpc.GenericRpcHandler):
    def service(self, call):
        return {
            "/demo.Echo/Once": grpc.unary_unary_rpc_method_handler(self.once),
            "/demo.Echo/Each": grpc.stream_stream_rpc_method_handler(self.each),
            "/demo.Echo/Count": grpc.unary_stream_rpc_method_handler(self.count),
            "/demo.Echo/Refuse": grpc.unary_unary_rpc_method_handler(self.refuse),
            "/grpc.health.v1.Health/Check": grpc.unary_unary_rpc_method_handler(lambda request, context: SERVING),
        }.get(call.method)

    def once(self, request, context):
        given = dict(context.invocation_metadata())
        context.send_initial_metadata((("revision", os.environ["K_REVISION"]),))
        context.set_trailing_metadata((("had-trace", str("traceparent" in given)),))
        return request

    def each(self, requests, context):
        yield from requests

    def count(self, request, context):
        for index in range(int(request)):
            yield str(index).encode()

    def refuse(self, request, context):
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, "not today: 50 % off, 日本")


server = grpc.server(futures.ThreadPoolExecutor(max_workers=20), handlers=[Echo()])
server.add_insecure_port(f"127.0.0.1:{os.environ['PORT']}")
server.start()
server.wait_for_termination()
