import JSON
import Releases

/// An image as Docker and Podman describe it.
struct EngineImage {
    /// One line of `history`, newest first.
    struct HistoryLine: Hashable {
        var bytes: Int64
        var createdBy: String
    }

    private let json: JSONValue
    private let history: [HistoryLine]
    private let bytes: Int64

    /// - Parameter json: the object of `image inspect`.
    init?(_ json: JSONValue, history: [HistoryLine]) {
        guard let bytes = json["Size"]?.integer else { return nil }
        self.json = json
        self.history = history
        self.bytes = bytes
    }

    /// Docker's lines are `BYTES INSTRUCTION`, Podman's one JSON array.
    static func history(_ text: String) -> [HistoryLine] {
        if text.hasPrefix("[") {
            let entries = (try? JSONValue(parsing: text))?.array ?? []
            return entries.compactMap { entry in
                entry["size"]?.integer.map { HistoryLine(bytes: $0, createdBy: entry["CreatedBy"]?.string ?? "") }
            }
        }
        return text.split(whereSeparator: \.isNewline).compactMap { line in
            let words = line.split(separator: " ", maxSplits: 1)
            return words.first.flatMap { Int64($0) }.map {
                HistoryLine(bytes: $0, createdBy: words.count > 1 ? String(words[1]) : "")
            }
        }
    }

    func report(digest: String) -> ImageReport {
        let contents = json["RootFS"]?["Layers"]?.array?.compactMap(\.string) ?? []
        // Lines without bytes are settings, or layers that are empty: only where the numbers agree it is known which
        // line made which layer.
        let lines = history.filter { $0.bytes > 0 }.reversed() as [HistoryLine]
        let known = lines.count == contents.count ? lines : []
        let settings = json["Config"]
        return ImageReport(
            digest: digest, bytes: bytes, isCompressed: false,
            layers: contents.enumerated().map { index, content in
                ImageReport.Layer(
                    digest: content, bytes: known.indices.contains(index) ? known[index].bytes : nil,
                    createdBy: known.indices.contains(index)
                        ? ImageConfiguration.origin(known[index].createdBy) : nil)
            },
            user: settings?["User"]?.string.flatMap { $0.isEmpty ? nil : $0 },
            entrypoint: settings?["Entrypoint"]?.array?.compactMap(\.string) ?? [],
            command: settings?["Cmd"]?.array?.compactMap(\.string) ?? [],
            exposedPorts: (settings?["ExposedPorts"]?.object?.keys).map { $0.sorted() } ?? [])
    }
}

extension EngineArguments {
    /// Prints the object that ``EngineImage`` reads.
    func configuration(of image: String) -> [String] {
        command(["image", "inspect", "--format", "{{json .}}", image])
    }

    /// Prints what ``EngineImage/history(_:)`` reads. Podman gives exact sizes only as JSON.
    func history(of image: String) -> [String] {
        switch engine.dialect {
        case .docker:
            command(["history", "--no-trunc", "--human=false", "--format", "{{.Size}} {{.CreatedBy}}", image])
        case .podman, .buildah: command(["history", "--no-trunc", "--format", "json", image])
        }
    }
}

/// An image as `buildah inspect --type image` describes it: manifest and configuration, each as text within the JSON.
struct BuildahImage {
    let facts: ImageFacts
    let report: ImageReport

    init?(_ output: [UInt8]) {
        guard let json = try? JSONValue(parsing: output), let id = json["FromImageID"]?.string,
            let hex = ImageDigest.hex(id), let text = json["Config"]?.string,
            let configuration = (try? JSONValue(parsing: text)).flatMap(ImageConfiguration.init)
        else { return nil }
        let manifest = json["Manifest"]?.string.flatMap { try? JSONValue(parsing: $0) }
        let sizes = (manifest?["layers"]?.array ?? []).map { $0["size"]?.integer }
        let bytes = sizes.compactMap(\.self).reduce(Int64(0), +)
        let origins = configuration.layerOrigins
        facts = ImageFacts(id: hex, bytes: bytes, platform: configuration.platform)
        report = ImageReport(
            digest: "sha256:\(hex)", bytes: bytes, isCompressed: false,
            layers: configuration.layerContents.enumerated().map { index, content in
                ImageReport.Layer(
                    digest: content, bytes: sizes.indices.contains(index) ? sizes[index] : nil,
                    createdBy: origins.indices.contains(index) ? origins[index] : nil)
            },
            user: configuration.user, entrypoint: configuration.entrypoint, command: configuration.command,
            exposedPorts: configuration.exposedPorts)
    }
}
