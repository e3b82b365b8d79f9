/// A server that broke the WebSocket protocol itself.
package enum ViolationDiagnosis {
    /// After the upgrade, by the code that the connection was closed with for it.
    package static func explain(code: Int) -> LikelyCause {
        switch code {
        case 1007:
            LikelyCause(
                cause: "the server sends text that is not UTF-8: bytes are sent as a text message",
                fix: "send binary data as a binary message, or encode it")
        case 1009:
            LikelyCause(
                cause: "a message of the server is larger than the check accepts",
                fix: "send large results in parts; clients have limits too, 1 MiB is common")
        default:
            LikelyCause(
                cause: "the bytes after the upgrade are no WebSocket frames of a server: an error page, a library with "
                    + "an error, or a proxy that changes them",
                fix: "look at what the handler writes to the socket, at the version of its WebSocket library, and at "
                    + "proxies in between")
        }
    }

    /// In the answer to the upgrade itself.
    static let handshake = LikelyCause(
        cause: "the server answers the upgrade in a way that no WebSocket client accepts: it makes up the handshake by "
            + "itself, or a proxy or cache answers in its place",
        fix: "use a WebSocket library on the server, and see that no proxy or cache lies before this path")
}
