import Configuration

/// Settings in one line each, as somebody would say them. What may hold a secret is compared and not shown: values of
/// headers, and words of a command line that are called like one.
enum SettingText {
    private static let hidden = "(hidden)"

    static func cores(_ text: String?) -> SettingValue {
        guard let milli = text.flatMap(ProcessorText.milliCores) else { return SettingValue(text ?? "") }
        return SettingValue(milli % 1000 == 0 ? "\(milli / 1000)" : "\(milli)m")
    }

    /// - Parameter text: bytes.
    static func memory(_ text: String?) -> SettingValue {
        guard let bytes = text.flatMap(Int.init) else { return SettingValue(text ?? "") }
        // Decimal units leave a rest in every binary one.
        return SettingValue(
            meaning: "\(bytes)", shown: bytes % 1024 == 0 ? MemoryText.spelled(bytes) : "\(bytes) bytes")
    }

    static func words(_ words: [String]) -> SettingValue {
        var shown: [String] = []
        for (index, word) in words.enumerated() {
            let parts = word.split(separator: "=", maxSplits: 1)
            if index > 0, isOption(words[index - 1]), SensitiveName.matches(name(of: words[index - 1])) {
                shown.append(hidden)
            } else if parts.count == 2, SensitiveName.matches(name(of: String(parts[0]))) {
                shown.append("\(parts[0])=\(hidden)")
            } else {
                shown.append(word)
            }
        }
        // Two lists of words are the same when each word is.
        let meaning = words.map { "\($0.utf8.count):\($0)" }.joined(separator: " ")
        return SettingValue(meaning: meaning, shown: shown.joined(separator: " "))
    }

    /// `--api-key` without a value of its own: that comes next.
    private static func isOption(_ word: String) -> Bool { word.hasPrefix("-") && !word.contains("=") }

    private static func name(of option: String) -> String { String(option.drop { $0 == "-" }) }

    static func probe(_ probe: Probe) -> SettingValue {
        let what: String =
            switch probe.kind {
            case .http(let path): "http \(path)"
            case .tcp: "tcp"
            case .grpc(let service): "grpc \(service ?? "of the server")"
            }
        var text = what + (probe.port.map { " on port \($0)" } ?? "")
        text += " every \(probe.periodSeconds ?? 0)s, timeout \(probe.timeoutSeconds ?? 0)s"
        text += ", \(probe.failureThreshold ?? 0) failures, after \(probe.initialDelaySeconds ?? 0)s"
        let headers = (probe.headers ?? [:]).sorted { $0.key < $1.key }
        guard !headers.isEmpty else { return SettingValue(text) }
        let meaning = headers.map { "\($0.key):\($0.value.utf8.count):\($0.value)" }.joined(separator: " ")
        return SettingValue(
            meaning: "\(text) \(meaning)",
            shown: text + ", headers \(headers.map { "\($0.key): \(hidden)" }.joined(separator: ", "))")
    }

    static func network(_ vpc: VPCAccess) -> SettingValue {
        let egress = vpc.egress?.rawValue ?? VPCAccess.Egress.privateRangesOnly.rawValue
        switch vpc.way {
        case .connector(let name): return SettingValue("connector \(name), \(egress)")
        case .direct(let direct):
            let parts = [
                direct.network.map { "network \($0)" }, direct.subnetwork.map { "subnetwork \($0)" },
                direct.tags.isEmpty ? nil : "tags \(direct.tags.joined(separator: " "))", egress,
            ]
            return SettingValue(parts.compactMap(\.self).joined(separator: ", "))
        }
    }

    static func volume(_ volume: Volume) -> SettingValue {
        switch volume.kind {
        case .secret(let secret):
            let files = secret.files.map { file in
                "\(file.path) version \(file.version)" + (file.mode.map { " mode \(octal($0))" } ?? "")
            }
            let mode = secret.mode.map { ["mode \(octal($0))"] } ?? []
            return SettingValue((["secret \(secret.secret)"] + files + mode).joined(separator: ", "))
        case .emptyDirectory(let directory):
            let size = directory.sizeLimit.map { ", at most \(memory($0).shown ?? $0)" } ?? ""
            return SettingValue("empty_dir in \((directory.medium ?? .memory).rawValue)\(size)")
        case .bucket(let bucket):
            let parts = ["bucket \(bucket.name)"] + (bucket.isReadOnly ? ["read only"] : []) + bucket.mountOptions
            return SettingValue(parts.joined(separator: ", "))
        case .nfs(let nfs):
            return SettingValue("nfs \(nfs.server):\(nfs.path)\(nfs.isReadOnly ? ", read only" : "")")
        }
    }

    static func mount(_ mount: VolumeMount) -> SettingValue {
        SettingValue(mount.path + (mount.subPath.map { " (its \($0))" } ?? ""))
    }

    private static func octal(_ mode: Int) -> String { "0" + String(mode, radix: 8) }
}
