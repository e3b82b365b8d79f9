/// What an engine tells about an image that it holds.
package struct ImageFacts: Hashable, Sendable {
    /// 64 hex digits.
    package var id: String
    package var bytes: Int64
    /// As engines write it: `linux/amd64`.
    package var platform: String

    init(id: String, bytes: Int64, platform: String) {
        self.id = id
        self.bytes = bytes
        self.platform = platform
    }

    /// Reads the line that ``EngineArguments/inspect(_:)`` asks for; nil when it is anything else.
    package init?(line: String) {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count == 3, let id = ImageDigest.hex(words[0]), let bytes = Int64(words[1]) else { return nil }
        self.id = id
        self.bytes = bytes
        platform = String(words[2])
    }
}

/// The parts of `repository@sha256:…`.
package struct ImageDigest: Hashable, Sendable {
    package var repository: String
    /// 64 hex digits.
    package var hex: String

    package init?(reference: String) {
        let parts = reference.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[1].hasPrefix("sha256:"), let hex = Self.hex(parts[1]) else {
            return nil
        }
        repository = String(parts[0])
        self.hex = hex
    }

    /// The digits of `sha256:…`, or of a bare digest as podman prints it.
    static func hex(_ text: some StringProtocol) -> String? {
        let digits = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : String(text)
        let isHex = digits.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
        return digits.utf8.count == 64 && isHex ? digits : nil
    }
}

/// The parts of an image's name that is not pinned: `repository` or `repository:tag`.
package struct ImageName: Hashable, Sendable {
    package var repository: String

    /// Nil for what engines do not take as a name; one that begins with `-` would be read as a flag.
    package init?(_ text: String) {
        let allowed = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard allowed, !text.isEmpty, text.utf8.count <= 512, !text.hasPrefix("-"), !text.contains("@") else {
            return nil
        }
        // A colon before the last slash belongs to the registry's port.
        let path = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let last = path.last, let name = last.split(separator: ":", omittingEmptySubsequences: false).first,
            !name.isEmpty
        else { return nil }
        repository = (path.dropLast() + [name]).joined(separator: "/")
    }

    /// Whether the first part names a machine (docker's own rule), so that the tag is what its registry says.
    package var hasRegistry: Bool {
        let parts = repository.split(separator: "/")
        guard parts.count > 1, let host = parts.first else { return false }
        return host.contains(".") || host.contains(":")
    }
}
