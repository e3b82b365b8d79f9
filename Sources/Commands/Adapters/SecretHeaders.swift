import Transport
import Verification

extension [HeaderField] {
    /// Why they are not sent to `url`: others on the way could read a secret among them, or the one in the URL itself.
    /// Nil when they may be sent.
    func refusal(to url: String) -> ProbeFailure? {
        let secretHeader = first(where: \.isSecret)?.name
        // A user stands before an `@`, and most addresses have none: then nothing has to be read.
        guard secretHeader != nil || url.utf8.contains(UInt8(ascii: "@")), let origin = Origin(url),
            !origin.keepsSecrets, let secret = secretHeader ?? (origin.hasUserInfo ? "the user of the URL" : nil)
        else { return nil }
        let scheme = origin.scheme == "ws" ? "wss" : "https"
        return ProbeFailure(
            .other,
            "`\(secret)` is never sent in the clear to `\(origin.host)`: use \(scheme), or an address of this machine")
    }
}
