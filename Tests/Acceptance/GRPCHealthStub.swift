import Dispatch
import GoogleCloudStub

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Tells one health to whoever asks, whatever they ask: HTTP/2 without TLS (RFC 9113), one call for each connection.
/// What it says needs no table of header fields (RFC 7541 section 6.2.2: literals without indexing).
final class GRPCHealthStub: Sendable {
    private static let preface = 24

    let base: String
    private let listener: Int32

    /// - Parameter health: a number of `HealthCheckResponse.ServingStatus`; nil for a server without a health service.
    init(health: UInt8?) throws {
        let socket = try LoopbackListener(backlog: 16)
        base = "http://127.0.0.1:\(socket.port)"
        listener = socket.descriptor
        let listener = listener
        DispatchQueue(label: "gRPC stub").async {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { break }
                Self.serve(connection, health)
                close(connection)
            }
            close(listener)
        }
    }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func serve(_ connection: Int32, _ health: UInt8?) {
        guard receive(preface, connection) != nil else { return }
        say(frame(4, 0, 0, []), connection)
        while let head = receive(9, connection) {
            let length = head[0..<3].reduce(0) { $0 << 8 | Int($1) }
            guard receive(length, connection) != nil else { return }
            switch (head[3], head[4] & 1) {
            case (4, 0): say(frame(4, 1, 0, []), connection)  // its settings, acknowledged
            case (0, 1): say(answer(health), connection)  // the end of the request
            default: continue
            }
        }
    }

    private static func answer(_ health: UInt8?) -> [UInt8] {
        let status: [UInt8] = [0x88]  // `:status: 200`, by its place in the static table
        let type = literal("content-type", "application/grpc")
        guard let health else {
            return frame(1, 5, 1, status + type + literal("grpc-status", "12") + literal("grpc-message", "no health"))
        }
        return frame(1, 4, 1, status + type) + frame(0, 0, 1, [0, 0, 0, 0, 2, 8, health])
            + frame(1, 5, 1, literal("grpc-status", "0"))
    }

    private static func literal(_ name: String, _ value: String) -> [UInt8] {
        [0, UInt8(name.utf8.count)] + Array(name.utf8) + [UInt8(value.utf8.count)] + Array(value.utf8)
    }

    private static func frame(_ kind: UInt8, _ flags: UInt8, _ stream: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [0, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF), kind, flags, 0, 0, 0, stream] + payload
    }

    private static func receive(_ count: Int, _ connection: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: max(count, 1))
        while bytes.count < count {
            let more = recv(connection, &part, count - bytes.count, 0)
            guard more > 0 else { return nil }
            bytes += part[..<more]
        }
        return bytes
    }

    private static func say(_ bytes: [UInt8], _ connection: Int32) {
        bytes.withUnsafeBytes { _ = send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }
}
