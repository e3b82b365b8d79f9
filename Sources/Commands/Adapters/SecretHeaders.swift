import Transport
import Verification

extension [HeaderField] {
    /// Why they are not sent to `url`: others on the way could read a secret among them, or the one in the URL itself.
    /// Nil when they may be sent.
    func refusal(to url: String) -> ProbeFailure? {
        guard let origin = Origin(url), !origin.keepsSecrets else { return nil }
        guard let secret = first(where: \.isSecret)?.name ?? (origin.hasUserInfo ? "the user of the URL" : nil) else {
            return nil
        }
        let scheme = origin.scheme == "ws" ? "wss" : "https"
        return ProbeFailure(
            .other,
            "`\(secret)` is never sent in the clear to `\(origin.host)`: use \(scheme), or an address of this machine")
    }
}
