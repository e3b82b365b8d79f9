import JSON
import Releases
package import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What earlier runs of suites came to, two files for each below a folder of this machine: runs that end at the same moment
/// overwrite nothing of one another.
package struct VerdictFolder: VerdictRecords {
    private static let largest = 16 << 20
    private static let ending = ".json"
    private static let outcomesEnding = ".outcomes"

    package let folder: String
    private let most: Int

    package init(folder: String, most: Int = KeptVerdict.most) {
        self.folder = folder
        self.most = most
    }

    /// Below the folder of a state.
    package init(stateFolder: String, environment: String) {
        self.init(folder: "\(stateFolder)/verdicts/\(environment)")
    }

    /// A file that cannot be read is no history; the run that follows does not depend on it to be honest, only to
    /// notice more.
    package func runs() async throws -> [KeptVerdict] {
        names().compactMap { name in
            guard let bytes = contents(name + Self.ending), let document = try? JSONValue(parsing: bytes),
                let run = RecordedRun(document)
            else { return nil }
            return KeptVerdict(name: name, run: run)
        }
    }

    package func outcomes(of names: [String]) async throws -> [String: [UInt8]] {
        var outcomes: [String: [UInt8]] = [:]
        for name in names { outcomes[name] = contents(name + Self.outcomesEnding) }
        return outcomes
    }

    package func add(_ verdicts: [(verdict: KeptVerdict, outcomes: [UInt8])]) async throws {
        do {
            try StateFolder(path: folder).makeAll()
            for (verdict, outcomes) in verdicts.suffix(most) {
                // Without temporary files, which a kill would leave behind: what is cut short is no history. The run
                // itself comes last, so that it is never there without its outcomes.
                let path = "\(folder)/\(verdict.name)"
                try StateFolder.write(outcomes, to: path + Self.outcomesEnding)
                try StateFolder.write(Array(verdict.run.document.serialized().utf8), to: path + Self.ending)
            }
        } catch {
            throw Failure(stateError: error, path: folder)
        }
        for old in names().dropLast(most) { remove(old) }
    }

    package func remove(_ name: String) {
        for ending in [Self.ending, Self.outcomesEnding] { unlink("\(folder)/\(name)\(ending)") }
    }

    package var isEmpty: Bool { names().isEmpty }

    private func names() -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(Self.ending) }.map { String($0.dropLast(Self.ending.count)) }.sorted()
    }

    private func contents(_ name: String) -> [UInt8]? {
        FileBytes.read("\(folder)/\(name)", atMost: Self.largest)
    }
}
