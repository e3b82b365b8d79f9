import ArgumentParser
import Configuration
import Releases

/// `smoke` as a Cloud Run job.
struct TaskOptions: ParsableArguments {
    /// Each of them reads its log, of which a minute allows 60 reads (Cloud Logging's quota for `entries.list`).
    private static let most = 100

    @Option(name: .customLong("tasks"), help: "Run as a Cloud Run job of so many tasks, each a shard; one verdict.")
    var count: Int?

    @Option(
        name: .customLong("task-image"),
        help: "With --tasks: an image with stagectl and environments/ (on local plain processes: stagectl itself).")
    var image: String?

    @Option(name: .customLong("task-account"), help: "With --tasks: the service account of the job.")
    var account: String?

    @Option(name: .customLong("task-cpu"), help: "With --tasks: processors of a task, for example 2.")
    var cpu: String?

    @Option(name: .customLong("task-memory"), help: "With --tasks: memory of a task, for example 1Gi.")
    var memory: String?

    @Option(name: .customLong("task-timeout"), help: "With --tasks: the longest that a task may take.")
    var timeout = "10m"

    @Option(
        name: .customLong("task-secret"),
        help: "With --tasks: NAME=SECRET or NAME=SECRET:VERSION, a variable with a secret of the platform.")
    var secrets: [String] = []

    func validate() throws {
        guard let count else {
            let others: [(String, Bool)] = [
                ("--task-image", image != nil), ("--task-account", account != nil), ("--task-cpu", cpu != nil),
                ("--task-memory", memory != nil), ("--task-secret", !secrets.isEmpty),
            ]
            if let other = others.first(where: \.1)?.0 { throw ValidationError("\(other) goes with --tasks N") }
            return
        }
        guard (1...Self.most).contains(count) else {
            throw ValidationError("--tasks takes a number from 1 to \(Self.most), not `\(count)`")
        }
        // A task of Cloud Run's may take a week (run.v2, `TaskTemplate.timeout`).
        guard let seconds = timeoutSeconds, (1...604_800).contains(seconds) else {
            throw ValidationError("--task-timeout takes a time from 1s to 168h, for example 10m, not `\(timeout)`")
        }
        for text in secrets where Self.variable(text) == nil {
            throw ValidationError("--task-secret takes NAME=SECRET or NAME=SECRET:VERSION")
        }
    }

    var timeoutSeconds: Int? { DurationText.milliseconds(timeout).map { $0 / 1000 } }

    var variables: [EnvironmentVariable] { secrets.compactMap(Self.variable) }

    private static func variable(_ text: String) -> EnvironmentVariable? {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts[0].wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else { return nil }
        let reference = parts[1].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let name = reference.first, name.wholeMatch(of: /[A-Za-z0-9_-]{1,255}/) != nil else { return nil }
        let version = reference.count > 1 ? reference[1] : "latest"
        guard version == "latest" || version.wholeMatch(of: /[0-9]{1,9}/) != nil else { return nil }
        return EnvironmentVariable(name: parts[0], value: .secret(name: name, version: version))
    }
}
