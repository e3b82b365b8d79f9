import Images
import Transport
import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Container checks through the first engine of this machine that answers.
actor EngineContainerProbe: ContainerProbe {
    private enum Choice: Sendable {
        case found(OneShotRunner)
        case none(tried: [String], reason: String)
    }

    private let candidates: [OneShotRunner]
    private var choice: Task<Choice, Never>?

    init(candidates: [OneShotRunner]) {
        self.candidates = candidates
    }

    /// As the local Cloud Run chooses: the runtime that was asked for, if it is an engine, else docker before podman.
    init(variables: [String: String]) {
        let processors = ProcessInfo.processInfo.activeProcessorCount
        let needs = (variables["STAGECTL_PODMAN_ARGUMENTS"] ?? "").split(separator: " ").map(String.init)
        let all = [
            OneShotRunner(engine: .docker, processors: processors),
            OneShotRunner(engine: .podman, engineNeeds: needs, processors: processors),
        ]
        let wanted = all.filter { $0.engine.name == variables["STAGECTL_LOCAL_RUNTIME"] }
        self.init(candidates: wanted.isEmpty ? all : wanted)
    }

    func run(_ request: ContainerProbeRequest) async -> ContainerProbeOutcome {
        let began = ContinuousClock.now
        let runner: OneShotRunner
        switch await chosen() {
        case .none(let tried, let reason): return .notRun(.noEngine(tried: tried, reason: reason))
        case .found(let found): runner = found
        }
        let container = OneShotContainer(
            name: "stagectl-check-\(UInt64.random(in: .min ... .max))", image: request.image,
            entrypoint: request.entrypoint, arguments: request.arguments, environment: request.environment,
            network: request.network.engineName, memoryBytes: request.memoryBytes, cpus: request.cpus,
            owner: ContainerOwner.this.text)
        let outcome = await runner.run(container, deadline: .milliseconds(request.timeoutMilliseconds))
        let milliseconds = began.duration(to: .now).milliseconds
        switch outcome {
        case .noImage(let reason): return .notRun(.noImage(reason: reason))
        case .notStarted(let reason): return .notRun(.notStarted(engine: runner.engine.name, reason: reason))
        case .timedOut: return .notRun(.timedOut(milliseconds: milliseconds))
        case .cancelled: return .notRun(.cancelled)
        case .ended(let result, let imageID, let exceededMemory):
            return .ended(
                ContainerEnding(
                    CommandEnding(
                        exitCode: Int(result.exitCode), output: result.output, errorOutput: result.errorOutput,
                        milliseconds: milliseconds), imageID: imageID, exceededMemory: exceededMemory))
        }
    }

    /// Asked once; checks that run at the same time wait for the same answer.
    private func chosen() async -> Choice {
        if choice == nil { choice = Task { await Self.choose(candidates) } }
        return await choice?.value ?? .none(tried: [], reason: "none was asked")
    }

    private static func choose(_ candidates: [OneShotRunner]) async -> Choice {
        var reasons: [String] = []
        for candidate in candidates {
            guard let problem = await candidate.problem() else {
                await candidate.removeLeftovers { ContainerOwner($0)?.isGone == true }
                return .found(candidate)
            }
            reasons.append(problem)
        }
        return .none(tried: candidates.map(\.engine.name), reason: reasons.joined(separator: "; "))
    }
}

/// The process that started a container. Numbers of processes mean something only on one machine, between two starts of
/// it, and in one namespace.
struct ContainerOwner: Hashable {
    private var place: String
    private var process: Int32

    static let this = ContainerOwner(place: ownPlace, process: ProcessLife.own)

    private static let ownPlace: String = {
        let start = try? String(contentsOf: URL(filePath: "/proc/sys/kernel/random/boot_id"), encoding: .utf8)
        let namespace = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
        return [start, namespace].compactMap { $0?.filter { $0.isHexDigit } }.joined(separator: "-")
    }()

    private init(place: String, process: Int32) {
        self.place = place
        self.process = process
    }

    /// Nil for what this program did not write.
    init?(_ text: String) {
        let words = text.split(separator: ":", omittingEmptySubsequences: false)
        guard words.count == 2, let process = Int32(words[1]), process > 0 else { return nil }
        self.init(place: String(words[0]), process: process)
    }

    var text: String { "\(place):\(process)" }

    /// It ran here, and does no more.
    var isGone: Bool { !place.isEmpty && place == Self.ownPlace && !ProcessLife.isAlive(process) }
}
