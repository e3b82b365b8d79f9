import Loop
import Releases
import Reporting
import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What `--report` of a loop asks for: the loop's document, and a folder for each iteration with its report and what it
/// kept.
struct LoopReportFiles: Sendable {
    /// Of an iteration, for people.
    private static let kept = ["brief.md", "brief.json", "fix.patch", "fix.log", "evidence.json"]

    private let owner: Session
    private let loop: String
    private let iterations: [IterationProgress]
    private let folder: String

    /// Of a loop as far as it has come; nil where nobody asked for a report.
    init?(_ engine: LoopEngine) {
        guard let folder = engine.order.report else { return nil }
        owner = engine.owner
        loop = engine.order.run
        iterations = engine.progress.iterations
        self.folder = folder
    }

    /// Everything, when the loop has ended: iterations that were told already are as they were, but for the last.
    func write(_ document: LoopDocument) async throws -> LoopDocument {
        try Folders.create(folder)
        var document = document
        document.report = folder + "/loop.json"
        for index in document.iterations.indices {
            let number = document.iterations[index].number
            let isLast = index == document.iterations.indices.last
            if isLast || !Folders.exists("\(folder)/\(number)/report.html") { await write(iteration: number) }
            let path = "\(folder)/\(number)/report.html"
            document.iterations[index].report = Folders.exists(path) ? path : nil
        }
        let files = [
            ("loop.json", LoopReportJSON.render(document)), ("loop.md", LoopReportMarkdown.render(document)),
            ("loop.txt", LoopReportText.render(document) + "\n"),
            (
                "loop.html",
                LoopReportHTML.render(
                    document, changes: try changes(in: document), version: Version.current, hash: Session.contentHash)
            ),
        ]
        for (name, text) in files { try Folders.write(owner.console.redacted(text), to: "\(folder)/\(name)") }
        return document
    }

    private func changes(in document: LoopDocument) throws -> [Int: String] {
        var changes: [Int: String] = [:]
        for iteration in document.iterations where iteration.fix?.files.isEmpty == false {
            let path = try owner.folder(ofLoop: loop, iteration: iteration.number) + "/fix.patch"
            changes[iteration.number] = FixStepFiles.read(path, limit: 4 << 20).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
        return changes
    }

    /// One iteration, as soon as it is over: whoever waits for a long loop reads it meanwhile. What cannot be written is
    /// said, and ends no loop.
    func write(iteration number: Int) async {
        guard let iteration = iterations.first(where: { $0.number == number }) else { return }
        do {
            let redact = owner.console.redacted
            let (source, target) = (try owner.folder(ofLoop: loop, iteration: number), "\(folder)/\(number)")
            for name in Self.kept {
                guard let bytes = FixStepFiles.read("\(source)/\(name)", limit: 64 << 20) else { continue }
                try Folders.create(target)
                try Folders.write(redact(String(decoding: bytes, as: UTF8.self)), to: "\(target)/\(name)")
            }
            let session = try Session(for: owner)
            let release = try await session.report(ofReleaseIn: iteration)
            let suites = try await suites(of: iteration, session)
            if let report = suites ?? release { try ReportFiles.write(report, folder: target, redacting: redact) }
            if suites != nil, let release {
                try ReportFiles.write(release, folder: target + "/release", redacting: redact)
            }
        } catch {
            owner.console.problem(FailureText.text(FailureLifting.lift(error), palette: Palette(isEnabled: false)))
        }
    }

    /// What the suites of all services came to; nil where that is not what the iteration is judged by.
    private func suites(of iteration: IterationProgress, _ session: Session) async throws -> Report? {
        guard iteration.verdict?.source == .serving else { return nil }
        let folder = try owner.folder(ofLoop: loop, iteration: iteration.number)
        guard let evidence = EvidenceRecorder.read(folder + "/evidence.json"),
            let bytes = FixStepFiles.read(folder + "/verdict.json", limit: 256 << 20),
            let verdict = try? JSONDecoder().decode(VerdictDocument.self, from: Data(bytes))
        else { return nil }
        return await session.report(of: verdict, evidence: evidence)
    }
}

extension Session {
    /// What the iteration keeps: briefs, evidence, patches.
    func folder(ofLoop run: String, iteration: Int) throws -> String {
        let folder = try stateFolder() + "/loops/\(run)/\(iteration)"
        try Folders.create(folder)
        return folder
    }

    /// Nil where nothing was released.
    fileprivate func report(ofReleaseIn iteration: IterationProgress) async throws -> Report? {
        guard let run = iteration.releaseRun, let release = try await state().release(run: run) else { return nil }
        return try await report(of: release)
    }
}
