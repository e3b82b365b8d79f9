import Configuration
import Releases

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The secrets of one build, read when it begins.
struct BuildSecretValues: Sendable {
    /// BuildKit's own limit for a secret.
    private static let maximumBytes = 500 << 10

    private var values: [(id: String, bytes: [UInt8])] = []

    /// Throws `configuration` for one that is not there.
    init(
        _ secrets: [BuildSecret], root: String,
        environment: (String) -> String? = { RegistryLogins.processVariable($0) }
    ) throws(Failure) {
        for secret in secrets {
            switch secret.origin {
            case .environment(let name):
                guard let value = environment(name) else {
                    throw Failure(
                        .configuration, "build secret `\(secret.id)` is not set",
                        details: [.init("looked at", "environment variable \(name)")], hint: "export \(name)=…")
                }
                values.append((secret.id, Array(value.utf8)))
            case .file(let path):
                do throws(PosixError) {
                    let file = absolute(path, in: root)
                    values.append((secret.id, try PosixFile.contents(of: file, limit: Self.maximumBytes)))
                } catch {
                    throw Failure(
                        .configuration, "build secret `\(secret.id)` cannot be read",
                        details: [.init("path", error.path), .init("reason", error.reason)],
                        hint: "correct `source.secrets.\(secret.id).file`; at most \(Self.maximumBytes >> 10) KiB")
                }
            }
        }
    }

    var isEmpty: Bool { values.isEmpty }

    /// One file each, of names that hold nothing of the secret.
    func write(to folder: PrivateFolder) throws -> [BuildMeans.Secret] {
        try values.enumerated().map { index, value in
            BuildMeans.Secret(id: value.id, path: try folder.write(value.bytes, to: "secret-\(index)"))
        }
    }

    /// Hides the values in what a build prints, line by line, as they are and in base64. Parts shorter than six bytes
    /// may be part of any line.
    func masked(_ line: String) -> String {
        var line = line
        for word in words { line = line.split(separatedBy: word).joined(separator: "(hidden)") }
        return line
    }

    private var words: [String] {
        values.flatMap { value -> [String] in
            let text = String(decoding: value.bytes, as: UTF8.self)
            let lines = text.split(whereSeparator: \.isNewline).map(String.init)
            return lines + [Data(value.bytes).base64EncodedString()]
        }.filter { $0.utf8.count >= 6 }.sorted { $0.utf8.count > $1.utf8.count }
    }
}

extension String {
    /// The parts between the places of another text, which is not empty.
    fileprivate func split(separatedBy text: String) -> [String] {
        guard contains(text) else { return [self] }
        var parts: [String] = []
        var start = startIndex
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(text) {
                parts.append(String(self[start..<index]))
                index = self.index(index, offsetBy: text.count)
                start = index
            } else {
                index = self.index(after: index)
            }
        }
        return parts + [String(self[start...])]
    }
}
