import Dispatch
import GoogleCloudStub
import JSON
import Synchronization
import Testing
import Transport

/// Hands every request on and remembers it; on demand it loses the answer to the first PATCH.
final class Relay: Sendable {
    private struct State {
        var asked: [String] = []
        var hasLost = false
    }

    private let server: LoopbackHTTP
    private let state: SharedState

    private final class SharedState: Sendable {
        let value = Mutex(State())
    }

    /// - Parameters:
    ///   - trouble: `hang up` or `503`, for the first PATCH; nil hands every answer back.
    ///   - own: an answer that the relay gives itself; nil hands the request on.
    init(
        to target: String, losing trouble: String? = nil,
        answering own: @escaping @Sendable (LoopbackHTTP.Request) -> LoopbackHTTP.Reply? = { _ in nil }
    ) throws {
        let (shared, http) = (SharedState(), HTTPClient())
        state = shared
        server = try LoopbackHTTP { request in
            let answer = own(request) ?? Self.forward(request, to: target, over: http)
            let isLost = shared.value.withLock { state -> Bool in
                state.asked.append("\(request.method) \(request.path)")
                guard trouble != nil, request.method == "PATCH", !state.hasLost else { return false }
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
