/// What the configuration says of a service itself and the platform does not have: a deploy leaves both alone.
package enum ServiceSettingDrift {
    /// Entry and public access.
    ///
    /// - Parameter endpoint: the API's base URL where gcloud would not find it by itself.
    package static func find(
        _ placement: Placement, _ observation: ServiceObservation, endpoint: String? = nil
    ) -> [ServiceDifference] {
        AccessComparison(placement, observation, nil, Remedies(placement, endpoint: endpoint)).settings
            .filter { $0.command != nil }
    }
}
