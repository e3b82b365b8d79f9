import Configuration
import JSON
import Releases

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An execution of the job that runs suites, from its start until the reports of its tasks are here.
struct SmokeJob: Sendable {
    struct Ended: Sendable {
        var execution: ExecutionIdentity
        /// One for each task, by index.
        var reports: [TaskReport]

        var json: JSONValue {
            [
                "name": .string(execution.job.name), "execution": .string(execution.name),
                "tasks": .array(reports.map(\.json)),
            ]
        }
    }

    let jobs: any JobPlatform
    let job: JobIdentity
    let run: String
    let progress: @Sendable (String) -> Void
    /// Between looks at logs that lack something: Cloud Logging takes some seconds, seldom a minute.
    var pauses: [Duration] = [1, 2, 4, 8, 15, 30].map { .seconds($0) }

    private static let keyPrefix = "smoke "
    /// Until all tasks have an instance.
    private static let startSeconds = 300
    private static let readLines = 1000
    /// Executions whose program was killed are among the newest.
    private static let lookedAt = 20

    private var key: String { Self.keyPrefix + run }

    /// Throws ``Failure`` for what the platform refuses. Whoever is cancelled leaves nothing that runs.
    func callAsFunction(_ template: JobTemplate, _ overrides: JobOverrides) async throws -> Ended {
        try await put(template)
        await removeEnded()
        do {
            let execution = try await jobs.run(job, overrides: overrides, key: key)
            progress("  job \(job.name), execution \(execution.name): \(Counted.text(template.taskCount, "task"))")
            try await waitForEnd(of: execution, seconds: template.timeoutSeconds + Self.startSeconds)
            let reports = try await reports(of: execution, count: template.taskCount)
            // What has to be looked into stays until the next run.
            if reports.allSatisfy({ $0.loss == nil }) { try? await jobs.delete(execution) }
            return Ended(execution: execution, reports: reports)
        } catch {
            await abandon()
            throw error
        }
    }

    /// Equal settings are one job: a run at the same time is not disturbed. A tag may name another image by now, which
    /// Cloud Run finds out only when the job is written.
    private func put(_ template: JobTemplate) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let content = String(decoding: try encoder.encode(template), as: UTF8.self)
        let isPinned = template.task.image.contains("@sha256:")
        let key = isPinned ? Self.keyPrefix + String(Fingerprint.sha256(content).prefix(32)) : key
        if let known = try await jobs.job(job), known.key == key, !known.isDeleting, !known.reconciling,
            known.condition.state != .failed
        {
            return
        }
        _ = try await jobs.put(template, as: job, key: key, within: .seconds(120))
    }

    /// What earlier runs left for somebody to look at, or had no time to remove.
    private func removeEnded() async {
        for old in (try? await jobs.executions(of: job, limit: Self.lookedAt)) ?? []
        where old.state.isEnd && old.key?.hasPrefix(Self.keyPrefix) == true {
            try? await jobs.delete(old.identity)
        }
    }

    /// One that takes too long is told to end; the reports of its tasks that have ended count.
    private func waitForEnd(of execution: ExecutionIdentity, seconds: Int) async throws {
        do {
            _ = try await jobs.wait(for: execution, within: .seconds(seconds))
        } catch {
            guard FailureLifting.lift(error).category == .deadline else { throw error }
            progress("  execution \(execution.name) did not end within \(seconds) s and is told to")
            try await jobs.cancel(execution)
        }
    }

    private func reports(of execution: ExecutionIdentity, count: Int) async throws -> [TaskReport] {
        let tasks = Dictionary(try await jobs.tasks(of: execution).map { ($0.index, $0) }) { first, _ in first }
        var reports: [TaskReport] = []
        for index in 0..<count {
            reports.append(try await report(index, of: count, tasks[index], execution))
        }
        for pause in pauses where reports.contains(where: \.mayComeYet) {
            try await Task.sleep(for: pause)
            for (place, known) in reports.enumerated() where known.mayComeYet {
                reports[place] = try await report(known.index, of: count, known.task, execution)
            }
        }
        return reports
    }

    private func report(
        _ index: Int, of count: Int, _ task: TaskObservation?, _ execution: ExecutionIdentity
    ) async throws -> TaskReport {
        let lines = try await jobs.lines(ofTask: index, in: execution, limit: Self.readLines)
        return TaskReport(index: index, of: count, task: task, lines: lines, run: run)
    }

    /// In a task of its own, as whoever was cancelled can ask nothing any more. The start may have been cut: what carries
    /// the key is this run's.
    private func abandon() async {
        let cancelling = Task { [jobs, job, key] in
            for own in (try? await jobs.executions(of: job, limit: Self.lookedAt)) ?? []
            where own.key == key && !own.state.isEnd {
                try? await jobs.cancel(own.identity)
            }
        }
        await cancelling.value
    }
}
