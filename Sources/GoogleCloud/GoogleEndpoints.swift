/// Base URLs of the APIs that a release talks to, without a slash at the end.
package struct GoogleEndpoints: Hashable, Sendable {
    package var run: String
    package var logging: String
    package var iamCredentials: String

    package init(
        run: String = "https://run.googleapis.com", logging: String = "https://logging.googleapis.com",
        iamCredentials: String = "https://iamcredentials.googleapis.com"
    ) {
        self.run = Self.trimmed(run)
        self.logging = Self.trimmed(logging)
        self.iamCredentials = Self.trimmed(iamCredentials)
    }

    /// One server that plays all of them, as the local Cloud Run does.
    package init(all base: String) {
        self.init(run: base, logging: base, iamCredentials: base)
    }

    /// gcloud's users write their endpoint overrides with a slash at the end.
    private static func trimmed(_ url: String) -> String {
        var url = Substring(url)
        while url.hasSuffix("/") { url = url.dropLast() }
        return String(url)
    }
}
