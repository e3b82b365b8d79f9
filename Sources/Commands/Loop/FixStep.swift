import JSON
import Loop
import Releases
import Reporting
import SourceControl

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One iteration's fix: the command or the person, the guard, the commands before a release, and the way back. What it
/// leaves is either exactly the change that was judged, or the tree as it was.
struct FixStep: Sendable {
    let tree: RepositoryTree
    let mender: LoopOrder.Mender
    let head: String
    let branch: String
    /// That of the iteration: the brief is in it, and everything that the step keeps goes there.
    let folder: String
    let rules: FixRules
    let judge: FixStepJudge
    let commandSeconds: Int
    /// Before the change counts, in the folder that holds `environments/`.
    let checks: [FixStepCommandOrder]
    /// Variables that the configuration takes secrets from.
    let hidden: Set<String>
    let console: Console

    /// `RUN-ITERATION`: what a commit is kept as that is not the loop's.
    let name: String
    /// The loop made its branch, and is the only one who commits to it.
    var ownsBranch = false

    private var brief: String { folder + "/brief.md" }
    var patch: String { folder + "/fix.patch" }
    private var before: String { Self.before(in: folder) }
    private var resultFile: String { folder + "/fix-result.json" }

    /// The tree must be the loop's: what a fix left that was cut is put away before it.
    func run() async throws -> FixRecord {
        let clock = ContinuousClock.now
        if let failure = try await tree.state().conflict(withLoopAt: head, on: branch) { throw failure }
        let git = try await tree.directoryState()
        try write(git)
        let judged = judge.read()
        FixStepFiles.remove(resultFile)

        var record = FixRecord()
        do {
            record.failure = try await mend()
            if let failure = record.failure { console.progress("  ✗ \(failure)") }
            let (change, bytes) = try await tree.changes(since: head)
            try Folders.writePrivately(bytes, to: patch)
            record.take(change)
            for line in FixStepDiff.lines(
                of: bytes, change: change, file: patch, palette: Palette(isEnabled: console.style.usesColor))
            where !bytes.isEmpty { console.progress(line) }
            record.refusals = try await refusals(change, git, judged).map(\.record)
            take(FixStepResult(FixStepFiles.read(resultFile, limit: FixStepResult.largest + 1)), &record)
            if record.failure == nil, record.refusals.isEmpty {
                record.changedNothing = change.isEmpty
                if change.isEmpty { record.failure = "the fix changed nothing" }
            }
            if record.failure == nil, record.refusals.isEmpty { record.failure = try await check(change) }
        } catch {
            // Also when the loop is stopped: nothing of a fix that was not judged stays.
            try await putBack(git)
            throw error
        }
        for refusal in record.refusals { console.progress("  ✗ refused: \(refusal.told)") }
        if record.failure != nil || !record.refusals.isEmpty {
            try await putBack(git)
            record.patch = record.files.isEmpty ? nil : patch
        }
        record.seconds = (ContinuousClock.now - clock).inSeconds
        return record
    }

    /// Nil when it went well.
    private func mend() async throws -> String? {
        switch mender {
        case .command(let line):
            return try await FixStepCommand(
                arguments: ["/bin/sh", "-c", line], folder: tree.root, seconds: commandSeconds,
                variables: [
                    "STAGECTL_BRIEF": brief, "STAGECTL_BRIEF_JSON": folder + "/brief.json",
                    "STAGECTL_FIX_RESULT": resultFile,
                ], hidden: hidden, log: folder + "/fix.log", label: "fix", console: console
            ).run()
        case .person:
            while try await FixStepPerson(console: console).wait(brief: brief, root: tree.root) == .goOn {
                // Enter is pressed early: nothing is lost by asking again.
                if try await !tree.changes(since: head).change.isEmpty { return nil }
                console.progress("  nothing was changed yet")
            }
            return "the person who was to mend it stopped"
        case .watched, .nobody: return "nobody is there to mend it"
        }
    }

    private func refusals(
        _ change: TreeChange, _ git: GitDirectoryState, _ judged: (judge: Judge, invalid: [String: String])
    ) async throws -> [FixRefusal] {
        let later = git.differences(to: try await tree.directoryState()).map(\.refusal)
        let now = judge.read()
        return later + FixStepJudge.refusals(before: judged, after: now)
            + FixGuard.judge(
                change, rules: rules, before: judged.judge,
                // What cannot be read says nothing of its parts: the one refusal above says it all.
                after: now.invalid.isEmpty ? now.judge : judged.judge
            ).refusals
    }

    private func take(_ said: FixStepResult, _ record: inout FixRecord) {
        record.cost = said.cost
        record.summary = said.summary.map(console.redacted)
        if let problem = said.problem { console.progress("  ! \(resultFile) \(problem): it is not believed") }
    }

    /// The commands before a release, on just the change that was judged. Nil when all went well.
    private func check(_ change: TreeChange) async throws -> String? {
        for (number, order) in checks.enumerated() {
            let command = FixStepCommand(
                arguments: order.arguments, folder: order.folder, seconds: order.seconds, hidden: hidden,
                log: folder + "/before-deploy-\(number + 1).log", label: "before_deploy", console: console)
            console.progress("  before_deploy: \(order.arguments.joined(separator: " "))")
            if let failure = try await command.run() { return failure }
        }
        guard !checks.isEmpty else { return nil }
        let left = try await tree.changes(since: head).change
        guard left.tree == change.tree, left.nested == change.nested else {
            let changed = Set(left.files).symmetricDifference(change.files).map(\.path).sorted()
            return "a before_deploy command changed what git sees: " + changed.prefix(5).joined(separator: ", ")
                + " (add what it makes to .gitignore)"
        }
        return nil
    }

    // MARK: The way back

    private func putBack(_ git: GitDirectoryState) async throws {
        try await keepCommits(git)
        try await tree.putBack(git)
        let change = try await tree.restore(to: head, branch: branch, keepingPatchIn: patch)
        if !change.files.isEmpty { console.progress("  the tree is as it was; what was changed is kept in \(patch)") }
        for difference in git.differences(to: try await tree.directoryState())
        where difference.kind == .reference && !difference.name.hasPrefix("refs/stagectl/kept/\(name)") {
            console.progress("  ! left as it is: \(difference.name), which changed while the fix ran")
        }
        // From here on whatever is in the tree is somebody's own.
        FixStepFiles.remove(before)
    }

    /// HEAD and the branch are about to go back: what was committed meanwhile, by whomever, is not to be lost with that.
    private func keepCommits(_ git: GitDirectoryState) async throws {
        for commit in git.commitsToKeep(in: try await tree.directoryState()) {
            let reference = try await tree.keep(commit, as: name)
            console.progress("  ! commit \(commit.prefix(12)) is kept as \(reference): git branch NAME \(reference)")
        }
    }

    static func before(in folder: String) -> String { folder + "/repository.json" }

    /// What a fix left that nobody saw end: git's own files go back to what they were before it, and so does the tree. HEAD
    /// and branch must be as the loop left them.
    /// - Returns: where the change is kept; nil where there was none.
    static func putAway(
        _ tree: RepositoryTree, head: String, branch: String?, folder: String, as name: String, _ console: Console
    ) async throws -> String? {
        if let bytes = FixStepFiles.read(before(in: folder), limit: 64 << 20),
            let git = try? JSONDecoder().decode(GitDirectoryState.self, from: Data(bytes))
        {
            let now = try await tree.directoryState()
            for difference in git.differences(to: now) where difference.kind == .file {
                try keep(now.files[difference.name], of: difference.name, in: folder, as: name, console)
            }
            try await tree.putBack(git)
        }
        let file = FixStepFiles.unused(folder + "/" + name, suffix: ".patch")
        let change = try await tree.restore(to: head, branch: branch, keepingPatchIn: file)
        FixStepFiles.remove(before(in: folder))
        return change.files.isEmpty ? nil : file
    }

    /// While nobody looked a person may have set something, too.
    private static func keep(
        _ file: GitDirectoryState.File?, of name: String, in folder: String, as word: String, _ console: Console
    ) throws {
        guard let content = file?.content else { return console.progress("  put back: .git/\(name)") }
        let kept = FixStepFiles.unused(folder + "/\(word)-git-" + name.replacing("/", with: "-"), suffix: "")
        try Folders.writePrivately(content, to: kept)
        console.progress("  put back: .git/\(name); what it was is kept in \(kept)")
    }

    private func write(_ git: GitDirectoryState) throws {
        try Folders.writePrivately(Array(JSONValue(encoding: git).serialized().utf8), to: before)
    }
}

/// One command before a release.
struct FixStepCommandOrder: Hashable, Sendable {
    var arguments: [String]
    var folder: String
    var seconds: Int
}

extension FixRecord {
    mutating func take(_ change: TreeChange) {
        files = change.files.map(\.path) + change.nested
        tree = change.isEmpty ? nil : change.tree
        added = change.added
        removed = change.removed
        identity = change.isEmpty ? nil : change.identity
    }
}

extension FixRecord.Refusal {
    var told: String { (path.map { "\($0): " } ?? "") + "\(why) (\(rule))" }
}

extension GitDirectoryState.Difference {
    var refusal: FixRefusal {
        switch kind {
        case .branch: FixRefusal(.git, why: "the fix switched to \(name): branches are the loop's")
        case .head: FixRefusal(.git, why: "the fix moved HEAD to \(name): commits are the loop's")
        case .operation: FixRefusal(.git, why: "the fix left git in another state: \(name)")
        case .reference: FixRefusal(.git, name, "the fix changed a reference of git's")
        case .file: FixRefusal(.git, ".git/\(name)", "the fix changed git's own file")
        case .settings: FixRefusal(.git, why: "the fix changed git's settings (\(name))")
        case .hidden: FixRefusal(.git, name, "the fix told git not to see changes of it")
        }
    }
}
