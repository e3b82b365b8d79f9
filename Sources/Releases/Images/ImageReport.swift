/// What an image is made of, as its registry or the engine that holds it tells.
package struct ImageReport: Codable, Hashable, Sendable {
    package struct Layer: Codable, Hashable, Sendable {
        /// `sha256:…`: of the layer as it travels where `isCompressed`, else of its unpacked content.
        package var digest: String
        /// Nil where the engine does not say which layer has which size.
        package var bytes: Int64?
        /// The instruction that made it, without the values of build arguments.
        package var createdBy: String?

        package init(digest: String, bytes: Int64? = nil, createdBy: String? = nil) {
            self.digest = digest
            self.bytes = bytes
            self.createdBy = createdBy
        }
    }

    /// `sha256:…`: what is deployed.
    package var digest: String
    /// All layers together.
    package var bytes: Int64
    /// Sizes and digests are the registry's, as layers travel; else the engine's, as it unpacked them.
    package var isCompressed: Bool
    /// Lowest first.
    package var layers: [Layer]
    /// Nil where the image names none, so that it runs as root.
    package var user: String?
    package var entrypoint: [String]
    package var command: [String]
    /// As the image has them: `8080/tcp`.
    package var exposedPorts: [String]
    /// Against the image that served before; nil where there is none to compare with.
    package var change: ImageChange?

    package init(
        digest: String, bytes: Int64, isCompressed: Bool, layers: [Layer], user: String? = nil,
        entrypoint: [String] = [], command: [String] = [], exposedPorts: [String] = [], change: ImageChange? = nil
    ) {
        self.digest = digest
        self.bytes = bytes
        self.isCompressed = isCompressed
        self.layers = layers
        self.user = user
        self.entrypoint = entrypoint
        self.command = command
        self.exposedPorts = exposedPorts
        self.change = change
    }
}
