/// Decides whether a change may be tried. Pure: the same change under the same rules is always judged the same.
package enum FixGuard {
    /// What of one kind is told at most; the rest is counted.
    private static let toldOfOneRule = 20

    package static func judge(
        _ change: TreeChange, rules: FixRules, before: Judge = Judge(), after: Judge = Judge()
    ) -> FixVerdict {
        var refusals = change.files.flatMap { paths(of: $0, rules) + links(of: $0, rules) + submodules(of: $0) }
        refusals += change.nested.map {
            FixRefusal(.nested, $0, "a repository inside this one: no commit can hold what is in it")
        }
        refusals += before.refusals(against: after)
        refusals += sizes(of: change, rules)
        refusals += TestRules.refusals(in: change)
        refusals += lines(in: change)
        return FixVerdict(refusals: bounded(refusals))
    }

    // MARK: Paths

    private static func paths(of file: ChangedFile, _ rules: FixRules) -> [FixRefusal] {
        file.paths.compactMap { path in
            if let denial = denial(of: path, rules) {
                return FixRefusal(.deny, path, "\(verb(file, path)), which `\(denial.pattern)` denies: \(denial.why)")
            }
            let isNewTest =
                file.kind == .added && file.linkTarget == nil && TestSource.isNamedAsTest(path)
                && !path.hasSuffix("conftest.py")
            let run = rules.testFolders.first { PathPattern("/\($0)", ignoresCase: true).matches(path) }
            if let run, !isNewTest {
                return FixRefusal(
                    .deny, path,
                    "\(verb(file, path)), in `\(run)`, whose tests run before a release: only new tests may be added")
            }
            let allow = rules.allow.map { PathPattern($0) }
            if !allow.isEmpty, !allow.contains(where: { $0.matches(path) }) {
                return FixRefusal(
                    .allow, path,
                    "\(verb(file, path)), and only \(rules.allow.map { "`\($0)`" }.joined(separator: ", ")) may be")
            }
            return nil
        }
    }

    private static func denial(of path: String, _ rules: FixRules) -> (pattern: String, why: String)? {
        let own = rules.deny.map { ($0, "`deny` of the environment's `loop`") }
        return (rules.builtIn + own).first { PathPattern($0.0, ignoresCase: true).matches(path) }
    }

    private static func verb(_ file: ChangedFile, _ path: String) -> String {
        switch file.kind {
        case .added: "is added"
        case .deleted: "is deleted"
        case .modified: "is changed"
        case .mode: "gets another mode"
        case .type: "becomes another kind of file"
        case .renamed: path == file.path ? "is where another file was moved" : "is moved away"
        }
    }

    // MARK: Links

    private static func links(of file: ChangedFile, _ rules: FixRules) -> [FixRefusal] {
        guard let target = file.linkTarget else { return [] }
        guard let inside = resolved(target, from: file.path) else {
            return [FixRefusal(.link, file.path, "is a link out of the repository, to `\(target)`")]
        }
        // To a folder above what is denied as well: it opens a second way to it.
        let reached = ([inside] + rules.protectedFolders).first { path in
            (denial(of: path, rules) != nil || rules.testFolders.contains(path))
                && (path == inside || inside.isEmpty || path.hasPrefix(inside + "/"))
        }
        guard let reached else { return [] }
        return [FixRefusal(.link, file.path, "is a link to `\(target)`, which leads to `\(reached)`")]
    }

    /// Below the root; nil where it leaves it.
    static func resolved(_ target: String, from path: String) -> String? {
        guard !target.hasPrefix("/") else { return nil }
        var parts = path.split(separator: "/").dropLast().map(String.init)
        for part in target.split(separator: "/") {
            switch part {
            case ".": continue
            case "..":
                guard parts.popLast() != nil else { return nil }
            default: parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }

    private static func submodules(of file: ChangedFile) -> [FixRefusal] {
        guard file.isSubmodule else { return [] }
        return [FixRefusal(.submodule, file.path, "is a submodule: what is in it cannot be judged here")]
    }

    // MARK: Size

    private static func sizes(of change: TreeChange, _ rules: FixRules) -> [FixRefusal] {
        var refusals: [FixRefusal] = []
        if change.files.count > rules.maxFiles {
            refusals.append(
                FixRefusal(
                    .tooManyFiles, why: "\(change.files.count) files are changed, and at most \(rules.maxFiles) may be")
            )
        }
        if change.lines > rules.maxLines {
            refusals.append(
                FixRefusal(
                    .tooManyLines,
                    why:
                        "\(change.lines) lines are added or removed (80 bytes of a binary file count as one), and at most \(rules.maxLines) may be"
                ))
        }
        if change.isCut { refusals.append(FixRefusal(.unreadable, why: "more, or longer lines than can be judged")) }
        return refusals
    }

    // MARK: Lines

    private static func lines(in change: TreeChange) -> [FixRefusal] {
        // A line that was there and was moved is nobody's new one.
        var moved: [String: Int] = [:]
        for file in change.files {
            let path = file.oldPath ?? file.path
            // What was no program, in a document or a comment, cannot be one that moved.
            for line in file.removedLines where LineRules.isProgram(line.text.trimmingSpaces, in: path) {
                moved[line.text.trimmingSpaces, default: 0] += 1
            }
        }
        var refusals: [FixRefusal] = []
        for file in change.files {
            for line in file.addedLines {
                guard let found = LineRules.refusal(of: line.text, in: file.path, isNew: file.kind == .added)
                else { continue }
                let text = line.text.trimmingSpaces
                if let left = moved[text], left > 0 {
                    moved[text] = left - 1
                    continue
                }
                refusals.append(
                    FixRefusal(
                        found.rule, file.path, line: line.number, "\(found.why): \(String(text.prefix(120)))"))
            }
        }
        return refusals
    }

    private static func bounded(_ refusals: [FixRefusal]) -> [FixRefusal] {
        var told: [FixRefusal.Rule: Int] = [:]
        var kept = refusals.filter { refusal in
            told[refusal.rule, default: 0] += 1
            return told[refusal.rule, default: 0] <= toldOfOneRule
        }
        for (rule, count) in told.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where count > toldOfOneRule {
            kept.append(FixRefusal(rule, why: "and \(count - toldOfOneRule) more like these"))
        }
        return kept
    }
}

extension FixRules {
    var protectedFolders: [String] {
        ["\(configuration)/suites/x", "\(configuration)/index/x", ".git"] + (state.map { ["\($0)/x"] } ?? []) + runners
            + testFolders
    }
}
