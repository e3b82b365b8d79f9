package import JSON

/// What is built in Cloud Build: one docker step over a source archive, whose image is pushed when it succeeds.
package struct CloudBuildSpecification: Hashable, Sendable {
    package var bucket: String
    package var object: String
    package var generation: Int64
    /// For the docker step, without the program's name.
    package var arguments: [String]
    /// The name under which the image is pushed.
    package var image: String
    package var timeoutSeconds: Int
    /// How long it may wait for a worker.
    package var queueSeconds: Int
    /// By which it is found again; letters, digits, `.`, `_` and `-`.
    package var tags: [String]

    package init(
        bucket: String, object: String, generation: Int64, arguments: [String], image: String, timeoutSeconds: Int,
        queueSeconds: Int, tags: [String]
    ) {
        self.bucket = bucket
        self.object = object
        self.generation = generation
        self.arguments = arguments
        self.image = image
        self.timeoutSeconds = timeoutSeconds
        self.queueSeconds = queueSeconds
        self.tags = tags
    }

    /// Google's own builder for docker.
    static let builder = "gcr.io/cloud-builders/docker"
    package static let stepName = "docker build"

    /// As `builds.create` takes it. Whose identity builds, and where the log goes, is left to the project's defaults.
    package var document: JSONValue {
        [
            "source": [
                "storageSource": [
                    "bucket": .string(bucket), "object": .string(object), "generation": .string("\(generation)"),
                ]
            ],
            "steps": [
                [
                    "id": .string(Self.stepName), "name": .string(Self.builder),
                    "args": .array(arguments.map { .string(Self.literal($0)) }),
                ]
            ],
            "images": [.string(image)], "tags": .array(tags.map(JSONValue.string)),
            "timeout": .string("\(timeoutSeconds)s"), "queueTtl": .string("\(queueSeconds)s"),
        ]
    }

    /// Cloud Build replaces `$NAME` in arguments, and refuses names that it does not know; `$$` is a dollar
    /// (cloud.google.com/build/docs/configuring-builds/substitute-variable-values).
    static func literal(_ text: String) -> String { text.replacing("$", with: "$$") }
}
