import Foundation
import GoogleCloudStub
import JSON
import Testing
import Transport
import Verification

/// Every kind of check passes a healthy peer and fails a broken one, with the real binary: a check that cannot fail is
/// a defect.
@Suite(.serialized, .timeLimit(.minutes(5))) struct KindFaultTests {
    @Test func `every kind has a fault that it must see`() {
        let without = Set(CheckKind.names).subtracting(KindFault.all.map(\.kind))
            .subtracting(KindFault.elsewhere.keys)
        #expect(without.isEmpty, "add what breaks them to KindFault.all")
        #expect(KindFault.all.allSatisfy { CheckKind.names.contains($0.kind) && !$0.words.isEmpty })
        #expect(KindFault.all.allSatisfy { $0.healthy != $0.broken || $0.brokenCheck != nil })
    }

    @Test func `every kind passes who is healthy and fails who is not`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18300)
        let hasEngine = await AcceptanceProject.dockerAnswers()
        if hasEngine { try await makeImage(project) } else { print("skipped: container, as no docker engine answers") }
        let peers = Peers(folder: project.folder)
        do {
            for fault in KindFault.all where hasEngine || !fault.needsEngine {
                let good = try await measure(fault.check, peers.base(of: fault.healthy), project, peers, exit: 0)
                #expect(good["status"] == "passed", "\(fault.kind): \(good)")
                let check = fault.brokenCheck ?? fault.check
                let bad = try await measure(check, peers.base(of: fault.broken), project, peers, exit: 3)
                #expect(bad["status"] == "failed", "\(fault.kind): \(bad)")
                let said = [bad["summary"]?.string, bad["cause"]?.string].compactMap(\.self).joined(separator: "\n")
                for word in fault.words { #expect(said.contains(word), "\(fault.kind): \(said)") }
            }
        } catch {
            Issue.record("\(error)")
        }
        await peers.stop()
        if hasEngine { try await project.shell("docker", "image", "rm", "--force", KindFault.image) }
        try await project.end()
    }

    private func measure(
        _ check: String, _ base: String, _ project: AcceptanceProject, _ peers: Peers, exit code: Int32
    ) async throws -> JSONValue {
        try project.write(
            """
            version: 1
            suite: backend-smoke
            priority: P1
            owner: team-backend
            secrets: { jwt: { from_env: ACCEPTANCE_JWT, default: acceptance-secret } }
            checks:
              - { id: probed, \(check) }

            """, to: "environments/suites/backend-smoke.yaml")
        let document = try await project.json(
            "smoke", "backend", "--url", base, environment: ["CURL_CA_BUNDLE": peers.trusted], exit: code)
        return try #require(document["checks"]?[0], "\(document)")
    }

    private func makeImage(_ project: AcceptanceProject) async throws {
        try project.write("FROM scratch\nCOPY busybox /busybox\n", to: "image/Smoke")
        let busybox = try await project.shell("sh", "-c", "command -v busybox").outputText
        try await project.shell("cp", busybox.filter { $0 != "\n" }, "image/busybox")
        try await project.shell(
            "docker", "build", "--quiet", "--tag", KindFault.image, "--file", "image/Smoke", "image")
        try FileManager.default.removeItem(atPath: project.folder + "/image/busybox")
    }
}

/// Whoever is asked, started when first needed.
private final class Peers {
    private let folder: String
    private var known: [KindFault.Peer: String] = [:]
    private var samples: [SamplePeer] = []
    private var healths: [GRPCHealthStub] = []
    private var services: [LoopbackHTTP] = []
    private var secured: [Task<ProcessResult?, Never>] = []

    /// The root of the certificates here, beside which the machine's own do not count.
    var trusted: String { folder + "/root.pem" }

    init(folder: String) {
        self.folder = folder
    }

    func base(of peer: KindFault.Peer) async throws -> String {
        if let known = known[peer] { return known }
        let base: String
        switch peer {
        case .sample(let variables):
            let sample = try await SamplePeer(variables)
            samples.append(sample)
            base = sample.base
        case .grpc(let health):
            let stub = try GRPCHealthStub(health: health)
            healths.append(stub)
            base = stub.base
        case .tls(let days): base = try await secure(days)
        case .allowing:
            let service = try LoopbackHTTP { request in
                let allowed = request.headers["origin"] == "https://elsewhere.example.org"
                let headers = [
                    ("Access-Control-Allow-Origin", allowed ? "https://elsewhere.example.org" : "null"),
                    ("Access-Control-Allow-Methods", "GET"), ("Vary", "Origin"),
                ]
                return .answer(status: 204, headers: headers, body: [])
            }
            services.append(service)
            base = service.base
        case .nobody: base = "http://127.0.0.1:9"
        }
        known[peer] = base
        return base
    }

    func stop() async {
        for sample in samples { await sample.stop() }
        for stub in healths { stub.stop() }
        for service in services { service.stop() }
        for server in secured {
            server.cancel()
            _ = await server.value
        }
    }

    private func secure(_ days: Int) async throws -> String {
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        if !FileManager.default.fileExists(atPath: trusted) {
            try await openssl("req -x509 \(key) -keyout root.key -out root.pem -subj /CN=root -days 90")
        }
        try await openssl("req \(key) -keyout d\(days).key -out d\(days).csr -subj /CN=localhost")
        try Data("subjectAltName=DNS:localhost".utf8).write(to: URL(filePath: folder + "/names"))
        try await openssl(
            "x509 -req -in d\(days).csr -CA root.pem -CAkey root.key -CAcreateserial -days \(days) -extfile names "
                + "-out d\(days).pem")
        let port = Int.random(in: 30_000..<31_000)
        let arguments =
            "s_server -quiet -www -accept 127.0.0.1:\(port) -cert d\(days).pem -key d\(days).key"
        let folder = folder
        secured.append(
            Task {
                try? await ChildProcess.run(
                    CommandLine(
                        ["openssl"] + arguments.split(separator: " ").map(String.init), workingDirectory: folder))
            })
        let client = HTTPClient(network: NetworkSettings(environment: ["SSL_CERT_FILE": trusted]))
        let base = "https://localhost:\(port)"
        let end = ContinuousClock.now + .seconds(20)
        while (try? await client.send(HTTPRequest("GET", base + "/"))) == nil {
            try #require(ContinuousClock.now < end, "openssl does not serve")
            try await Task.sleep(for: .milliseconds(20))
        }
        return base
    }

    private func openssl(_ arguments: String) async throws {
        let result = try await ChildProcess.run(
            CommandLine(["openssl"] + arguments.split(separator: " ").map(String.init), workingDirectory: folder))
        try #require(result.exitCode == 0, "\(result.errorText)")
    }
}
