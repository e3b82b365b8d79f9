extension ConfigurationSchema {
    static let state = SchemaField(
        "state",
        .object(
            ObjectSchema([
                SchemaField(
                    "backend", .choice(StateSettings.Backend.allCases.map(\.rawValue)), required: true,
                    "`sqlite` for a file on this machine, `gcs` for a bucket that a team shares"),
                SchemaField("bucket", .string(.bucket), "the bucket, with `gcs`"),
                SchemaField(
                    "prefix", .string(.statePrefix), "what all names in the bucket begin with (the environment's name)"),
            ])), "where journal, history and locks are kept (a file beside `environments/`)")
}

extension StringRule {
    /// A part of names in a bucket (cloud.google.com/storage/docs/objects#naming).
    package static let statePrefix = StringRule(
        pattern: "^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$",
        expectation: "names of letters, digits, `.`, `_` and `-` with slashes between them"
    ) { text in
        let isPlain = { (byte: UInt8) in
            (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "._-".utf8.contains(byte)
        }
        return text.utf8.count <= 200
            && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
                part.utf8.first.map { $0 != 0x2E } == true && part.utf8.allSatisfy(isPlain)
            }
    }
}
