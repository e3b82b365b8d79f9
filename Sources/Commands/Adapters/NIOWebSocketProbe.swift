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
            return .connected(NIOWebSocketSession(connection: connection), headers: [], remoteAddress: nil)
        } catch {
            return Self.opening(error, milliseconds: (clock.now - began).milliseconds)
        }
    }

    private static func opening(_ error: WebSocketError, milliseconds: Double) -> WebSocketOpening {
        switch error {
        case .refused(let status, let headers, let body):
            .refused(status: status, headers: headers.fields.map { HeaderField($0.name, $0.value) }, body: body)
        case .couldNotConnect(let reason): .failed(ProbeFailure(.connect, reason, milliseconds: milliseconds))
        case .tls(let failure): .failed(ProbeFailure(.tls, failure.reason, milliseconds: milliseconds))
        case .timedOut: .failed(ProbeFailure(.timeout, "no answer in time", milliseconds: milliseconds))
        default: .failed(ProbeFailure(.other, "\(error)", milliseconds: milliseconds))
        }
    }
}

struct NIOWebSocketSession: WebSocketSession {
    let connection: WebSocketConnection

    func send(_ text: String) async throws {
        try await connection.send(text: text)
    }

    func receive(withinMilliseconds milliseconds: Int) async -> Verification.WebSocketMessage {
        do {
            switch try await connection.receive(within: .milliseconds(milliseconds)) {
            case .text(let text): return .text(text)
            case .binary(let bytes): return .binary(bytes)
            case .closed(let code, let reason): return .closed(code: Int(code), reason: reason)
            }
        } catch WebSocketError.timedOut {
            return .timedOut
        } catch {
            // No close frame came: RFC 6455 section 7.1.5 calls that 1006.
            return .closed(code: 1006, reason: "\(error)")
        }
    }

    func close(code: Int) async {
        await connection.close(code: UInt16(clamping: code))
    }
}
