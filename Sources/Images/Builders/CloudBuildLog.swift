import GoogleCloud
import Releases

/// Reads the log of a build as it grows: from the object that Cloud Build appends to, or, where that may not be read,
/// from Cloud Logging. A log that cannot be had fails no build.
struct CloudBuildLog {
    private enum Origin {
        case bucket
        case logging(BuildLogPosition)
        case none
    }

    private static let partBytes = 4 << 20
    private static let longestLine = 64 << 10

    private let builds: CloudBuildClient
    private let storage: StorageClient
    private let output: @Sendable (String) -> Void
    private var origin = Origin.bucket
    private var offset: Int64 = 0
    private var rest: [UInt8] = []

    init(builds: CloudBuildClient, storage: StorageClient, output: @escaping @Sendable (String) -> Void) {
        self.builds = builds
        self.storage = storage
        self.output = output
    }

    /// Hands on what came since the last time; false when there was nothing.
    mutating func read(_ build: CloudBuild) async throws -> Bool {
        switch origin {
        case .bucket:
            guard let object = build.logObject else {
                // Before a worker has it, a build may not say yet where its log will be.
                if !build.status.isUnderWay || build.status == .working { origin = .logging(BuildLogPosition()) }
                return false
            }
            do {
                return try await readObject(object.name, in: object.bucket)
            } catch let failure as Failure where Self.isTrouble(failure) {
                if failure.category == .permission {
                    output("the log in `gs://\(object.bucket)` may not be read: asking Cloud Logging for it")
                    origin = .logging(BuildLogPosition())
                }
                return false
            }
        case .logging(var position):
            do {
                let lines = try await builds.logLines(of: build.id, after: &position)
                origin = .logging(position)
                for line in lines { output(line) }
                return !lines.isEmpty
            } catch let failure as Failure where Self.isTrouble(failure) {
                if failure.category == .permission {
                    output("the build's log cannot be read here" + (build.logURL.map { ", see \($0)" } ?? ""))
                    origin = .none
                }
                return false
            }
        case .none: return false
        }
    }

    /// Reads to the end of the log of a build that has ended; its last lines may come a little later.
    mutating func finish(_ build: CloudBuild, pause: Duration) async throws {
        var empty = 0
        while empty < 2 {
            if try await read(build) {
                empty = 0
            } else {
                empty += 1
                if empty < 2 { try await Task.sleep(for: pause) }
            }
        }
        if !rest.isEmpty { flush() }
    }

    private mutating func readObject(_ name: String, in bucket: String) async throws -> Bool {
        guard
            case .bytes(let bytes) = try await storage.part(
                of: name, in: bucket, from: offset, limit: Self.partBytes)
        else { return false }
        offset += Int64(bytes.count)
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                flush()
            } else {
                rest.append(byte)
                if rest.count >= Self.longestLine { flush() }
            }
        }
        return true
    }

    /// What a progress bar has overwritten is not shown.
    private mutating func flush() {
        var line = rest[...]
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        if let bar = line.lastIndex(of: UInt8(ascii: "\r")) { line = line[(bar + 1)...] }
        output(String(decoding: line, as: UTF8.self))
        rest.removeAll(keepingCapacity: true)
    }

    private static func isTrouble(_ failure: Failure) -> Bool {
        failure.category != .interrupted && failure.category != .internalError
    }
}
