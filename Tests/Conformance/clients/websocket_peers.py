"""Servers of PyPI's `websockets` and `wsproto` for the WebSocket client to talk to, and one whose answers go on.

Each prints one line, `NAME PORT`, and runs until it is ended. What a connection is for stands in its path.
"""

import asyncio
import gzip
import http.server
import json
import socket
import sys
import threading
import time

import wsproto
from websockets.asyncio.server import serve
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Ping,
    Pong,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)

SMILE = "\N{GRINNING FACE}"


def tell(name, port):
    # In one piece: threads that print at the same time mix their lines.
    sys.stdout.write(f"{name} {port}\n")
    sys.stdout.flush()


# --- websockets -------------------------------------------------------------------------------------------------------


async def websockets_handler(connection):
    path = connection.request.path
    if path == "/echo":
        async for message in connection:
            await connection.send(message)
    elif path == "/fragments":
        await connection.send(["he", "ll", "", "o ", SMILE])
        await connection.send([b"\x00", b"\xff", b""])
    elif path == "/ping":
        # Its answer must come while the client waits for a message.
        waiter = await connection.ping(b"are you there")
        await asyncio.wait_for(waiter, 5)
        await connection.send("pong came")
    elif path == "/big":
        await connection.send("é" * 400_000)
        await connection.send(bytes(range(256)) * 3000)
        await connection.send(str(len(await connection.recv())))
    elif path.startswith("/close/"):
        await connection.close(int(path.removeprefix("/close/")), "because " + SMILE)
    elif path == "/raise":
        raise RuntimeError("nobody handles this")
    elif path == "/how-did-it-end":
        try:
            async for _ in connection:
                pass
        finally:
            ENDS.append((connection.close_code, connection.close_reason))
    elif path == "/ends":
        await connection.send(json.dumps(ENDS))
    elif path == "/headers":
        await connection.send(json.dumps(dict(connection.request.headers.raw_items()), sort_keys=True))
    elif path == "/extensions":
        await connection.send(json.dumps([extension.name for extension in connection.protocol.extensions]))


ENDS = []


def websockets_refusal(connection, request):
    if request.path == "/denied":
        response = connection.respond(403, "not for you\n")
        response.headers["X-Reason"] = "token"
        return response
    return None


def choose(connection, offered):
    # Its own choice refuses clients that offer none.
    return next((name for name in ["chat.v2", "chat.v1"] if name in offered), None)


async def run_websockets():
    deflate = [ServerPerMessageDeflateFactory()]
    async with serve(
        websockets_handler, "127.0.0.1", 0, subprotocols=["chat.v2", "chat.v1"], select_subprotocol=choose,
        extensions=deflate, process_request=websockets_refusal, max_size=4 << 20, close_timeout=2,
    ) as server:
        tell("websockets", server.sockets[0].getsockname()[1])
        await asyncio.Event().wait()


# --- wsproto: every event is this file's own --------------------------------------------------------------------------


def wsproto_connection(client):
    connection = wsproto.WSConnection(wsproto.ConnectionType.SERVER)
    path, steps = "", []

    def say(event):
        client.sendall(connection.send(event))

    while True:
        data = client.recv(65536)
        connection.receive_data(data or None)
        for event in connection.events():
            if isinstance(event, Request):
                path = event.target
                if path == "/refused":
                    say(RejectConnection(status_code=429, headers=[(b"retry-after", b"7")], has_body=True))
                    say(RejectData(data=b"too ", body_finished=False))
                    say(RejectData(data=b"many", body_finished=True))
                    return
                subprotocol = event.subprotocols[-1] if event.subprotocols else None
                say(AcceptConnection(subprotocol=subprotocol, extra_headers=[(b"x-peer", b"wsproto")]))
                if path == "/between":
                    # Control frames between the fragments, and a character that two fragments share.
                    character = SMILE.encode()
                    client.sendall(b"\x01\x02" + character[:2])
                    say(Ping(payload=b"1"))
                    client.sendall(b"\x00\x00")
                    say(Pong(payload=b"unasked"))
                    client.sendall(b"\x00\x01" + character[2:3])
                    say(Ping(payload=b"2"))
                    client.sendall(b"\x80\x01" + character[3:])
                elif path == "/insists-on-deflate":
                    client.sendall(b"\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00")
                elif path == "/close-without-code":
                    client.sendall(b"\x88\x00")
                elif path == "/drop":
                    client.close()
                    return
            elif isinstance(event, Ping):
                say(event.response())
            elif isinstance(event, Pong):
                steps.append("pong " + bytes(event.payload).decode())
                if path == "/between" and len(steps) == 2:
                    say(TextMessage(data=" ".join(steps)))
            elif isinstance(event, TextMessage):
                say(TextMessage(data=event.data, message_finished=event.message_finished))
            elif isinstance(event, BytesMessage):
                say(BytesMessage(data=bytes(event.data), message_finished=event.message_finished))
            elif isinstance(event, CloseConnection):
                if connection.state is wsproto.connection.ConnectionState.REMOTE_CLOSING:
                    say(event.response())
                return
        if not data:
            return


def run_wsproto():
    listener = socket.create_server(("127.0.0.1", 0))
    tell("wsproto", listener.getsockname()[1])

    def serve_one(client):
        with client:
            try:
                wsproto_connection(client)
            except (OSError, wsproto.utilities.ProtocolError) as error:
                print("wsproto:", error, file=sys.stderr)

    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve_one, args=(client,), daemon=True).start()


# --- answers that go on -----------------------------------------------------------------------------------------------


class Streams(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def do_GET(self):
        events = [b"id: %d\ndata: {\"seq\":%d}\n\n" % (number, number) for number in range(1, 4)]
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        if self.path == "/gzip" and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(b"".join(events))
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for event in events:
            self.chunk(event)
            time.sleep(0.1)
        if self.path == "/stall":
            time.sleep(60)
        if self.path == "/lost":
            self.wfile.write(b"400\r\ndata: never whole")
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        self.chunk(b"")


def run_streams():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Streams)
    server.daemon_threads = True
    tell("streams", server.server_address[1])
    server.serve_forever()


if __name__ == "__main__":
    threading.Thread(target=run_streams, daemon=True).start()
    threading.Thread(target=run_wsproto, daemon=True).start()
    asyncio.run(run_websockets())
