/// A WebSocket connection that was accepted and then ended (RFC 6455 section 7.4, and the codes that IANA's WebSocket
/// Close Code Number Registry added).
package enum CloseDiagnosis {
    /// Cloud Run's, unless a service sets another one.
    package static let usualRequestTimeoutMilliseconds = 300_000.0

    /// Codes that say that something went wrong, whoever reads them.
    static func isServerError(_ code: Int) -> Bool {
        [1002, 1003, 1007, 1008, 1009, 1010, 1011, 1014].contains(code)
    }

    /// Near enough to a time limit to be its doing: within 5 %, and at least a second where the limit is not shorter
    /// than two.
    static func isAbout(_ milliseconds: Double, _ limit: Double) -> Bool {
        abs(milliseconds - limit) <= min(max(limit * 0.05, 1000), limit / 2)
    }

    package static func explain(
        code: Int, afterMilliseconds: Double, requestTimeoutMilliseconds: Double = usualRequestTimeoutMilliseconds
    ) -> LikelyCause {
        switch code {
        case 1011:
            LikelyCause(
                cause: "the application accepted the connection and then raised an exception that nobody handled",
                fix: "look at the service's logs of this trace id for the exception")
        case 1008:
            LikelyCause(
                cause: "the application closed it for a policy of its own, usually authentication",
                fix: "look at the token and its claims, and at the application's checks after accept")
        case 1003:
            LikelyCause(
                cause: "the application does not accept this kind of data (text or binary)",
                fix: "send the kind of message that the route reads")
        case 1007:
            LikelyCause(
                cause: "a message was not valid for its kind, such as text that is not UTF-8",
                fix: "look at what is sent, and at the application's decoding")
        case 1009:
            LikelyCause(
                cause: "a message was larger than the application accepts", fix: "send less, or raise the limit")
        case 1010:
            LikelyCause(
                cause: "the peer wanted an extension that was not agreed on",
                fix: "look at the versions and the compression settings of both WebSocket libraries")
        case 1002:
            LikelyCause(
                cause: "the peer saw an error of the WebSocket protocol, often from a proxy that changes frames",
                fix: "look at proxies in between and at the versions of both WebSocket libraries")
        case 1012, 1013:
            LikelyCause(
                cause: "the server is restarting or overloaded", fix: "reconnect with backoff, and look at the limits")
        case 1014:
            LikelyCause(
                cause: "a gateway in between got no valid answer from the server behind it",
                fix: "look at the gateway's logs, and whether the service behind it runs")
        case 1000, 1001, 1005:
            LikelyCause(
                cause: "the server ended the connection early in an orderly way (\(code)): its handler returned, or it "
                    + "is shutting down after SIGTERM",
                fix: "look at whether the handler keeps reading, and whether the instance was stopped")
        case 1015:
            LikelyCause(cause: "TLS failed", fix: "look at the certificate and the TLS versions of both sides")
        case 1006 where isAbout(afterMilliseconds, requestTimeoutMilliseconds):
            LikelyCause(
                cause: "Cloud Run's request timeout ended the stream: it is "
                    + "\(JUnitDocument.seconds(requestTimeoutMilliseconds)) s here (300 s unless set, at most 60 minutes)",
                fix: "raise `timeout` of the service, and reconnect in the client")
        case 1006:
            LikelyCause(
                cause:
                    "the connection was dropped without a close frame: the instance was killed, ran out of memory, or "
                    + "a proxy cut it",
                fix: "look at the service's logs and memory around this time")
        case 3000, 4401:
            LikelyCause(
                cause: "the application did not accept the credentials (\(code))",
                fix: "look at the token that the check sends, in its headers or in its first message")
        case 3003, 4403:
            LikelyCause(
                cause: "the application knows the caller and does not allow this (\(code))",
                fix: "look at the permissions of the caller")
        case 3008, 4408:
            LikelyCause(
                cause: "the application waited too long for a message (\(code))",
                fix: "send the first message at once, and keep what the protocol calls keep-alive")
        default:
            LikelyCause(
                cause: "the application closed the connection with its own code \(code)",
                fix: "look up that code in the application")
        }
    }
}
