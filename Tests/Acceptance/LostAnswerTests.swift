import Dispatch
import GoogleCloudStub
import JSON
import Synchronization
import Testing
import Transport

/// A write that is acted on and whose answer never comes, through the real client and the real executor.
@Suite(.serialized) struct LostAnswerTests {
    @Test(arguments: ["hang up", "503"])
    func `a change whose answer is lost is looked for, not sent again`(trouble: String) async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18640)
        do {
            let first = try await revision(project, "1")
            let second = try await revision(project, "2")
            let relay = try Relay(to: "http://127.0.0.1:18640", losing: trouble)
            defer { relay.stop() }
            try project.write(
                """
                platform: { kind: google, endpoint: "\(relay.base)" }
                project: local-project
                region: us-central1
                registry: us-central1-docker.pkg.dev/p/services

                """, to: "environments/relayed.yaml")
            _ = try await project.json(
                "traffic", "set", "auth", "\(first)=100", "-e", "relayed",
                environment: ["STAGECTL_ACCESS_TOKEN": "relayed-token"], exit: 0)
            #expect(try await project.shares(of: "auth") == [first: 100] && first != second)
            let asked = relay.asked
            let patches = asked.indices.filter { asked[$0].hasPrefix("PATCH ") }
            #expect(patches.count == 1, "\(asked)")
            let looks = asked[(patches.first ?? 0)...].count { $0.hasPrefix("GET ") }
            #expect(looks > 0, "\(asked)")
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    private func revision(_ project: AcceptanceProject, _ number: String) async throws -> String {
        let deployed = try await project.json("deploy", "auth", "--set-env", "NUMBER=\(number)", exit: 0)
        return try #require(deployed["services"]?[0]?["revision"]?.string)
    }
}

/// Hands every request on, and loses the answer to the first PATCH.
private final class Relay: Sendable {
    private struct State {
        var asked: [String] = []
        var hasLost = false
    }

    private let server: LoopbackHTTP
    private let state: SharedState

    private final class SharedState: Sendable {
        let value = Mutex(State())
    }

    init(to target: String, losing trouble: String) throws {
        let (shared, http) = (SharedState(), HTTPClient())
        state = shared
        server = try LoopbackHTTP { request in
            let answer = Self.forward(request, to: target, over: http)
            let isLost = shared.value.withLock { state -> Bool in
                state.asked.append("\(request.method) \(request.path)")
                guard request.method == "PATCH", !state.hasLost else { return false }
                state.hasLost = true
                return true
            }
            guard isLost else { return answer }
            return trouble == "503" ? .answer(status: 503, body: []) : .hangUp
        }
    }

    var base: String { server.base }
    var asked: [String] { state.value.withLock { $0.asked } }

    func stop() { server.stop() }

    private static func forward(_ request: LoopbackHTTP.Request, to target: String, over http: HTTPClient)
        -> LoopbackHTTP.Reply
    {
        let query = request.query.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
        var headers = HTTPHeaders()
        for name in ["content-type", "accept"] {
            if let value = request.headers[name] { headers.append(name, value) }
        }
        let outgoing = HTTPRequest(
            request.method, target + request.path + (query.isEmpty ? "" : "?" + query), headers: headers,
            body: request.body.isEmpty ? nil : request.body)
        let (done, reply) = (DispatchSemaphore(value: 0), SharedReply())
        // This is a thread of the stub's own, which may wait.
        Task.detached {
            if let response = try? await http.send(outgoing) {
                let type = response.headers["Content-Type"] ?? "application/json"
                reply.value.withLock {
                    $0 = .answer(status: response.status, headers: [("Content-Type", type)], body: response.body)
                }
            }
            done.signal()
        }
        done.wait()
        return reply.value.withLock { $0 }
    }

    private final class SharedReply: Sendable {
        let value = Mutex(LoopbackHTTP.Reply.hangUp)
    }
}
