/// Which instance a caller was with before: the value of the cookie that Cloud Run sets when a template asks for
/// session affinity (cloud.google.com/run/docs/configuring/session-affinity). Best effort: an instance that is gone or
/// full, or a revision without traffic, is simply not met again.
struct SessionAffinity: Hashable {
    static let cookie = "GAESA"

    /// Id, not the full name.
    var revision: String
    var instance: String

    init(revision: String, instance: String) {
        self.revision = revision
        self.instance = instance
    }

    /// From the fields `Cookie` of a request; nil when none of them is readable as ours.
    init?(cookies: [String]) {
        for field in cookies {
            for pair in field.split(separator: ";") {
                let pair = pair.drop { $0 == " " }
                guard pair.hasPrefix(Self.cookie + "="), pair.utf8.count <= 512 else { continue }
                guard let bytes = Base64URL.decode(String(pair.dropFirst(Self.cookie.count + 1))),
                    let text = String(validating: bytes, as: UTF8.self)
                else { continue }
                let parts = text.split(separator: "/", omittingEmptySubsequences: false)
                guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { continue }
                self.init(revision: String(parts[0]), instance: String(parts[1]))
                return
            }
        }
        return nil
    }

    /// The field `Set-Cookie`: thirty days, as on Cloud Run.
    var setCookie: String {
        let value = Base64URL.encode(Array("\(revision)/\(instance)".utf8))
        return "\(Self.cookie)=\(value); Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax"
    }

    /// Affinity takes precedence over the split, as long as the revision has a share of it.
    func target(in route: Routes.Route) -> Routes.Target? {
        route.targets.first { $0.keepsSessions && $0.percent > 0 && shortName($0.revision) == revision }
    }
}
