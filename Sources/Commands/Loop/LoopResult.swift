import Configuration
import JSON
import Loop
import Releases
import Reporting

/// The end of a loop as its document, with what is true outside: tree, traffic, locks.
struct LoopResult {
    private let engine: LoopEngine

    init(_ engine: LoopEngine) {
        self.engine = engine
    }

    func result(of stop: StopRecord) async -> CommandResult {
        var document = LoopDocument(engine.progress, outcome: stop)
        document.tree = await tree
        await addServices(to: &document)
        document.error = document.error ?? Self.failure(document)
        do {
            try await writeReport(&document)
        } catch {
            engine.console.problem(FailureText.text(FailureLifting.lift(error), palette: Palette(isEnabled: false)))
        }
        return CommandResult(
            LoopReportJSON.document(document), text: LoopText.stop(document).joined(separator: "\n"),
            status: Self.status(document), failure: document.error)
    }

    /// Looked at when the loop has ended, whatever ended it.
    private var tree: LoopDocument.Tree? {
        get async {
            guard !engine.order.tree.isEmpty else { return nil }
            let state = await Task { [order = engine.order] in
                try? await RepositoryTree.open(at: order.tree).state()
            }.value
            return state.map { LoopDocument.Tree(clean: $0.isClean, head: $0.head, branch: $0.branch) }
        }
    }

    private func addServices(to document: inout LoopDocument) async {
        // Not cut short by what stopped the loop.
        do {
            let session = try engine.session()
            let placements = try engine.placements(in: session)
            let looking = Task { try await Self.looked(at: placements, in: session) }
            (document.traffic, document.locks) = try await looking.value
        } catch {
            // That nothing was seen does not say that nothing is there.
            (document.traffic, document.locks) = (nil, nil)
            let failure = FailureLifting.lift(error)
            engine.console.progress("  ! what serves is not known: \(SafeText.line(failure.summary))")
        }
    }

    private static func looked(
        at placements: [Placement], in session: Session
    ) async throws -> (traffic: [LoopDocument.Traffic], locks: [String]) {
        var traffic: [LoopDocument.Traffic] = []
        var locks: [String] = []
        let platform = try await session.platformAccess().platform
        for placement in placements {
            if let observation = try await platform.observe(placement.identity) {
                traffic.append(
                    LoopDocument.Traffic(
                        service: placement.service.name, region: placement.region,
                        traffic: observation.trafficStatuses.map {
                            TrafficEntry(revision: $0.revision, percent: $0.percent, tag: $0.tag)
                        }))
            }
            let holder = try await session.state().holder(
                service: placement.key, environment: session.environmentName)
            if let holder { locks.append("\(placement.key) \(holder.run)") }
        }
        return (traffic, locks)
    }

    private func writeReport(_ document: inout LoopDocument) async throws {
        let text = engine.console.redacted(LoopReportJSON.render(document))
        try Folders.writePrivately(Array(text.utf8), to: try engine.folder(of: 0) + "/loop.json")
        guard let files = LoopReportFiles(engine) else { return }
        // Written also when a signal stopped the loop.
        document = try await Task { [document] in try await files.write(document) }.value
    }

    /// What a pipeline is told beside the exit code; nil for the goal.
    private static func failure(_ document: LoopDocument) -> Failure? {
        guard !document.goal, document.outcome != .aborted else { return nil }
        let category: Failure.Category =
            switch document.outcome {
            case .time: .deadline
            case .attention: .needsAttention
            case .interrupted: .interrupted
            default: .checks
            }
        let brief = document.iterations.last?.brief.map { "read \($0)/brief.md" }
        return Failure(
            category, "the loop ended without its goal (\(document.outcome.rawValue)): \(document.why)",
            details: document.left.failing.prefix(10).map { .init("failing", $0) }, hint: brief)
    }

    static func status(_ document: LoopDocument) -> ExitStatus {
        switch document.outcome {
        case .goal, .aborted: .done
        case .time: .deadline
        case .attention: document.error.map(ExitStatus.init) ?? .needsAttention
        case .interrupted: document.error.map(ExitStatus.init) ?? .interrupted
        case .blocked:
            // What never began has a reason of its own; what the platform refused is a failed release.
            document.error.map(ExitStatus.init) ?? .checks
        case .iterations, .cost, .noProgress, .sameFix, .regression, .flakyOnly, .noFix, .fixRefused, .fixFailed:
            .checks
        }
    }
}
