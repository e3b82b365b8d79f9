import JSON
import Releases

/// The parts of an image's configuration that a report shows (OCI image spec, `application/vnd.oci.image.config.v1+json`).
struct ImageConfiguration: Hashable {
    /// `linux/amd64`
    var platform: String
    var user: String?
    var entrypoint: [String]
    var command: [String]
    var exposedPorts: [String]
    /// `sha256:…` of each layer's unpacked content, lowest first.
    var layerContents: [String]
    /// What made each layer, lowest first; empty where the history does not tell of every layer.
    var layerOrigins: [String?]

    /// Nil for anything else than a configuration.
    init?(_ json: JSONValue) {
        guard let system = json["os"]?.string, let machine = json["architecture"]?.string else { return nil }
        platform = "\(system)/\(machine)"
        let settings = json["config"]
        user = settings?["User"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        entrypoint = settings?["Entrypoint"]?.array?.compactMap(\.string) ?? []
        command = settings?["Cmd"]?.array?.compactMap(\.string) ?? []
        exposedPorts = (settings?["ExposedPorts"]?.object?.keys).map { $0.sorted() } ?? []
        let contents = json["rootfs"]?["diff_ids"]?.array?.compactMap(\.string) ?? []
        layerContents = contents
        let origins = (json["history"]?.array ?? []).filter { $0["empty_layer"]?.bool != true }
            .map { $0["created_by"]?.string.flatMap(Self.origin) }
        layerOrigins = origins.count == contents.count ? origins : []
    }

    /// The instruction without the values of build arguments, which stand before the command of every `RUN`
    /// (`|2 NAME=value … /bin/sh -c command`): where one ends and the command begins, no quote tells.
    static func origin(_ text: String) -> String? {
        var words = text[...]
        if words.hasPrefix("RUN |") { words = words.dropFirst(4) }
        if words.hasPrefix("|") {
            guard let command = words.afterLast(" /bin/sh -c ") else { return nil }
            words = command
        }
        for prefix in ["/bin/sh -c #(nop) ", "/bin/sh -c "] where words.hasPrefix(prefix) {
            words = words.dropFirst(prefix.count)
            break
        }
        while let last = words.last, last.isWhitespace { words.removeLast() }
        let line = words.drop { $0 == " " }.prefix(200).map { $0.isNewline ? " " : String($0) }.joined()
        return line.isEmpty ? nil : line
    }
}

extension Substring {
    /// What follows the last place of a text: a value that holds the text itself stays in front of it.
    fileprivate func afterLast(_ text: String) -> Substring? {
        var start = endIndex
        while start > startIndex {
            start = index(before: start)
            if self[start...].hasPrefix(text) { return self[start...].dropFirst(text.count) }
        }
        return nil
    }
}
