"""A container that tells what the ingress does to streams: it echoes after an upgrade, swallows and pours out bodies."""

import os
import socketserver

BLOCK = b"x" * (64 << 10)
REVISION = os.environ["K_REVISION"].encode()


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        while line := self.rfile.readline():
            method, target, _ = line.decode().split()
            headers = {}
            while (line := self.rfile.readline().strip()):
                name, value = line.decode().split(":", 1)
                headers[name.lower()] = value.strip()
            if "upgrade" in headers:
                return self.echo()
            size = self.read_body(headers)
            if target.startswith("/pour/"):
                self.pour(int(target.rsplit("/", 1)[1]))
            else:
                self.answer(str(size).encode() if method == "POST" else REVISION)

    def echo(self):
        self.wfile.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        while line := self.rfile.readline():
            self.wfile.write(REVISION + b" " + line)

    def read_body(self, headers):
        left = int(headers.get("content-length", 0))
        size = 0
        while left > 0:
            read = len(self.rfile.read(min(left, len(BLOCK))))
            if not read:
                return size
            left -= read
            size += read
        while headers.get("transfer-encoding") == "chunked":
            length = int(self.rfile.readline(), 16)
            size += len(self.rfile.read(length))
            self.rfile.readline()
            if length == 0:
                break
        return size

    def answer(self, body):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    def pour(self, mebibytes):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(mebibytes * 16):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(BLOCK), BLOCK))
        self.wfile.write(b"0\r\n\r\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 512


Server(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
