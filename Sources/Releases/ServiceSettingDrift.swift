package import Configuration

/// What the configuration says of a service itself and the platform does not have.
///
/// From where and by whom a service is reached is no part of a revision: it holds for whatever serves, at once. A deploy
/// sets both when it makes the service and leaves them alone from then on, since a candidate could not be tried with them
/// first; a difference is told instead, with the line that ends it.
package struct ServiceSettingDrift: Hashable, Sendable {
    /// What differs, for people.
    package var text: String
    /// What to type to make the service as configured.
    package var command: String

    /// - Parameter endpoint: the API's base URL where gcloud would not find it by itself.
    package static func find(
        _ service: Service, _ observation: ServiceObservation, endpoint: String? = nil
    ) -> [ServiceSettingDrift] {
        let identity = observation.identity
        func gcloud(_ verb: String, _ flags: String) -> String {
            return prefix(endpoint) + "gcloud run services \(verb) \(identity.name) --project \(identity.project) "
                + "--region \(identity.region) \(flags)"
        }
        var found: [ServiceSettingDrift] = []
        let wanted = service.container.ingress ?? "all"
        if let seen = observation.ingress, seen != wanted {
            found.append(
                ServiceSettingDrift(
                    text: "`ingress` is `\(seen)`, and the configuration says `\(wanted)`",
                    command: gcloud("update", "--ingress \(wanted)")))
        }
        let binding = "--member=allUsers --role=roles/run.invoker"
        switch (service.isPublic, observation.isPublic) {
        case (true, false) where observation.annotations[ReleaseAnnotation.revision] != nil:
            found.append(
                ServiceSettingDrift(
                    text: "it is closed, and the configuration says `public: true`",
                    command: gcloud("add-iam-policy-binding", binding)))
        case (false, true):
            let opened = observation.isInvokerCheckDisabled == true
            found.append(
                ServiceSettingDrift(
                    text: "anybody may call it, and the configuration does not say `public: true`",
                    command: opened
                        ? gcloud("update", "--invoker-iam-check") : gcloud("remove-iam-policy-binding", binding)))
        default: break
        }
        return found
    }

    /// gcloud's variable for an endpoint of one's own, which wants the slash at the end; without TLS it is a server on
    /// this machine, which has no use for the user's credentials.
    private static func prefix(_ endpoint: String?) -> String {
        guard let endpoint else { return "" }
        let base = endpoint.hasSuffix("/") ? endpoint : endpoint + "/"
        let withoutAccount = base.hasPrefix("http:") ? "CLOUDSDK_AUTH_DISABLE_CREDENTIALS=1 " : ""
        return "\(withoutAccount)CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN=\(base) "
    }
}
