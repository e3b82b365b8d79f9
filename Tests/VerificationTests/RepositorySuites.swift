import Configuration
import Foundation
import Verification

/// The suites of this repository, as files and as documents.
enum RepositorySuites {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let folder = root.appending(path: "environments/suites")

    static let names = yaml(in: folder)
    static let fragments = yaml(in: folder.appending(path: "fragments"))

    static let files = SuiteFiles(fragmentNames: fragments) { path in
        guard let data = try? Data(contentsOf: folder.appending(path: path)) else {
            return .failure(SuiteFiles.Unreadable(reason: "`\(path)` is missing"))
        }
        return .success(Array(data))
    }

    static func document(_ file: String) throws -> ConfigurationDocument {
        let bytes = try Data(contentsOf: folder.appending(path: file))
        return try ConfigurationReader.read(bytes, file: "environments/suites/\(file)").get()
    }

    private static func yaml(in folder: URL) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }
}

/// Python with `jsonschema`, where there is one.
enum SchemaValidation {
    static let python = ProcessInfo.processInfo.environment["STAGECTL_PYTHON"].flatMap { python -> String? in
        let program = Process()
        program.executableURL = URL(filePath: python)
        program.arguments = ["-c", "import jsonschema"]
        program.standardError = FileHandle.nullDevice
        guard (try? program.run()) != nil else { return nil }
        program.waitUntilExit()
        return program.terminationStatus == 0 ? python : nil
    }

    private static let script = """
        import json, sys
        from jsonschema import Draft202012Validator
        lines = open(sys.argv[1], encoding="utf-8")
        schema = json.loads(next(lines))
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema)
        for line in lines:
            error = next(validator.iter_errors(json.loads(line)), None)
            print("" if error is None else json.dumps([list(map(str, error.absolute_path)), error.message[:300]]))
        """

    /// Why each document is refused; nil where it is not.
    static func refusals(_ schema: String, _ documents: [String]) throws -> [String?] {
        guard let python else { return [] }
        let file = FileManager.default.temporaryDirectory.appending(path: "schema-\(UUID().uuidString).jsonl")
        try Data(([schema] + documents).joined(separator: "\n").utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = ["-c", script, file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableRuntimeMismatch) }
        return output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
            $0.isEmpty ? nil : String($0)
        }
    }
}
