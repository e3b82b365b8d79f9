import GoogleCloud
import Releases

/// One build, from its creation to its end.
struct CloudBuildWatch {
    let settings: CloudBuildSettings
    let output: @Sendable (String) -> Void

    private var builds: CloudBuildClient { settings.builds }
    private var pace: CloudBuildPace { settings.pace }

    /// Begins a build. When the answer is lost, the build is looked for by the tag that nothing else has, and asked for
    /// again only when it is nowhere; should the first request still arrive, two builds push the same source.
    ///
    /// Not cut short by a cancellation of the task: a build that began and that nobody knows of would go on.
    func begin(_ specification: CloudBuildSpecification, attempt: String) async throws -> CloudBuild {
        let begun = Task {
            do {
                return try await builds.create(specification)
            } catch let failure as Failure where failure.mayHaveHappened {
                output("the answer to the new build was lost: looking for it")
                for pause in pace.looks {
                    try await Task.sleep(for: pause)
                    if let found = try await builds.builds(tagged: attempt).first { return found }
                }
                return try await builds.create(specification)
            }
        }
        return try await begun.value
    }

    /// A build of the same source that is under way: a run that was killed has left it, or another one has it made.
    func underWay(tagged tag: String) async throws -> CloudBuild? {
        do {
            return try await builds.builds(tagged: tag).first { $0.status.isUnderWay }
        } catch let failure as Failure where failure.category == .permission {
            // Who may build but not list builds gets a build of their own.
            return nil
        }
    }

    /// Waits for the end and hands on the log meanwhile.
    func end(of build: CloudBuild) async throws -> CloudBuild {
        var build = build
        var log = CloudBuildLog(builds: builds, storage: settings.storage, output: output)
        var pause = pace.shortestPause
        var troubles = 0
        let longest = ContinuousClock.now + pace.queue + .seconds(settings.timeoutSeconds) + .seconds(120)
        let queueEnd = ContinuousClock.now + pace.queue + .seconds(60)
        while true {
            let hasNews = try await log.read(build)
            guard build.status.isUnderWay else {
                try await log.finish(build, pause: pace.shortestPause)
                return build
            }
            let isQueued = build.status != .working
            guard .now < (isQueued ? min(queueEnd, longest) : longest) else {
                throw Failure(
                    .deadline, "build `\(build.id)` did not \(isQueued ? "begin" : "end") in time",
                    details: [.init("state", build.status.rawValue)],
                    hint:
                        "build in another region (cloud_build.region), or with an engine of your own: --builder docker")
            }
            try await Task.sleep(for: pause)
            pause = hasNews ? pace.shortestPause : min(pause * 2, pace.longestPause)
            do {
                build = try await builds.build(build.id)
                troubles = 0
            } catch let failure as Failure where failure.category == .unavailable {
                troubles += 1
                if troubles >= pace.patience { throw failure }
            }
        }
    }

    /// Stops the build, also when this task is cancelled already, and says what came of it.
    func cancel(_ build: CloudBuild) async {
        let (builds, limit) = (builds, pace.cancelling)
        // A task of its own: this one's cancellation would cut the request short.
        let isCancelled = await Task {
            await withTaskGroup(of: Bool.self) { group in
                group.addTask { (try? await builds.cancel(build.id)) != nil }
                group.addTask {
                    try? await Task.sleep(for: limit)
                    return false
                }
                let first = await group.next() ?? false
                group.cancelAll()
                return first
            }
        }.value
        output(
            isCancelled
                ? "build \(build.id) is cancelled"
                : "build \(build.id) could not be cancelled: gcloud builds cancel \(build.id) "
                    + "--project=\(builds.project) --region=\(builds.region)")
    }
}
