import Configuration
import Images
import JSON
import Releases
import Reporting
import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SmokeCommand {
    /// Throws `usage` where `auto` was asked for outside of a task.
    func ownShard() throws -> SuiteSelection.Shard? {
        guard let shard else { return nil }
        guard shard == "auto" else { return SuiteSelection.Shard(parsing: shard) }
        // What Cloud Run tells each task (container contract of jobs); from 0.
        let index = ProcessEnvironment.nonEmpty("CLOUD_RUN_TASK_INDEX").flatMap { Int($0) }
        let count = ProcessEnvironment.nonEmpty("CLOUD_RUN_TASK_COUNT") ?? ""
        guard let index, index < Int.max, let own = SuiteSelection.Shard(parsing: "\(index + 1)/\(count)") else {
            throw Failure(
                .usage, "`--shard auto` is for tasks of a Cloud Run job, and this is none",
                details: [.init("looked for", "CLOUD_RUN_TASK_INDEX and CLOUD_RUN_TASK_COUNT")],
                hint: "stagectl smoke --shard 1/4, or stagectl smoke --tasks 4, which starts such a job")
        }
        return own
    }

    /// A part's verdict for whoever collects it. That they are out is all that the exit code says: a task that ends
    /// with another one is a lost one, and would end the execution as failed.
    static func lines(of document: VerdictDocument, run: String, _ session: Session) throws -> CommandResult {
        guard let record = document.shard,
            let shard = SuiteSelection.Shard(parsing: "\(record.index)/\(record.count)")
        else { throw Failure(.internalError, "the verdict is not of a shard") }
        let encoded = ReleaseJSON.encoded(document)
        let text = session.console.redacted(encoded.serialized())
        let lines = try ShardLines(run: run, shard: shard).lines(of: Array(text.utf8))
        let ending = "shard \(record.index)/\(record.count) is \(document.result.rawValue): \(document.rule)"
        return CommandResult(encoded, text: (lines + [ending]).joined(separator: "\n"))
    }

    func runTasks(
        _ count: Int, of placements: [Placement], _ chosen: SuiteSelection.Chosen, _ verifier: ReleaseVerifier,
        _ session: Session
    ) async throws -> CommandResult {
        guard let first = SuiteSelection.Shard(parsing: "1/\(count)"), let place = placements.first else {
            throw Failure(.usage, "there is nothing to run in tasks", hint: "stagectl smoke --list")
        }
        let access = try await session.platformAccess()
        // Looked at here as well: a task that means another revision, or has other suites in its image, is no part.
        var sharding = Sharding(first, whole: chosen)
        for placement in placements where sharding.concerns(placement) {
            let target = try await target(of: placement, session)
            sharding.add(placement, verifier.runTarget(target), digest: target.references["deploy.image_digest"])
        }
        let record = await sharding.record(
            environment: session.environmentName, verifier, isWhole: isWhole, isNarrowed: !only.isEmpty)
        let run = RunName.make()
        let task = SmokeTask(
            question: question, environment: session.environmentName, run: run,
            machine: access.runtime == "process" ? try machine(session) : nil)
        let template = task.template(tasks, image: try await taskImage(access, session))
        let job = SmokeJob(
            jobs: access.platform,
            job: JobIdentity(
                project: try session.environment().project, region: place.region,
                name: SmokeTask.job(of: session.environmentName)),
            run: run, progress: { [console = session.console] in console.progress($0) })
        let ended = try await job(template, task.overrides)
        try Task.checkCancellation()
        var merged = ShardMerging.merge(
            ended.reports.compactMap { report in
                report.document.map { ShardMerging.Part(name: report.name, document: $0) }
            }, expecting: record.whole, in: count)
        merged.notes += ended.reports.compactMap { report in report.loss.map { "\(report.name): \($0)" } }
        let evidence = evidence(
            of: merged, in: record.whole.environment, targets: record.whole.targets, session)
        return try await conclude(merged, evidence, identity: nil, job: ended, session)
    }

    /// Words that say the same again in a task.
    private var question: [String] {
        var words = services
        for (option, value) in [
            ("--suite", suite), ("--priority", priority), ("--revision", revision), ("--tag", tag), ("--url", url),
        ] {
            if let value { words.append("\(option)=\(value)") }
        }
        words += only.map { "--only=\($0)" } + regions.names.map { "--region=\($0)" }
        return keepGoing ? words + ["--keep-going"] : words
    }

    private func machine(_ session: Session) throws -> SmokeTask.Machine {
        let state = ProcessEnvironment.nonEmpty("STAGECTL_STATE")
        let root = try session.configuration().root
        return SmokeTask.Machine(
            configuration: Folders.absolute(try ConfigurationAccess.place(global.config).path),
            workingDirectory: Folders.absolute(root),
            state: try state?.hasPrefix("gs://") == true ? state ?? "" : Folders.absolute(session.stateFolder()),
            localState: try LocalLauncher(session: session).settings().stateFolder)
    }

    private func taskImage(_ access: PlatformAccess, _ session: Session) async throws -> String {
        if let image = tasks.image {
            guard access.runtime == nil || access.runtime == "process" || url != nil else {
                throw Failure(
                    .usage, "a container cannot ask the API of the local Cloud Run what is deployed",
                    hint: "STAGECTL_LOCAL_RUNTIME=process, or name an address that containers reach with --url")
            }
            return image
        }
        guard access.runtime == "process" else {
            throw Failure(
                .usage, "no image is named that holds stagectl and environments/",
                hint: "--task-image IMAGE; docs/suites.md says what is in it")
        }
        // The very program that runs now, kept under its digest.
        let program = URL(filePath: ProgramPath.own).resolvingSymlinksInPath().path
        let root = try session.configuration().root
        let request = BuildRequest(
            service: "stagectl", source: SourceSettings(paths: [], process: [program]), repository: "stagectl",
            root: root, sourceDigest: "", pushes: false)
        guard let builder = try session.builders()["process"] else {
            throw Failure(.internalError, "there is no builder `process`")
        }
        return try await builder.build(request) { _ in }.reference.value
    }
}
