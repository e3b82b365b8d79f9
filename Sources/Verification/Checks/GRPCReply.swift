/// What an HTTP answer is as an answer of gRPC (grpc/grpc `doc/PROTOCOL-HTTP2.md`). Pure.
package struct GRPCReply: Hashable, Sendable {
    /// What a client would report.
    package var code: GRPCStatusCode
    /// `grpc-message`, decoded.
    package var message: String?
    package var messages: [[UInt8]] = []
    /// Why this is no answer of gRPC at all, or a broken one.
    package var fault: String?
    /// The HTTP status stands for the code: a proxy or the platform answered, not the service.
    package var isOfHTTP = false

    /// `isOpen`: the stream was left while it went on, so that no status is due.
    package init(_ response: HTTPProbeResponse, isOpen: Bool = false) {
        let (whole, fault) = GRPCHealthMessage.messages(in: response.body)
        guard response.status == 200 else {
            code = GRPCStatusCode(httpStatus: response.status)
            isOfHTTP = true
            return
        }
        code = .unknown
        guard response.version == "2" else {
            self.fault = "the answer came over HTTP/\(response.version), and gRPC needs HTTP/2"
            return
        }
        guard Self.isContentType(response.headers["content-type"]) else {
            let shown = response.headers["content-type"].map { "`\(TextCondition.short($0))`" } ?? "missing"
            self.fault =
                "the content type is \(shown), wanted `application/grpc`"
                + ResponseExpectation.excerpt(response.body)
            return
        }
        messages = whole
        // Trailers-only: an answer without messages may carry its status where headers are.
        guard let status = response.trailers["grpc-status"] ?? response.headers["grpc-status"] else {
            if isOpen {
                code = .ok
                self.fault = whole.isEmpty ? fault : nil
            } else {
                self.fault = "the answer ended without `grpc-status`, so it was cut off"
            }
            return
        }
        guard let number = Int(status.filter { $0 != " " }), number >= 0 else {
            self.fault = "`grpc-status` is `\(TextCondition.short(status))`, which is no number"
            return
        }
        // Codes that this client does not know are UNKNOWN (doc/statuscodes.md).
        code = GRPCStatusCode(rawValue: number) ?? .unknown
        message = (response.trailers["grpc-message"] ?? response.headers["grpc-message"]).map(Self.percentDecoded)
        if code == .ok { self.fault = fault }
    }

    /// `application/grpc`, alone or with `+proto`, `;…`; grpc-web is another protocol.
    private static func isContentType(_ value: String?) -> Bool {
        guard let value = value?.lowercased(), value.hasPrefix("application/grpc") else { return false }
        return value.dropFirst("application/grpc".count).first.map { $0 == "+" || $0 == ";" || $0 == " " } ?? true
    }

    /// Lenient, as the protocol demands: what is not well encoded stays as it is.
    static func percentDecoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            if byte == UInt8(ascii: "%"), digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit),
                let value = UInt8(digits, radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
