import JSON
package import Releases

extension CloudRunClient: JobPlatform {
    package func job(_ job: JobIdentity) async throws -> JobObservation? {
        try await lifting("reading job `\(job.name)`") {
            guard let document = try await unlessMissing({ try await rest.read(endpoints.job(job)) }) else {
                return nil
            }
            guard let observation = JobDecoding.job(document, identity: job) else {
                throw GoogleError.unreadable(what: "the job", reason: "it has no generation", isWrite: false)
            }
            return observation
        }
    }

    package func put(
        _ template: JobTemplate, as job: JobIdentity, key: String, within deadline: Duration
    ) async throws -> JobObservation {
        let clock = rest.limits.clock
        let end = clock.now() + deadline
        let before = try await self.job(job)
        _ = try await unlessDone({ try await self.job(job)?.key == key ? true : nil }) {
            try await write(template, as: job, over: before, key: key)
            return true
        }
        return try await ready(job, key: key, until: end, of: deadline)
    }

    /// Sent once.
    func write(_ template: JobTemplate, as job: JobIdentity, over before: JobObservation?, key: String) async throws {
        try await lifting("\(before == nil ? "creating" : "changing") job `\(job.name)`") {
            let body = JobEncoding.job(template, over: before, key: key)
            let answer =
                before == nil
                ? try await rest.write("POST", endpoints.create(job), body: body, quota: quota(job))
                : try await rest.write("PATCH", endpoints.job(job), body: body, quota: quota(job))
            _ = try operation(answer)
        }
    }

    /// The job itself is asked and not the operation: its name is not known where the answer was lost.
    private func ready(
        _ job: JobIdentity, key: String, until end: Duration, of deadline: Duration
    ) async throws -> JobObservation {
        var pauses = Pauses(from: .milliseconds(50), upTo: .seconds(1))
        while true {
            guard let now = try await self.job(job), now.key == key, !now.isDeleting else {
                throw Failure(
                    .conflict, "job `\(job.name)` was changed by somebody else at the same time",
                    hint: "gcloud run jobs describe \(job.name) --region \(job.region) --project \(job.project)")
            }
            if !now.reconciling, now.condition.state == .failed {
                throw Failure(
                    .release, "job `\(job.name)` cannot be run",
                    details: [.init("Cloud Run", now.condition.message ?? now.condition.reason ?? "no message")],
                    hint: "correct the job's image and settings, then try again")
            }
            if !now.reconciling, now.observedGeneration >= now.generation { return now }
            guard try await pauses.pause(before: end, on: rest.limits.clock) else {
                throw Failure(
                    .deadline, "job `\(job.name)` was not ready within \(deadline.components.seconds) s",
                    hint: "gcloud run jobs describe \(job.name) --region \(job.region) --project \(job.project)",
                    mayHaveHappened: true)
            }
        }
    }

    package func delete(_ job: JobIdentity) async throws {
        _ = try await unlessDone({ try await self.job(job)?.isDeleting ?? true ? true : nil }) {
            try await remove(endpoints.job(job), "deleting job `\(job.name)`", of: job)
            return true
        }
    }

    /// Sent once. What is not there is removed.
    func remove(_ url: String, _ subject: String, of job: JobIdentity) async throws {
        try await lifting(subject) {
            do {
                _ = try operation(try await rest.write("DELETE", url, body: nil, quota: quota(job)))
            } catch GoogleError.status(let status) where status.httpStatus == 404 && status.status == "NOT_FOUND" {
                return
            }
        }
    }

    func quota(_ job: JobIdentity) -> WriteQuota { .cloudRun(project: job.project, region: job.region) }

    /// What `write` gives; where it may have happened and nobody said so, what `look` finds of it.
    ///
    /// - Parameter look: nil while nothing is seen of the write. It is asked for some seconds, as a read may be older
    ///   than the write, and a write may come after its answer was given up.
    func unlessDone<Value: Sendable>(
        _ look: () async throws -> Value?, _ write: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await write()
        } catch let failure as Failure where failure.mayHaveHappened && failure.category != .interrupted {
            let clock = rest.limits.clock
            let end = clock.now() + .seconds(10)
            var pauses = Pauses(from: .milliseconds(200), upTo: .seconds(4))
            repeat {
                if let value = try? await look() { return value }
            } while (try? await pauses.pause(before: end, on: clock)) == true
            throw failure
        }
    }
}

/// Pauses between looks, each longer than the one before.
struct Pauses {
    private var next: Duration
    private let longest: Duration

    init(from shortest: Duration, upTo longest: Duration) {
        next = shortest
        self.longest = longest
    }

    /// False when `end` has come, without a pause. The last pause is cut short by it.
    mutating func pause(before end: Duration, on clock: CallClock) async throws -> Bool {
        let left = end - clock.now()
        guard left > .zero else { return false }
        try await clock.sleep(min(next, left))
        next = min(next * 2, longest)
        return true
    }
}
