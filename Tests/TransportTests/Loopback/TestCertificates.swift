import NIOSSL
import Testing

@testable import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A root of our own and certificates under it, made by `openssl` when they are first needed; nothing is kept.
final class TestCertificates: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case good
        case expired
        case otherName
        case selfSigned
        /// Signed by a root that nobody was told of.
        case unknownIssuer
    }

    private let folder: String

    /// The root's PEM file.
    var root: String { folder + "/root.pem" }

    private init(folder: String) {
        self.folder = folder
    }

    deinit {
        for name in ["root", "stranger"] + Kind.allCases.map(\.rawValue) {
            for ending in ["pem", "key", "csr"] { unlink("\(folder)/\(name).\(ending)") }
        }
        rmdir(folder)
    }

    static let isAvailable = ChildProcess.locate("openssl") != nil

    static func make() async throws -> TestCertificates {
        var template = Array("/tmp/stagectl-tls-XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        let certificates = TestCertificates(folder: folder)
        for name in ["root", "stranger"] {
            try await certificates.openssl(
                "req -x509 \(newKey(name)) -out \(name).pem -subj /CN=\(name) -days 2")
        }
        for (kind, name, signer, days) in [
            (Kind.good, "DNS:localhost,DNS:service.example,IP:127.0.0.1", "root", 2),
            (.expired, "DNS:localhost,IP:127.0.0.1", "root", -1),
            (.otherName, "DNS:other.example", "root", 2), (.unknownIssuer, "DNS:localhost,IP:127.0.0.1", "stranger", 2),
        ] {
            let file = kind.rawValue
            try await certificates.openssl(
                "req \(newKey(file)) -out \(file).csr -subj /CN=\(file) -addext subjectAltName=\(name)")
            try await certificates.openssl(
                "x509 -req -in \(file).csr -CA \(signer).pem -CAkey \(signer).key -copy_extensions copy -days \(days) "
                    + "-out \(file).pem")
        }
        try await certificates.openssl(
            "req -x509 \(newKey("selfSigned")) -out selfSigned.pem -subj /CN=localhost -days 2 "
                + "-addext subjectAltName=DNS:localhost,IP:127.0.0.1")
        return certificates
    }

    func server(_ kind: Kind, protocols: [String] = [], upTo version: TLSVersion = .tlsv13) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile("\(folder)/\(kind.rawValue).pem").map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: "\(folder)/\(kind.rawValue).key", format: .pem)))
        configuration.applicationProtocols = protocols
        configuration.minimumTLSVersion = .tlsv1
        configuration.maximumTLSVersion = version
        return try NIOSSLContext(configuration: configuration)
    }

    /// As for somebody who trusts the root.
    var trusting: NetworkSettings { NetworkSettings(environment: ["SSL_CERT_FILE": root]) }

    private static func newKey(_ name: String) -> String {
        "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout \(name).key"
    }

    private func openssl(_ arguments: String) async throws {
        let result = try await ChildProcess.run(
            CommandLine(["openssl"] + arguments.split(separator: " ").map(String.init), workingDirectory: folder))
        try #require(result.exitCode == 0, "openssl \(arguments): \(result.errorText)")
    }
}
