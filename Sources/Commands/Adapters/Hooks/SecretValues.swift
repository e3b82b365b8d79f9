import Configuration
import Releases
import Reporting

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads what is configured by reference, when it is needed; from then on nothing shows it.
struct SecretValues: Sendable {
    let variables: [String: String]
    /// Relative paths start here.
    let root: String
    let console: Console
    /// Of Secret Manager; nil where there is none, as for the local Cloud Run.
    var manager: (@Sendable (_ name: String, _ version: String) async throws -> String)?

    /// Throws `configuration` for one that is not there; its value is in no message.
    func value(of reference: SecretReference) async throws -> String {
        let value: String
        switch reference {
        case .environment(let name):
            guard let found = variables[name], !found.isEmpty else {
                throw Failure(
                    .configuration, "the environment variable `\(name)` is not set", hint: "export \(name)=…")
            }
            value = found
        case .file(let path):
            let whole = path.hasPrefix("/") ? path : root + "/" + path
            guard let bytes = FileManager.default.contents(atPath: whole), bytes.count <= 64 << 10,
                let text = String(validating: bytes, as: UTF8.self)
            else {
                throw Failure(
                    .configuration, "the secret in `\(path)` cannot be read",
                    hint: "put it there, as text of at most 64 KiB")
            }
            value = text
        case .secret(let name, let version):
            guard let manager else {
                throw Failure(
                    .configuration, "the local Cloud Run has no Secret Manager that could hold `\(name)`",
                    hint: "use `env` or `file` here")
            }
            value = try await manager(name, version)
        }
        var text = Substring(value)
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        // A short word may be part of any line.
        if text.utf8.count >= 6 { console.hide([String(text)]) }
        return String(text)
    }
}
