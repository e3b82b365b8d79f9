import JSON
import Releases
import Reporting

/// Writes what `--report DIR` asks for.
enum ReportFiles {
    /// Makes the folder, before anything is done that it is to tell of.
    static func prepare(_ folder: String) throws {
        try Folders.create(folder)
        try Folders.write("", to: folder + "/release.json")
    }

    /// `release.json` in the folder; returns its path.
    static func write(
        _ release: ReleaseDocument, folder: String, redacting redact: (String) -> String
    ) throws -> String {
        try Folders.create(folder)
        let path = folder + "/release.json"
        var document = release
        document.report = path
        try Folders.write(redact(ReleaseJSON.release(document).serialized(pretty: true)) + "\n", to: path)
        return path
    }
}
