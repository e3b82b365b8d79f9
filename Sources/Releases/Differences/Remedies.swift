/// What to type about a difference: stagectl's own commands, and gcloud's where stagectl leaves a part of a service alone.
struct Remedies: Sendable {
    private let placement: Placement
    private let endpoint: String?

    /// - Parameter endpoint: the API's base URL where gcloud would not find it by itself.
    init(_ placement: Placement, endpoint: String?) {
        self.placement = placement
        self.endpoint = endpoint
    }

    var deploy: String { "stagectl deploy \(placement.key.arguments)" }

    var promote: String { "stagectl traffic promote \(placement.key.arguments)" }

    var repair: String { "stagectl traffic repair \(placement.key.arguments)" }

    func giveAll(to revision: String) -> String {
        let place = placement.key.region.map { " --region \($0)" } ?? ""
        return "stagectl traffic set \(placement.name) \(revision)=100\(place)"
    }

    func gcloud(_ verb: String, _ flags: String) -> String {
        let identity = placement.identity
        return prefix + "gcloud run services \(verb) \(identity.name) --project \(identity.project) "
            + "--region \(identity.region) \(flags)"
    }

    /// gcloud's variable for an endpoint of one's own, which wants the slash at the end; without TLS it is a server on
    /// this machine, which has no use for the user's credentials.
    private var prefix: String {
        guard let endpoint else { return "" }
        let base = endpoint.hasSuffix("/") ? endpoint : endpoint + "/"
        let withoutAccount = base.hasPrefix("http:") ? "CLOUDSDK_AUTH_DISABLE_CREDENTIALS=1 " : ""
        return "\(withoutAccount)CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN=\(base) "
    }
}
