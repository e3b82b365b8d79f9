import Configuration
import Releases

/// What each task of a smoke job runs: stagectl again, with the flags of whoever asked. Pure.
struct SmokeTask: Sendable {
    /// Words of the command that say what is tested.
    var question: [String]
    var environment: String
    /// By which lines of a log are known to be this run's.
    var run: String
    /// Where tasks share this machine: its folders, which are not theirs otherwise.
    var machine: Machine?

    struct Machine: Sendable {
        /// The folder of the configuration.
        var configuration: String
        var workingDirectory: String
        /// A folder or a bucket.
        var state: String
        var localState: String
    }

    var arguments: [String] {
        var words =
            ["smoke"] + question + ["--env", environment, "--no-color", "--shard", "auto", "--shard-lines", run]
        if let machine { words += ["--config", machine.configuration] }
        return words
    }

    /// Arguments are the execution's own, so that two runs at the same time are two executions of one job.
    var overrides: JobOverrides {
        JobOverrides(
            arguments: arguments,
            environment: machine.map {
                [
                    EnvironmentVariable(name: "STAGECTL_STATE", value: .literal($0.state)),
                    EnvironmentVariable(name: "STAGECTL_LOCAL_STATE", value: .literal($0.localState)),
                ]
            } ?? [])
    }

    /// No task is tried again: two reports of one part are none.
    func template(_ options: TaskOptions, image: String) -> JobTemplate {
        var container = ContainerSettings(
            cpu: options.cpu, memory: options.memory, serviceAccount: options.account)
        container.workingDirectory = machine?.workingDirectory
        return JobTemplate(
            task: RevisionTemplate(
                image: image, labels: [:], container: container, environment: options.variables),
            taskCount: options.count ?? 1, maxRetries: 0, timeoutSeconds: options.timeoutSeconds ?? 600)
    }

    /// One for each environment. A job's name has at most 63 characters, small letters, digits and hyphens (run.v2).
    static func job(of environment: String) -> String {
        let name = environment.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "-" }
        let text = ("stagectl-smoke-" + name.joined()).prefix(63)
        return String(text.reversed().drop { $0 == "-" }.reversed())
    }
}
