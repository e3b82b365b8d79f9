/// The two messages of grpc.health.v1 and gRPC's framing, by hand: each message has one field, and a protobuf runtime
/// with its code generator would be a dependency for twenty lines (grpc/grpc-proto `grpc/health/v1/health.proto`,
/// protobuf's "Encoding", grpc/grpc `doc/PROTOCOL-HTTP2.md`).
enum GRPCHealthMessage {
    /// A health answer has 2 bytes; whatever is a thousand times larger is something else.
    static let maximumBytes = 1 << 16

    /// `HealthCheckRequest { string service = 1; }` with its prefix: not compressed, four bytes of length.
    static func request(service: String) -> [UInt8] {
        let name = Array(service.utf8)
        let message = name.isEmpty ? [] : [0x0A] + varint(name.count) + name
        return framed(message)
    }

    /// `HealthCheckResponse { ServingStatus status = 1; }` with its prefix.
    static func response(_ status: ServingStatus) -> [UInt8] {
        framed(status.rawValue == 0 ? [] : [0x08] + varint(status.rawValue))
    }

    private static func framed(_ message: [UInt8]) -> [UInt8] {
        [0] + (0..<4).map { UInt8(truncatingIfNeeded: message.count >> (24 - 8 * $0)) } + message
    }

    private static func varint(_ value: Int) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F | 0x80))
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    /// The messages of a body, as far as they are whole, and what is wrong with the rest.
    static func messages(in body: [UInt8]) -> (whole: [[UInt8]], fault: String?) {
        var messages: [[UInt8]] = []
        var rest = body[...]
        while !rest.isEmpty {
            guard rest.count >= 5 else {
                return (messages, "the answer ends within the prefix of a message (\(rest.count) of 5 bytes)")
            }
            let prefix = Array(rest.prefix(5))
            let length = prefix[1...4].reduce(0) { $0 << 8 | Int($1) }
            guard prefix[0] <= 1 else {
                return (messages, "the answer is no message of gRPC: its first byte is \(prefix[0]), not 0 or 1")
            }
            // Nothing was offered in `grpc-accept-encoding`, so the server has no choice.
            guard prefix[0] == 0 else { return (messages, "a message is compressed, which this client did not offer") }
            guard length <= maximumBytes else {
                return (messages, "a message announces \(length) bytes, more than \(maximumBytes)")
            }
            guard rest.count >= 5 + length else {
                return (messages, "a message announces \(length) bytes, and \(rest.count - 5) came")
            }
            messages.append(Array(rest.dropFirst(5).prefix(length)))
            rest = rest.dropFirst(5 + length)
        }
        return (messages, nil)
    }

    /// The last `status` counts, other fields are passed over, and none is 0; nil where this is no protobuf.
    static func status(in message: [UInt8]) -> Int? {
        var rest = message[...]
        var status = 0
        while !rest.isEmpty {
            guard let key = takeVarint(&rest), key >> 3 > 0 else { return nil }
            switch key & 7 {
            case 0:
                guard let value = takeVarint(&rest) else { return nil }
                // An enum travels as int32: what is larger is cut to it.
                if key >> 3 == 1 { status = Int(Int32(truncatingIfNeeded: value)) }
            case 1: guard take(8, of: &rest) else { return nil }
            case 2: guard let count = takeVarint(&rest), take(count, of: &rest) else { return nil }
            case 5: guard take(4, of: &rest) else { return nil }
            default: return nil
            }
        }
        return status
    }

    private static func take(_ count: UInt64, of bytes: inout ArraySlice<UInt8>) -> Bool {
        guard count <= UInt64(bytes.count) else { return false }
        bytes = bytes.dropFirst(Int(count))
        return true
    }

    private static func takeVarint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for position in 0..<10 {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << UInt64(7 * position)
            if byte < 0x80 { return value }
        }
        return nil
    }
}

/// `HealthCheckResponse.ServingStatus`; `SERVICE_UNKNOWN` is used by Watch alone.
package enum ServingStatus: Int, Hashable, Sendable, CaseIterable {
    case unknown = 0
    case serving, notServing, serviceUnknown

    package var name: String {
        switch self {
        case .unknown: "UNKNOWN"
        case .serving: "SERVING"
        case .notServing: "NOT_SERVING"
        case .serviceUnknown: "SERVICE_UNKNOWN"
        }
    }

    package init?(name: String) {
        guard let status = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = status
    }
}
