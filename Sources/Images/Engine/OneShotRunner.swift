import Releases
package import Transport

/// Runs a container to its end and removes it, whatever happens to the caller.
package struct OneShotRunner: Sendable {
    package enum Outcome: Hashable, Sendable {
        case ended(ProcessResult, imageID: String?, exceededMemory: Bool)
        /// Neither here nor to be had.
        case noImage(reason: String)
        case notStarted(reason: String)
        case timedOut
        case cancelled
    }

    /// For its program to end by itself after SIGTERM; then the container is removed by force.
    private static let grace = Duration.seconds(2)

    package let engine: ContainerEngine
    private let engineNeeds: [String]
    private let processors: Int

    /// `engineNeeds` are arguments of `run` that the engine of this machine wants (`--runtime runc`, …).
    package init(engine: ContainerEngine, engineNeeds: [String] = [], processors: Int = .max) {
        self.engine = engine
        self.engineNeeds = engineNeeds
        self.processors = processors
    }

    /// Why the engine does not answer; nil when it does.
    package func problem() async -> String? {
        do throws(ProcessError) {
            let result = try await ChildProcess.run(
                command(EngineArguments(engine).version(), deadline: .seconds(10)))
            if result.timedOut { return "`\(engine.program)` does not answer" }
            return result.exitCode == 0 ? nil : reason(result)
        } catch {
            return Self.reason(error)
        }
    }

    /// - Parameter deadline: of the run; an image that is not there is fetched before, within `pullDeadline`.
    package func run(
        _ container: OneShotContainer, deadline: Duration, pullDeadline: Duration = .seconds(600)
    ) async -> Outcome {
        let outcome = await attempt(container, deadline)
        guard case .noImage = outcome else { return outcome }
        // An image that is here was not what was missing.
        if await says(EngineArguments(engine).inspect(container.image)) { return outcome }
        let pull = try? await ChildProcess.run(
            command(EngineArguments(engine).pull(container.image), deadline: pullDeadline))
        if Task.isCancelled { return .cancelled }
        guard let pull, pull.exitCode == 0 else {
            let words = pull.map { $0.timedOut ? "it takes longer than \(pullDeadline)" : reason($0) }
            return .noImage(reason: words ?? "`\(engine.program)` cannot be started")
        }
        return await attempt(container, deadline)
    }

    /// Removes what processes left that are gone: those of this machine by the numbers that `isGone` knows.
    package func removeLeftovers(of isGone: (_ owner: String) -> Bool) async {
        guard let result = try? await ChildProcess.run(command(OneShotContainer.list(on: engine))),
            result.exitCode == 0
        else { return }
        let left = result.outputText.split(whereSeparator: \.isNewline).compactMap { line -> String? in
            let words = line.split(separator: " ", maxSplits: 1)
            return words.count == 2 && isGone(String(words[1])) ? String(words[0]) : nil
        }
        guard !left.isEmpty else { return }
        _ = try? await ChildProcess.run(command(OneShotContainer.remove(left, on: engine)))
    }

    private func attempt(_ container: OneShotContainer, _ deadline: Duration) async -> Outcome {
        var run = command(
            container.run(on: engine, engineNeeds: engineNeeds, processors: processors), deadline: deadline)
        run.input = Array(container.environmentFile.utf8)
        run.environment.merge(container.variablesByName) { $1 }
        run.grace = Self.grace
        let result: ProcessResult
        do throws(ProcessError) {
            result = try await ChildProcess.run(run)
        } catch {
            return .notStarted(reason: Self.reason(error))
        }
        let isCancelled = Task.isCancelled
        // Not structured: it must be carried through when the caller is cancelled.
        return await Task {
            let seen: Outcome =
                if result.timedOut {
                    .timedOut
                } else if isCancelled {
                    .cancelled
                } else {
                    await outcome(of: container, result)
                }
            await remove(container)
            return seen
        }.value
    }

    /// An engine's own failures and its program's share exit codes (125 to 127): the container tells them apart.
    private func outcome(of container: OneShotContainer, _ result: ProcessResult) async -> Outcome {
        let inspection = try? await ChildProcess.run(command(container.inspect(on: engine)))
        guard let inspection, inspection.exitCode == 0 else {
            return result.exitCode == 125 ? .noImage(reason: reason(result)) : .notStarted(reason: reason(result))
        }
        let words = inspection.outputText.split(whereSeparator: \.isWhitespace)
        guard words.count >= 3, !words[2].hasPrefix("0001-") else { return .notStarted(reason: reason(result)) }
        let id = ImageDigest.hex(words[1]).map { "sha256:\($0)" }
        return .ended(result, imageID: id, exceededMemory: words[0] == "true")
    }

    private func remove(_ container: OneShotContainer) async {
        _ = try? await ChildProcess.run(command(container.remove(on: engine)))
    }

    private func says(_ arguments: [String]) async -> Bool {
        (try? await ChildProcess.run(command(arguments)))?.exitCode == 0
    }

    private func command(_ arguments: [String], deadline: Duration = .seconds(60)) -> CommandLine {
        CommandLine(arguments, environment: engine.environment, deadline: deadline)
    }

    /// Docker says the reason first and where to read more last; Podman says last what is wrong.
    private func reason(_ result: ProcessResult) -> String {
        let lines = result.errorText.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
        let line = engine.dialect == .docker ? lines.first : lines.last
        return line.map { String($0.prefix(500)) } ?? "`\(engine.program)` ended with exit code \(result.exitCode)"
    }

    private static func reason(_ error: ProcessError) -> String {
        switch error {
        case .programNotFound(let program): "`\(program)` is not installed"
        case .couldNotStart(let program, let reason): "`\(program)` cannot be started: \(reason)"
        }
    }
}
