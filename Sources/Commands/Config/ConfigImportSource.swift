import Configuration
import Releases
import Reporting

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file to import from, and what can be wrong with it and with the file to write.
enum ImportSource {
    private static let export = "gcloud run services describe NAME --format export > service.yaml"

    static func read(_ file: String) throws -> ServiceImport {
        let bytes = file == "-" ? try standardInput() : try contents(of: file)
        do throws(ImportedText.Refusal) {
            let (name, service) = try ImportedText.service(bytes, file: file)
            guard StringRule.serviceName.allows(name) else { throw .notAService }
            return ServiceImport(name: name, service: service, revision: nil, isPublic: nil)
        } catch {
            switch error {
            case .unreadable(let findings):
                var failure = ConfigurationAccess.invalid(findings.findings)
                failure.summary = "`\(SafeText.line(file))` cannot be read as a service"
                failure.hint = export
                throw failure
            case .notAService:
                throw Failure(
                    .configuration, "`\(SafeText.line(file))` does not describe a Cloud Run service", hint: export)
            }
        }
    }

    private static func contents(of file: String) throws -> [UInt8] {
        switch ConfigurationFolder.contents(ofFile: file) {
        case .bytes(let bytes): return bytes
        case .missing:
            throw Failure(.usage, "`\(SafeText.line(file))` does not exist", hint: "--from-file takes a file, or -")
        case .unreadable(let reason):
            throw Failure(
                .usage, "`\(SafeText.line(file))` cannot be read", details: [.init("why", reason)],
                hint: "--from-file takes a file, or -")
        }
    }

    /// Up to one byte more than is accepted, so that a stream without an end has one.
    private static func standardInput() throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= ConfigurationReader.sizeLimit {
            let count = standardRead(STDIN_FILENO, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw Failure(
                    .usage, "standard input cannot be read", details: [.init("why", String(cString: strerror(errno)))],
                    hint: "--from-file takes a file, or -")
            }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return bytes
    }

    /// Inside of a type with a `read` of its own the system's has to be named.
    private static func standardRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.read(descriptor, buffer, count)
        #else
        Darwin.read(descriptor, buffer, count)
        #endif
    }

    static func lift(_ refusal: ServicesFile.Refusal, place: String, name: String) -> Failure {
        switch refusal {
        case .taken(let name):
            Failure(
                .conflict, "service `\(name)` is in `\(place)` already, and is not overwritten",
                hint: "remove it there first, or import without --write and compare")
        case .notByLine:
            Failure(
                .configuration, "`\(place)` is not written line by line, so that `\(name)` cannot be added to it",
                hint: "import without --write, and put the lines where they belong")
        case .invalid(let findings): ConfigurationAccess.invalid(findings.findings)
        }
    }
}
