/// Base URLs of the APIs that a release talks to, without a slash at the end.
package struct GoogleEndpoints: Hashable, Sendable {
    package var run: String
    package var logging: String
    package var iamCredentials: String
    package var cloudBuild: String
    package var storage: String

    package init(
        run: String = "https://run.googleapis.com", logging: String = "https://logging.googleapis.com",
        iamCredentials: String = "https://iamcredentials.googleapis.com",
        cloudBuild: String = "https://cloudbuild.googleapis.com", storage: String = "https://storage.googleapis.com"
    ) {
        self.run = Self.trimmed(run)
        self.logging = Self.trimmed(logging)
        self.iamCredentials = Self.trimmed(iamCredentials)
        self.cloudBuild = Self.trimmed(cloudBuild)
        self.storage = Self.trimmed(storage)
    }

    /// The APIs of a universe, `googleapis.com` or a sovereign cloud's.
    package init(universeDomain: String) {
        self.init(
            run: "https://run.\(universeDomain)", logging: "https://logging.\(universeDomain)",
            iamCredentials: "https://iamcredentials.\(universeDomain)",
            cloudBuild: "https://cloudbuild.\(universeDomain)", storage: "https://storage.\(universeDomain)")
    }

    /// One server that plays all of them, as the local Cloud Run does.
    package init(all base: String) {
        self.init(run: base, logging: base, iamCredentials: base, cloudBuild: base, storage: base)
    }

    /// gcloud's users write their endpoint overrides with a slash at the end.
    private static func trimmed(_ url: String) -> String {
        var url = Substring(url)
        while url.hasSuffix("/") { url = url.dropLast() }
        return String(url)
    }
}
