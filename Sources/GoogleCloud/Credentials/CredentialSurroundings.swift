/// What a search for credentials depends on besides files: the environment of the process.
struct CredentialSurroundings: Sendable {
    private let variables: [String: Secret]
    /// Says which machine this is, where the kernel knows it.
    var productNameFile: String

    init(variables: [String: String], productNameFile: String = "/sys/class/dmi/id/product_name") {
        // Some of them are secret.
        self.variables = variables.mapValues(Secret.init)
        self.productNameFile = productNameFile
    }

    /// An empty variable counts as not set, as it does for gcloud.
    func value(_ name: String) -> String? {
        variables[name].flatMap { $0.revealed.isEmpty ? nil : $0.revealed }
    }

    /// Where gcloud leaves the credentials of `gcloud auth application-default login`; nil where nobody is at home.
    var wellKnownFile: String? {
        let folder = value("CLOUDSDK_CONFIG") ?? value("HOME").map { $0 + "/.config/gcloud" }
        return folder.map { $0 + "/application_default_credentials.json" }
    }

    /// Where a GitHub job gets its identity tokens.
    var pipelineTokenServer: (url: String, key: Secret)? {
        guard let url = value("ACTIONS_ID_TOKEN_REQUEST_URL"), let key = value("ACTIONS_ID_TOKEN_REQUEST_TOKEN") else {
            return nil
        }
        return (url, Secret(key))
    }

    /// Machines of Compute Engine say so even before their metadata server answers.
    var isOnGoogleHardware: Bool {
        guard let bytes = try? CredentialFile.bytes(productNameFile) else { return false }
        return String(decoding: bytes, as: UTF8.self).hasPrefix("Google")
    }
}
