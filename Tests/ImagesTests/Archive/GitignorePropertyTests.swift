import Testing
import Transport

@testable import Images

/// The same question to git itself: random patterns, and a tree of short names in which they often match.
struct GitignorePropertyTests {
    private static let names = ["a", "b", "ab", "a.b", "-", "a b", "]", "[a", "!a", "#a", "a\\", "*"]
    private static let pieces = [
        "a", "b", "ab", ".", "-", "*", "*", "**", "/", "/", "/", "?", "[ab]", "[!a]", "[^b]", "[a-b]", "[]a]", "[", "]",
        "\\", "\\*", "\\ ", " ", "!", "#", "[[:alpha:]]", "**/", "/**", "[a\\]]", "[", ":", "[:", "a-",
    ]

    private func pattern(_ random: inout SeededRandom) -> String {
        var text = Int.random(in: 0..<5, using: &random) == 0 ? "!" : ""
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            text += Self.pieces.randomElement(using: &random) ?? "a"
        }
        return text
    }

    @Test func `random patterns leave out what git leaves out`() async throws {
        guard ChildProcess.locate("git") != nil else {
            return print("skipped: git is not installed, so its reading of patterns cannot be compared")
        }
        let seed = SeededRandom.seed
        var random = SeededRandom(state: seed)
        let folder = try Folder()
        // Three levels of files and folders, all there, as git asks the disk what is a folder.
        var paths: [(path: String, isFolder: Bool)] = []
        let folders = ["", "a/", "b/", "a/b/", "a/a b/", "ab/", "ab/a/", "a.b/"]
        for parent in folders {
            if !parent.isEmpty { paths.append((String(parent.dropLast()), true)) }
            for name in Self.names where !folders.contains(parent + name + "/") {
                try folder.write(parent + name, "")
                paths.append((parent + name, false))
            }
        }
        _ = try await git(["init", "--quiet", "--template=", "."], in: folder.path)
        for round in 0..<150 {
            let patterns = (0..<Int.random(in: 1...4, using: &random)).map { _ in pattern(&random) }
            let text = patterns.joined(separator: "\n") + "\n"
            try folder.write(".gitignore", text)
            let input = paths.map(\.path).joined(separator: "\u{0}") + "\u{0}"
            let answer = try await git(
                ["-c", "core.excludesFile=/dev/null", "-c", "core.ignoreCase=false", "check-ignore", "--stdin", "-z"],
                in: folder.path, input: Array(input.utf8))
            let expected = Set(answer.split(separator: "\u{0}").map(String.init))
            let rules = GitignoreRules(parsing: Array(text.utf8))
            for (path, isFolder) in paths {
                let isOut = rules.leavesOutWithParents(Array(path.utf8), isFolder: isFolder)
                #expect(
                    isOut == expected.contains(path),
                    "STAGECTL_FUZZ_SEED=\(seed) round \(round): \(patterns) and \(path)\(isFolder ? "/" : "")")
            }
        }
    }

    private func git(_ arguments: [String], in folder: String, input: [UInt8] = []) async throws -> String {
        let result = try await ChildProcess.run(
            CommandLine(
                ["git"] + arguments, environment: ["GIT_CONFIG_NOSYSTEM": "1", "HOME": folder],
                workingDirectory: folder, input: input, deadline: .seconds(120)))
        // 1: nothing is left out.
        #expect(result.exitCode == 0 || result.exitCode == 1, "\(result.errorText)")
        return result.outputText
    }
}
