"""A proxy that opens tunnels (RFC 9110 section 9.3.6), all of them to one server, whatever name was asked for; and a
certificate authority for that server."""

import datetime
import socket
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class ConnectProxy:
    def __init__(self, port):
        self.asked = []
        self.target = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def stop(self):
        self.listener.close()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.tunnel, args=[connection], daemon=True).start()

    def tunnel(self, connection):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            part = connection.recv(1)
            if not part:
                return connection.close()
            head += part
        self.asked.append(head.split(b"\r\n")[0].decode())
        other = socket.create_connection(("127.0.0.1", self.target))
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        threading.Thread(target=self.copy, args=[other, connection], daemon=True).start()
        self.copy(connection, other)

    def copy(self, source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        finally:
            source.close()


def certificates(folder, name):
    """Writes an authority (`ca.pem`) and a server's key and certificate (`server.pem`) that it signed."""
    now = datetime.datetime.now(datetime.timezone.utc)
    authority, server = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority of our own")])

    def certificate(subject, key, *extensions):
        builder = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=2)))
        for extension in extensions:
            builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        return builder.sign(authority, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    with open(folder + "/ca.pem", "wb") as file:
        file.write(certificate(issuer, authority, x509.BasicConstraints(ca=True, path_length=None)))
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    with open(folder + "/server.pem", "wb") as file:
        file.write(server.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        file.write(certificate(subject, server, x509.SubjectAlternativeName([x509.DNSName(name)])))
