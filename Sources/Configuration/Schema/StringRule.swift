/// Which texts are allowed, three times: for the reader, for JSON Schema, and for people.
package struct StringRule: Sendable {
    /// An ECMA-262 pattern that says the same as `allows`, for editors.
    package var pattern: String?
    /// What a person is told: `expected …`.
    package var expectation: String
    package var allows: @Sendable (String) -> Bool

    package init(pattern: String?, expectation: String, allows: @escaping @Sendable (String) -> Bool) {
        self.pattern = pattern
        self.expectation = expectation
        self.allows = allows
    }
}

extension StringRule {
    /// Some text.
    package static let text = StringRule(pattern: "^.+$", expectation: "text") {
        !$0.isEmpty && !$0.contains(where: \.isNewline)
    }

    /// A command's word: may be empty.
    package static let word = StringRule(pattern: nil, expectation: "text") { _ in true }

    /// Cloud Run's rule for the name of a service.
    package static let serviceName = StringRule(
        pattern: "^[a-z]([-a-z0-9]{0,47}[a-z0-9])?$",
        expectation:
            "a service name: lower-case letters, digits and hyphens, starting with a letter, under 50 characters"
    ) { $0.utf8.count < 50 && isName($0) }

    /// Cloud Run's rule for a traffic tag; with the service's name it becomes one host name.
    package static let trafficTag = StringRule(
        pattern: "^[a-z]([-a-z0-9]{0,44}[a-z0-9])?$",
        expectation: "a tag of lower-case letters, digits and hyphens, starting with a letter, at most 46 characters"
    ) { $0.utf8.count <= 46 && isName($0) }

    /// Names that are files' names too: suites, environments.
    package static let fileName = StringRule(
        pattern: "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
        expectation: "a name of lower-case letters, digits and hyphens"
    ) {
        $0.utf8.count <= 63 && $0.utf8.allSatisfy { isLower($0) || isDigit($0) || $0 == 0x2D }
            && $0.utf8.first != 0x2D && $0.utf8.last != 0x2D && !$0.isEmpty
    }

    /// Google's rule for a project id (with the old `domain.tld:` prefix).
    package static let project = StringRule(
        pattern: "^([a-z0-9.-]+:)?[a-z]([-a-z0-9]*[a-z0-9])?$",
        expectation: "a project id: lower-case letters, digits and hyphens, starting with a letter"
    ) {
        let parts = $0.split(separator: ":", omittingEmptySubsequences: false)
        let isDomainFine = parts.count < 2 || (!parts[0].isEmpty && parts[0].utf8.allSatisfy(isHost))
        return parts.count <= 2 && isDomainFine && isName(parts.last.map(String.init) ?? "")
    }

    package static let region = StringRule(
        pattern: "^[a-z]([-a-z0-9]*[a-z0-9])?$", expectation: "a region such as `us-central1`", allows: isName)

    /// A bucket of Cloud Storage (cloud.google.com/storage/docs/buckets#naming).
    package static let bucket = StringRule(
        pattern: "^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$", expectation: "a bucket's name, without `gs://`"
    ) { name in
        let bytes = Array(name.utf8)
        let isPlain = { (byte: UInt8) in (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
        guard let first = bytes.first, let last = bytes.last, (3...222).contains(bytes.count) else { return false }
        return isPlain(first) && isPlain(last) && bytes.allSatisfy { isPlain($0) || "._-".utf8.contains($0) }
    }

    /// A variable's name; those that Cloud Run sets itself are refused where they are read.
    package static let variableName = StringRule(
        pattern: "^[A-Za-z_][A-Za-z0-9_.-]*$",
        expectation: "a variable's name: letters, digits and underscores, not starting with a digit"
    ) { name in
        guard let first = name.utf8.first else { return false }
        return (isLetter(first) || first == 0x5F)
            && name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == 0x5F || $0 == 0x2E || $0 == 0x2D }
    }

    /// The name of a value that suites use.
    package static let valueName = StringRule(
        pattern: "^[A-Za-z_][A-Za-z0-9_]{0,63}$",
        expectation: "a name: letters, digits and underscores, not starting with a digit"
    ) { name in
        guard let first = name.utf8.first, name.utf8.count <= 64 else { return false }
        return (isLetter(first) || first == 0x5F)
            && name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == 0x5F }
    }

    /// A day; whether there is one is for whoever counts days.
    package static let day = StringRule(
        pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", expectation: "a day such as `2027-01-31`"
    ) { text in
        let fields = text.split(separator: "-", omittingEmptySubsequences: false)
        return fields.map(\.utf8.count) == [4, 2, 2] && fields.joined().utf8.allSatisfy(isDigit)
    }

    /// A Secret Manager secret: its id, or `projects/PROJECT/secrets/ID`.
    package static let secretName = StringRule(
        pattern: "^(projects/[^/]+/secrets/)?[A-Za-z0-9_-]{1,255}$",
        expectation: "a secret's name, or `projects/PROJECT/secrets/NAME`"
    ) { name in
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard let last = parts.last, !last.isEmpty, last.utf8.count <= 255,
            last.utf8.allSatisfy({ isLetter($0) || isDigit($0) || $0 == 0x5F || $0 == 0x2D })
        else { return false }
        return parts.count == 1
            || (parts.count == 4 && parts[0] == "projects" && !parts[1].isEmpty && parts[2] == "secrets")
    }

    /// The version of a secret.
    package static let secretVersion = StringRule(
        pattern: "^([1-9][0-9]*|latest)$", expectation: "a version number, or `latest`"
    ) { $0 == "latest" || (!$0.isEmpty && $0.utf8.allSatisfy(isDigit) && $0.utf8.first != 0x30) }

    /// A repository's path in a registry.
    package static let repository = StringRule(
        pattern: "^[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$",
        expectation: "an image repository without registry, tag or digest, such as `backend`"
    ) { name in
        name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            guard let first = part.utf8.first, let last = part.utf8.last else { return false }
            return (isLower(first) || isDigit(first)) && (isLower(last) || isDigit(last))
                && part.utf8.allSatisfy { isLower($0) || isDigit($0) || [0x2E, 0x5F, 0x2D].contains($0) }
        }
    }

    package static let registry = StringRule(
        pattern: "^[A-Za-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)*$",
        expectation: "a registry such as `us-central1-docker.pkg.dev/project/services`"
    ) { name in
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard let host = parts.first?.split(separator: ":", omittingEmptySubsequences: false), host.count <= 2,
            !host[0].isEmpty, host[0].utf8.allSatisfy(isHost),
            host.count == 1 || (!host[1].isEmpty && host[1].utf8.allSatisfy(isDigit))
        else { return false }
        return parts.dropFirst().allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { isLower($0) || isDigit($0) || [0x2E, 0x5F, 0x2D].contains($0) }
        }
    }

    /// Where the layers of builds are kept.
    package static let cacheRepository = StringRule(
        pattern: "^(registry|[A-Za-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+)$",
        expectation: "`registry`, or a repository such as `us-central1-docker.pkg.dev/project/services/cache`"
    ) { $0 == "registry" || ($0.contains("/") && registry.allows($0)) }

    /// A URL without a fragment.
    package static let url = StringRule(
        pattern: "^https?://[^\\s/?#]+[^\\s#]*$", expectation: "a URL such as `https://example.com`"
    ) { text in
        guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return false }
        let rest = text.dropFirst(scheme.count)
        return rest.first.map { !"/?#".contains($0) } ?? false
            && rest.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "#" && $0.value != 0x7F }
    }

    /// The path of a URL.
    package static let urlPath = StringRule(
        pattern: "^/[^\\s#]*$", expectation: "a path that starts with `/`"
    ) { $0.hasPrefix("/") && $0.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "#" && $0.value != 0x7F } }

    /// A path below the folder that holds `environments/`.
    package static let relativePath = StringRule(
        pattern: "^(?!/)(?!.*(^|/)\\.\\.(/|$)).+$",
        expectation: "a path below the folder that holds `environments/`"
    ) { path in
        !path.isEmpty && !path.hasPrefix("/") && !path.unicodeScalars.contains { $0.value < 0x20 }
            && !path.split(separator: "/").contains("..")
    }

    /// The name of a response header (RFC 9110, token).
    package static let headerName = StringRule(
        pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$", expectation: "a header's name such as `x-revision`"
    ) {
        !$0.isEmpty
            && $0.utf8.allSatisfy { isLetter($0) || isDigit($0) || Array("!#$%&'*+.^_`|~-".utf8).contains($0) }
    }

    /// A path into a JSON document.
    package static let jsonPath = StringRule(
        pattern: "^\\$.*$", expectation: "a JSON path that starts with `$`, such as `$.revision`"
    ) { $0.hasPrefix("$") }

    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return isLower(first) && last != 0x2D
            && text.utf8.allSatisfy { isLower($0) || isDigit($0) || $0 == 0x2D }
    }

    static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    static func isLetter(_ byte: UInt8) -> Bool { isLower(byte | 0x20) }
    static func isHost(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || byte == 0x2E || byte == 0x2D
    }
}
