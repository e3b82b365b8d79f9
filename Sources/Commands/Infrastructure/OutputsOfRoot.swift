import Configuration
import Infrastructure

/// What a configuration that is about to be read may call `${infra.NAME}`.
enum OutputsOfRoot {
    /// Nil where nothing names an output, or nobody can tell before the files are right.
    static func declared(for environment: String, in folder: ConfigurationFolder) -> Set<String>? {
        guard StringRule.fileName.allows(environment),
            case .bytes(let own) = folder.contents(of: "\(environment).yaml")
        else { return nil }
        var all = String(decoding: own, as: UTF8.self)
        if case .bytes(let shared) = folder.contents(of: "services.yaml") {
            all += String(decoding: shared, as: UTF8.self)
        }
        // Most configurations name none, and reading the root would only cost them time.
        guard all.contains("${infra."), case .success(let document) = ConfigurationReader.read(own, file: environment),
            let root = document.root["infra"]?["root"]?.text
        else { return nil }
        return DeclaredOutputs.names(in: "\(folder.root)/\(root)")
    }
}
