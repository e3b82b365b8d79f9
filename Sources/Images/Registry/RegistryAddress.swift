/// Where an image is in a registry: the parts of `host/path:tag` and `host/path@sha256:…`.
package struct RegistryAddress: Hashable, Sendable {
    /// As it was written, with its port.
    package var host: String
    package var path: String
    /// A tag, or `sha256:…`; nil where only the repository was named.
    package var reference: String?

    /// Nil for a name without a registry, and for one that no registry takes.
    package init?(_ text: String) {
        guard text.utf8.count <= 1024, text.utf8.allSatisfy(Self.isNameByte) else { return nil }
        let pinned = text.split(separator: "@", omittingEmptySubsequences: false)
        guard pinned.count <= 2, let name = pinned.first, let slash = name.firstIndex(of: "/") else { return nil }
        host = String(name[..<slash])
        // Docker's rule: a first part without a dot and a port is a folder of Docker Hub, not a machine.
        guard host.contains(".") || host.contains(":"), !host.hasPrefix("-"), !host.hasPrefix(".") else { return nil }
        var rest = name[name.index(after: slash)...]
        if pinned.count == 2 {
            guard ImageDigest.hex(pinned[1]) != nil, pinned[1].hasPrefix("sha256:") else { return nil }
            reference = String(pinned[1])
        }
        if let colon = rest.lastIndex(of: ":") {
            let tag = rest[rest.index(after: colon)...]
            guard !tag.isEmpty, !tag.contains("/"), tag.utf8.count <= 128 else { return nil }
            reference = reference ?? String(tag)
            rest = rest[..<colon]
        }
        let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && !$0.contains(":") && $0 != "." && $0 != ".." }) else { return nil }
        path = String(rest)
    }

    /// Names of this machine, where a registry may speak plain HTTP and no certificate is asked for.
    package var isLoopback: Bool { Self.isLoopback(host: host) }

    /// The start of every request's URL, without a slash at the end.
    var base: String {
        if isLoopback { return "http://\(host)/v2" }
        // Docker Hub's images are named after a host that is not its registry.
        return "https://\(host == "docker.io" || host == "index.docker.io" ? "registry-1.docker.io" : host)/v2"
    }

    func url(_ suffix: String) -> String { "\(base)/\(path)/\(suffix)" }

    func with(reference: String?) -> RegistryAddress {
        var copy = self
        copy.reference = reference
        return copy
    }

    /// `host` may have a port.
    static func isLoopback(host: some StringProtocol) -> Bool {
        if host == "[::1]" || host.hasPrefix("[::1]:") { return true }
        let name = host.split(separator: ":", omittingEmptySubsequences: false).first ?? ""
        if name == "localhost" { return true }
        let numbers = name.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: Array("._-/:@[]".utf8).contains(byte)
        }
    }
}
