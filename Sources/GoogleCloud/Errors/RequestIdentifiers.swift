import Releases
import Transport

/// What the server calls a request, for whoever asks its operators about it.
enum RequestIdentifiers {
    private static let fields = ["x-goog-request-id", "x-cloud-trace-context", "x-request-id", "server-timing"]
    private static let longest = 200

    /// In the order of the list above, each once; only printable ASCII, and not for ever.
    static func find(in headers: HTTPHeaders) -> [Failure.Detail] {
        fields.compactMap { name in
            guard let value = headers[name] else { return nil }
            let bytes = value.utf8.prefix(longest).filter { (0x20...0x7E).contains($0) }
            return bytes.isEmpty ? nil : Failure.Detail(name, String(decoding: bytes, as: UTF8.self))
        }
    }
}
