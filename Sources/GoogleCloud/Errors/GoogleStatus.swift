import JSON
package import Releases
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An answer with a failing status: `google.rpc.Status` where the server speaks it, what can be had where a proxy or
/// a front end answered instead.
package struct GoogleStatus: Hashable, Sendable {
    package var httpStatus: Int
    /// The code's name (`ABORTED`, `PERMISSION_DENIED`); nil when the answer did not say.
    package var status: String?
    package var message: String
    /// `reason` of an `ErrorInfo` detail (`SERVICE_DISABLED`, `IAM_PERMISSION_DENIED`).
    package var reason: String?
    /// `metadata` of the same detail.
    package var metadata: [String: String]
    package var retryAfter: Duration?
    package var isWrite: Bool
    /// What the server calls the request (`x-goog-request-id` and the like).
    package var requestIdentifiers: [Failure.Detail]

    private static let longestMessage = 2_000

    /// - Parameter secrets: what the request held; who answers may say it back.
    init(response: HTTPResponse, isWrite: Bool, secrets: [Secret] = []) {
        httpStatus = response.status
        self.isWrite = isWrite
        let now = response.headers["Date"].flatMap(HTTPDate.seconds) ?? time(nil)
        retryAfter = response.headers["Retry-After"].flatMap { RetryAfter.parse($0, now: now) }
        requestIdentifiers = RequestIdentifiers.find(in: response.headers)
        metadata = [:]
        let document = try? JSONValue(parsing: response.body)
        // A list of one error object is what batch front ends answer.
        if let error = (document?["error"] ?? document?[0]?["error"]), error.object != nil {
            status = error["status"]?.string
            message = Self.cleaned(secrets.redacted(from: error["message"]?.string ?? "no message"))
            for detail in error["details"]?.array ?? [] where reason == nil {
                reason = detail["reason"]?.string
                for (key, value) in detail["metadata"]?.object ?? [:] {
                    metadata[key] = value.string.map { secrets.redacted(from: $0) }
                }
            }
        } else {
            // More than is shown, as a secret that is cut in two would not be known again.
            let text = String(decoding: response.body.prefix(8 * Self.longestMessage), as: UTF8.self)
            message = Self.cleaned(secrets.redacted(from: text))
            if message.isEmpty { message = "no message" }
        }
    }

    /// One line without control characters: it ends on a terminal.
    private static func cleaned(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(longestMessage).map { scalar -> Unicode.Scalar in
            scalar.properties.generalCategory == .control ? " " : scalar
        }
        var line = String.UnicodeScalarView()
        line.append(contentsOf: scalars)
        return String(line).split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
}
