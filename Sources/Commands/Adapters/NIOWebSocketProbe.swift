import Transport
import Verification

/// WebSocket checks over SwiftNIO.
struct NIOWebSocketProbe: WebSocketProbe {
    func open(_ request: WebSocketProbeRequest) async -> WebSocketOpening {
        if let refusal = request.headers.refusal(to: request.url) { return .failed(refusal) }
        let clock = ContinuousClock()
        let began = clock.now
        do throws(WebSocketError) {
            let connection = try await WebSocketClient.connect(
                WebSocketRequest(
                    request.url,
                    headers: HTTPHeaders(request.headers.map { HTTPHeaders.Field($0.name, $0.value) }),
                    subprotocols: request.subprotocols, connectTimeout: .milliseconds(request.timeoutMilliseconds),
                    maximumMessageBytes: request.maximumMessageBytes),
                userAgent: Version.userAgent)
            return .connected(NIOWebSocketSession(connection: connection), await Self.acceptance(of: connection))
        } catch {
            return Self.opening(error, milliseconds: (clock.now - began).milliseconds)
        }
    }

    private static func acceptance(of connection: WebSocketConnection) async -> WebSocketAcceptance {
        let timings = connection.timings
        return WebSocketAcceptance(
            headers: connection.headers.fields.map { HeaderField($0.name, $0.value) },
            remoteAddress: connection.remoteAddress,
            phases: Phases(
                connect: timings.connect.milliseconds, tls: timings.tls.milliseconds,
                firstByte: timings.firstByte.milliseconds, total: timings.total.milliseconds),
            certificateFingerprint: await connection.certificate().map { CertificateFingerprint.sha256(der: $0) })
    }

    private static func opening(_ error: WebSocketError, milliseconds: Double) -> WebSocketOpening {
        let failure: ProbeFailure
        switch error {
        case .refused(let status, let headers, let body):
            return .refused(status: status, headers: headers.fields.map { HeaderField($0.name, $0.value) }, body: body)
        case .couldNotConnect(let reason): failure = ProbeFailure(.connect, reason)
        case .tls(let problem): failure = ProbeFailure(.tls, problem.reason)
        case .timedOut: failure = ProbeFailure(.timeout, "no answer in time")
        case .invalidURL(let reason): failure = ProbeFailure(.other, reason)
        case .protocolViolation(let reason, _): failure = ProbeFailure(.malformed, reason)
        case .closed: failure = ProbeFailure(.lost, "it was closed")
        case .cancelled: failure = ProbeFailure(.other, "cancelled")
        }
        return .failed(ProbeFailure(failure.kind, failure.reason, milliseconds: milliseconds))
    }
}

struct NIOWebSocketSession: WebSocketSession {
    let connection: WebSocketConnection

    func send(_ text: String) async throws {
        try await connection.send(text: text)
    }

    func send(_ bytes: [UInt8]) async throws {
        try await connection.send(binary: bytes)
    }

    func receive(withinMilliseconds milliseconds: Int) async -> Verification.WebSocketMessage {
        do throws(WebSocketError) {
            switch try await connection.receive(within: .milliseconds(milliseconds)) {
            case .text(let text): return .text(text)
            case .binary(let bytes): return .binary(bytes)
            case .closed(let code, let reason): return .closed(code: Int(code), reason: reason)
            }
        } catch {
            switch error {
            case .timedOut: return .timedOut
            case .protocolViolation(let reason, let code):
                return .violated(code: code.map(Int.init) ?? 1002, reason: reason)
            // No close frame came: RFC 6455 section 7.1.5 calls that 1006.
            case .invalidURL, .tls, .couldNotConnect, .refused, .closed, .cancelled:
                return .closed(code: 1006, reason: "")
            }
        }
    }

    func ping(withinMilliseconds milliseconds: Int) async -> Double? {
        try? await connection.ping(within: .milliseconds(milliseconds)).milliseconds
    }

    func close(code: Int, reason: String) async -> Int {
        Int(await connection.close(code: UInt16(clamping: code), reason: reason))
    }

    func drop() async { await connection.drop() }
}
