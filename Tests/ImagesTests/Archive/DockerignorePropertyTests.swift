import Testing
import Transport

@testable import Images

/// The same question to Docker itself: random patterns, a small tree, and what of it arrives in an image.
@Suite(.serialized) struct DockerignorePropertyTests {
    private static let rounds = 8
    private static let pieces = [
        "a", "b", "ab", ".md", "*", "*", "**", "/", "/", "?", "[ab]", "[^a]", "[a-b]", "\\*", "**/", "/**",
    ]
    private static let names = ["a", "b", "ab", "a.md", "b.md", "x*"]

    private func pattern(_ random: inout SeededRandom) -> String {
        var text = Int.random(in: 0..<4, using: &random) == 0 ? "!" : ""
        for _ in 0..<Int.random(in: 1...4, using: &random) { text += Self.pieces.randomElement(using: &random) ?? "a" }
        return text
    }

    @Test(.timeLimit(.minutes(5))) func `random patterns leave out what Docker leaves out`() async throws {
        guard Machine.hasDocker else {
            return print("skipped: docker does not answer, so its reading of patterns cannot be compared")
        }
        let seed = SeededRandom.seed
        var random = SeededRandom(state: seed)
        let folder = try Folder()
        var paths: [String] = []
        for parent in ["", "d/", "d/a/", "a b/", "ab.d/"] {
            for name in Self.names where parent + name + "/" != "d/a/" {
                try folder.write("context/" + parent + name, "x")
                paths.append(parent + name)
            }
        }
        // Outside of the context, so that no pattern can meet it.
        try folder.write("Dockerfile", "FROM scratch\nCOPY . /c/\n")
        for round in 0..<Self.rounds {
            var patterns: [String] = []
            repeat {
                patterns = (0..<Int.random(in: 1...3, using: &random)).map { _ in pattern(&random) }
            } while patterns.contains { ["", "!", "/"].contains($0) }
            try folder.write("context/.dockerignore", patterns.joined(separator: "\n") + "\n")
            guard let sent = try await context(folder) else { continue }
            let rules = DockerignoreRules(parsing: Array((patterns.joined(separator: "\n")).utf8))
            for path in paths {
                let isOut = rules.leavesOut(Array(path.utf8))
                let place = "STAGECTL_FUZZ_SEED=\(seed) round \(round): \(patterns) and \(path)"
                if isOut { #expect(!sent.contains(path), "Docker needs it: \(place)") }
                // Docker's older builder does not look into every folder for an exception, and what is odd is left in.
                if !rules.hasExceptions, !rules.patterns.contains(where: \.glob.isOdd), !isOut {
                    #expect(sent.contains(path), "Docker does not need it: \(place)")
                }
            }
        }
    }

    /// The files of the context as they are in an image; nil when Docker refuses to read the patterns, or nothing is
    /// left to copy.
    private func context(_ folder: Folder) async throws -> Set<String>? {
        let build = try await docker(["build", "-q", "-f", "\(folder.path)/Dockerfile", "\(folder.path)/context"])
        guard build.exitCode == 0 else { return nil }
        let image = build.outputText.filter { !$0.isWhitespace }
        let container = try await docker(["create", image, "none"]).outputText.filter { !$0.isWhitespace }
        let saved = "\(folder.path)/saved.tar"
        let export = try await docker(["export", "-o", saved, container])
        #expect(export.exitCode == 0, "\(export.errorText)")
        let list = try await ChildProcess.run(
            CommandLine(["tar", "tf", saved, "--quoting-style=literal"], deadline: .seconds(180)))
        _ = try await docker(["rm", "-f", container])
        _ = try await docker(["rmi", "-f", image])
        return Set(list.outputText.split(separator: "\n").filter { $0.hasPrefix("c/") }.map { String($0.dropFirst(2)) })
    }

    private func docker(_ arguments: [String]) async throws -> ProcessResult {
        try await ChildProcess.run(
            CommandLine(["docker"] + arguments, environment: ["DOCKER_BUILDKIT": "0"], deadline: .seconds(60)))
    }
}
