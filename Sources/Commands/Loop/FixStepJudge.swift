import Configuration
import Loop
import Releases
import Verification

/// What judges a fix, read from the files as they are.
struct FixStepJudge: Sendable {
    let folder: ConfigurationFolder
    /// The environment of the loop.
    let environment: String

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
        return (judge, invalid)
    }

    /// What a change of the files means for who judges.
    static func refusals(
        before: (judge: Judge, invalid: [String: String]), after: (judge: Judge, invalid: [String: String])
    ) -> [FixRefusal] {
        after.invalid.filter { before.invalid[$0.key] == nil }.sorted { $0.key < $1.key }.map { name, why in
            FixRefusal(.configuration, why: "the environment `\(name)` cannot be read any more: \(why)")
        }
    }

    /// Files and folders below the repository's root that suites run, and programs of the commands before a release.
    static func runners(
        of suites: [String: Suite], before commands: [[String]], root: String, top: String
    ) -> [String] {
        var words: Set<[String]> = []
        for check in suites.values.flatMap({ $0.checks + $0.cleanup + $0.controls }) {
            switch check.kind {
            case .runner(let runner):
                let folder = runner.workingDirectory?.source ?? "."
                for word in (runner.arguments + runner.files).map(\.source) { words.insert([folder, word]) }
            case .command(let command):
                for word in command.arguments.map(\.source) { words.insert([".", word]) }
            default: continue
            }
        }
        for program in commands.compactMap(\.first) { words.insert([".", program]) }
        var found: Set<String> = []
        for word in words {
            // `tests/a.py::test_b` is a test of a file.
            let name = word[1].split(separator: ":").first.map(String.init) ?? ""
            guard !name.isEmpty, !name.hasPrefix("-"), !name.contains("$"), name.contains("/") || name.contains(".")
            else { continue }
            for base in [root + "/" + word[0], root] {
                let path = name.hasPrefix("/") ? name : base + "/" + name
                let full = Folders.absolute(path)
                guard full.hasPrefix(top + "/"), FixStepFiles.exists(full), full != root else { continue }
                found.insert(String(full.dropFirst(top.count + 1)))
            }
        }
        return found.sorted()
    }
}
