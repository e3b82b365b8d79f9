import Configuration
import Crypto
import Loop
import Releases
import Verification

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What judges a fix, read from the files as they are.
struct FixStepJudge: Sendable {
    let folder: ConfigurationFolder
    /// The environment of the loop.
    let environment: String
    /// Of all iterations of the loop, where what stagectl says of them lies; the fix is given a path in it.
    var iterations: String?

    /// Every environment that can be read: a fix for one is not to loosen another.
    /// - Returns: the judge, and why the loop's own environment cannot be read, if that is so.
    func read() -> (judge: Judge, invalid: [String: String]) {
        var judge = Judge()
        var invalid: [String: String] = [:]
        for name in folder.environments {
            let outputs = KnownOutputs(leavesUnknown: true)
            switch ConfigurationLoader(folder: folder, outputs: outputs).load(environment: name) {
            case .success(let loaded):
                judge.merge(Judge(environment: name == environment ? nil : name, merged: loaded.merged))
            case .failure(let error):
                let failure = ConfigurationAccess.lift(error)
                invalid[name] = failure.details.first.map { "\($0.value)" } ?? failure.summary
            }
        }
        if let iterations {
            for (name, digest) in Self.said(in: iterations) {
                judge.parts[name] = digest
                judge.places[name] = iterations + "/" + name
            }
        }
        return (judge, invalid)
    }

    /// What stagectl writes of an iteration before its fix, which the report and `resume` believe later. git ignores the
    /// folder, so that no change of the tree shows it. Not `brief.md`: whoever works by it may tick things off.
    private static let written = ["brief.json", "evidence.json", "verdict.json", "repository.json"]
    /// A verdict of thousands of checks; what is longer is compared by its beginning.
    private static let longestDigest = 64 << 20

    /// Digests by `ITERATION/NAME`; what is no plain file, or cannot be read, is none.
    private static func said(in folder: String) -> [String: String] {
        var digests: [String: String] = [:]
        for iteration in 1...1000 where FixStepFiles.exists("\(folder)/\(iteration)") {
            for name in written {
                guard let bytes = FixStepFiles.read("\(folder)/\(iteration)/\(name)", limit: longestDigest) else {
                    continue
                }
                digests["\(iteration)/\(name)"] = SHA256.hash(data: bytes).description
            }
        }
        return digests
    }

    /// What a change of the files means for who judges.
    static func refusals(
        before: (judge: Judge, invalid: [String: String]), after: (judge: Judge, invalid: [String: String])
    ) -> [FixRefusal] {
        after.invalid.filter { before.invalid[$0.key] == nil }.sorted { $0.key < $1.key }.map { name, why in
            FixRefusal(.configuration, why: "the environment `\(name)` cannot be read any more: \(why)")
        }
    }

    /// What commands that judge are made of: of checks and hooks, and before a release.
    /// - Parameters:
    ///   - root: the folder that holds `environments/`.
    ///   - top: the repository's.
    static func files(of commands: [JudgingCommand], top: String) -> JudgingFiles {
        JudgingFiles(
            of: commands.map { JudgingCommand($0.words.map { $0.replacing(top + "/", with: "") }, in: $0.folders) },
            find: { path in
                var status = stat()
                guard stat(top + "/" + path, &status) == 0 else { return nil }
                let target = real(top + "/" + path).flatMap { below(top, $0) }
                return JudgingFile(
                    isFolder: status.st_mode & S_IFMT == S_IFDIR, target: target == path ? nil : target)
            },
            text: { path in
                real(top + "/" + path).flatMap { FixStepFiles.read($0, limit: largestScript) }
                    .map { String(decoding: $0, as: UTF8.self).replacing(top + "/", with: "") }
            })
    }

    /// Where links lead to.
    private static func real(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    static func below(_ top: String, _ path: String) -> String? {
        path.hasPrefix(top + "/") ? String(path.dropFirst(top.count + 1)) : nil
    }

    /// Nobody writes a longer one by hand.
    private static let largestScript = 256 << 10

    /// The commands of checks. A folder that only a run knows (`${...}`) is none.
    static func commands(of suites: [String: Suite], root: String) -> [JudgingCommand] {
        suites.values.flatMap { $0.checks + $0.cleanup + $0.controls }.compactMap { check in
            switch check.kind {
            case .runner(let runner):
                var more: [Template] = runner.environment.map(\.value)
                if case .arguments(let arguments)? = runner.sharding { more += arguments }
                return JudgingCommand(
                    (runner.arguments + runner.files + more).map(\.source), in: runner.workingDirectory?.source,
                    below: root)
            case .command(let command):
                return JudgingCommand((command.arguments + command.environment.map(\.value)).map(\.source), in: [root])
            case .container(let container):
                return JudgingCommand(
                    ([container.entrypoint].compactMap(\.self) + container.arguments).map(\.source), in: [root])
            case .job(let job): return JudgingCommand((job.arguments ?? []).map(\.source), in: [root])
            default: return nil
            }
        }
    }

    /// Those of hooks: some say whether a release may go on.
    static func commands(of hooks: [Hook], root: String) -> [JudgingCommand] {
        hooks.compactMap { hook in
            guard case .command(let words) = hook.effect else { return nil }
            return JudgingCommand(words, in: hook.folder, below: root)
        }
    }
}
