import Configuration
import Releases

/// Every place at which a process of stagectl can be gone, one after the other, and how its run is taken up: complete,
/// not drawn.
///
/// A place is a call to the outside (journal, ledger, locks, platform), before or after its effect. So each journaled
/// step has its four: before and after its intent is written, before and after its outcome is. Each is tried until the
/// run survives, as SQLite's tests fail the N-th allocation until there is none (`malloc_common.tcl`).
package struct CrashPoints: Sendable {
    /// What is cut.
    package enum Flow: String, Sendable, CaseIterable {
        case deploy
        case firstDeploy = "first deploy"
        /// One that goes back by itself: its candidate does not answer at the public URL.
        case failingDeploy = "failing deploy"
        case rollback
        /// One service in two regions.
        case regions = "deploy to two regions"
        case failingRegions = "failing deploy to two regions"
        /// One region after the other, and what is finished stays.
        case regionsInTurn = "deploy to two regions in turn"
        case failingRegionsInTurn = "deploy to two regions in turn that fails in the second"
        case canary
        case failingCanary = "failing canary"
        case blueGreen = "blue-green"
        /// Somebody goes on with what was held, and the process that does is cut.
        case heldCanary = "canary that was held"
        /// One that starts with a job that cannot be taken back.
        case migration = "deploy with a migration"
        /// Of a deploy that was cut when all its traffic was moved.
        case abort

        var isBroken: Bool { [.failingDeploy, .failingRegions, .failingRegionsInTurn, .failingCanary].contains(self) }

        /// Where the candidate is broken that is; nil for any place.
        var brokenPlace: String? { self == .failingRegionsInTurn ? shape.places.last : nil }

        var shape: Shape {
            switch self {
            case .deploy, .failingDeploy, .abort: Shape(services: 2)
            case .firstDeploy: Shape(services: 2, isFirst: true)
            case .rollback: Shape(services: 2, isRollback: true)
            case .canary, .failingCanary: Shape(services: 1, strategy: Shape.canary)
            case .heldCanary: Shape(services: 1, strategy: Shape.canary, pauseAt: 50)
            case .migration:
                Shape(services: 1, migration: MigrationSettings(isIrreversible: true))
            case .blueGreen: Shape(services: 1, strategy: Shape.blueGreen)
            case .regions, .failingRegions: Shape(services: 1, regions: Shape.twoRegions)
            case .regionsInTurn, .failingRegionsInTurn:
                Shape(services: 1, regions: Shape.twoRegions, rollout: Shape.inTurn)
            }
        }

        /// Nothing was there before a first deploy to go back to.
        var recoveries: [Recovery] { self == .firstDeploy ? [.resume, .abort] : Recovery.allCases }
    }

    /// What a person does about it.
    package enum Recovery: String, Sendable, CaseIterable {
        case resume, abort
        /// A new run, to the oldest revision; the old run is closed after that.
        case rollback
    }

    package struct Result: Sendable {
        package var flow: Flow
        package var recovery: Recovery
        /// Places of the run that is cut.
        package var places = 0
        /// Places of it and of what takes it up, together.
        package var doublePlaces = 0
        package var stories = 0
        package var violations: [(place: String, violation: Violation)] = []
        /// What happened in the first story that broke a rule.
        package var trace: Trace?
    }

    private let threads: Int
    private let keeping: Keeping

    package init(threads: Int, keeping: Keeping = .disk) {
        self.threads = threads
        self.keeping = keeping
    }

    /// One result for each flow and each way to take it up.
    package func run() -> [Result] {
        let pairs = Flow.allCases.flatMap { flow in flow.recoveries.map { (flow, $0) } }
        let parts = Threads.run(threads) { part in
            stride(from: part, to: pairs.count, by: threads).map { index in
                (index, Self.play(pairs[index].0, pairs[index].1, keeping))
            }
        }
        return parts.flatMap(\.self).sorted { $0.0 < $1.0 }.map(\.1)
    }

    package static func play(_ flow: Flow, _ recovery: Recovery, _ keeping: Keeping = .disk) -> Result {
        var result = Result(flow: flow, recovery: recovery)
        let plans = PlanCache()
        func tell(_ first: SimulatedProcess.Doom, _ second: SimulatedProcess.Doom?) -> CrashStory.Result {
            let told = CrashStory(
                flow: flow, first: first, recovery: recovery, second: second, plans: plans, keeping: keeping
            )
            .play()
            result.stories += 1
            let place = "\(flow.rawValue) \(first), \(recovery)" + (second.map { " \($0)" } ?? "")
            result.violations += told.violations.map { (place, $0) }
            if result.trace == nil, !told.violations.isEmpty { result.trace = told.trace }
            return told
        }
        for call in 1... {
            guard tell(.call(call, afterEffect: false), nil).firstHappened else { break }
            guard tell(.call(call, afterEffect: true), nil).firstHappened else { break }
            result.places += 2
        }
        for write in 1... {
            guard tell(.write(write), .write(1)).firstHappened else { break }
            for again in 1... {
                guard tell(.write(write), .write(again)).secondHappened else { break }
                result.doublePlaces += 1
            }
        }
        return result
    }
}
