import JSON

/// A command that judges a fix: of a check, before a release, or of a hook.
package struct JudgingCommand: Hashable, Sendable {
    package var words: [String]
    /// Below the repository's root, empty for that: where it may run.
    package var folders: [String]

    package init(_ words: [String], in folders: [String] = [""]) {
        self.words = words
        self.folders = folders
    }

    /// - Parameter folder: as it is written, relative to `root`; one that leaves the repository is none.
    package init(_ words: [String], in folder: String?, below root: String) {
        let own = folder.flatMap { FixGuard.resolved($0, from: root.isEmpty ? "x" : root + "/x") }
        self.init(words, in: [own, root].compactMap(\.self))
    }
}

/// What a repository has at a path.
package struct JudgingFile: Hashable, Sendable {
    package var isFolder: Bool
    /// Where a link leads to, below the root.
    package var target: String?

    package init(isFolder: Bool = false, target: String? = nil) {
        self.isFolder = isFolder
        self.target = target
    }
}

/// The files that commands run, found by their words: every word that is a file; what those files run or include in turn;
/// folders of tests; and what the programs read that the words name. Pure but for what it is told of the repository.
package struct JudgingFiles {
    /// Below the root.
    package private(set) var files: Set<String> = []
    package private(set) var testFolders: Set<String> = []
    /// Of files, in any folder, as globs.
    package private(set) var names: Set<String> = []

    /// More are no scripts of one judge; what is longer is no script.
    private static let mostScripts = 500

    private let find: (String) -> JudgingFile?
    private var waiting: [(path: String, folders: [String])] = []

    package init(
        of commands: [JudgingCommand], find: @escaping (String) -> JudgingFile?, text: (String) -> String?
    ) {
        self.find = find
        for command in commands { take(command) }
        var read = 0
        while let script = waiting.popLast(), read < Self.mostScripts {
            read += 1
            if let text = text(script.path) { take(script: text, at: script.path, in: script.folders) }
        }
    }

    // MARK: Commands

    private mutating func take(_ command: JudgingCommand) {
        let all = CommandText.nested(in: command.words)
        // `make -C backend`, `cd backend && ./check.sh`: a folder that is named is one to look in.
        var folders = command.folders + [""]
        for word in all.joined() {
            for path in CommandText.paths(in: word) {
                for base in command.folders + [""] {
                    if let full = Self.joined(path, to: base), !full.isEmpty, find(full)?.isFolder == true,
                        !folders.contains(full)
                    {
                        folders.append(full)
                    }
                }
            }
        }
        for folder in folders where TestSource.isTestFolder(folder) { testFolders.insert(folder) }
        let isFedToShell = all.contains(where: JudgingPrograms.isFedShell)
        for words in all {
            for word in words { takeProgram(word, folders) }
            if JudgingPrograms.readers.contains(JudgingPrograms.program(of: words)), !isFedToShell { continue }
            let runsFolders = JudgingPrograms.folderRunners.contains(JudgingPrograms.program(of: words))
            for (index, word) in words.enumerated() {
                // What is within a text of several words comes as commands of their own.
                let paths = word.contains(where: \.isWhitespace) ? [word] : CommandText.paths(in: word)
                for path in paths {
                    take(path, from: folders)
                    if runsFolders { files.formUnion(folders.compactMap { folder(path, in: $0) }) }
                }
                if index > 0, words[index - 1] == "-m" { take(module: word, from: folders) }
            }
        }
    }

    private func folder(_ path: String, in base: String) -> String? {
        Self.joined(path, to: base).flatMap { !$0.isEmpty && find($0)?.isFolder == true ? $0 : nil }
    }

    /// By their names, there or not; those that are there run more in turn.
    private mutating func takeProgram(_ word: String, _ folders: [String]) {
        guard !word.contains("://") else { return }
        let read = JudgingPrograms.files(readBy: JudgingPrograms.name(of: word))
        names.formUnion(read)
        for name in read where !name.contains("*") { take(name, from: folders) }
    }

    /// `python -m checks.all`. Python looks in the folder in which it runs before it looks anywhere else: a `pytest.py` that
    /// is made there is what `python -m pytest` runs.
    private mutating func take(module: String, from folders: [String]) {
        let path = module.split(separator: ".").joined(separator: "/")
        for name in [path + ".py", path + "/__main__.py", path + "/__init__.py"] { takeNamed(name, from: folders) }
    }

    /// What is run or included where it is there (`[ -e ./local.sh ] && . ./local.sh`): also while it is not.
    private mutating func takeNamed(_ word: String, from folders: [String]) {
        for path in CommandText.paths(in: word) { take(path, from: folders) }
        guard !word.hasPrefix("/"), !word.contains(where: { "$*?~ ".contains($0) }) else { return }
        let all = folders.compactMap { Self.joined(word, to: $0) }.filter { !$0.isEmpty }
        if all.allSatisfy({ find($0) == nil }) { files.formUnion(all) }
    }

    private mutating func take(_ path: String, from folders: [String]) {
        for folder in folders {
            guard let full = Self.joined(path, to: folder), !full.isEmpty else { continue }
            if full.contains(where: { "*?".contains($0) }) {
                takeGlob(full)
                continue
            }
            guard let found = find(full) else { continue }
            if found.isFolder {
                // `node tools/check`, `python tools/check`.
                for entry in ["index.js", "__main__.py"] where find(full + "/" + entry)?.isFolder == false {
                    protect(full + "/" + entry, folders)
                }
            } else {
                protect(full, folders)
                if let target = found.target { protect(target, folders) }
            }
        }
    }

    /// `for check in checks/*.sh`: of scripts and tests only, since a linter is given all of a source.
    private mutating func takeGlob(_ glob: String) {
        let base = glob.split(separator: "/").prefix { !$0.contains { "*?".contains($0) } }.joined(separator: "/")
        guard !base.isEmpty, find(base)?.isFolder == true else { return }
        let isOfScripts = [".sh", ".bash", ".bats"].contains { glob.hasSuffix($0) }
        if isOfScripts || TestSource.isTestFolder(base) { files.insert(glob) }
    }

    private mutating func protect(_ path: String, _ folders: [String]) {
        guard files.insert(path).inserted else { return }
        waiting.append((path, folders))
    }

    private static func joined(_ path: String, to folder: String) -> String? {
        FixGuard.resolved(path, from: folder.isEmpty ? "x" : folder + "/x")
    }

    // MARK: Scripts

    private mutating func take(script text: String, at path: String, in folders: [String]) {
        let own = path.split(separator: "/").dropLast().joined(separator: "/")
        let folders = [own] + folders
        let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if name == "package.json" {
            let scripts = (try? JSONValue(parsing: Array(text.utf8)))?["scripts"]?.object ?? [:]
            for script in scripts.values {
                for words in CommandText.commands(in: script.string ?? "") { takeRun(words, folders) }
            }
        } else if Self.isShell(text, name) {
            // A recipe's line may begin with `@`, `-` or `+`.
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
                $0.hasPrefix("\t") ? String($0.drop { "\t@-+ ".contains($0) }) : String($0)
            }
            for words in CommandText.commands(in: lines.joined(separator: "\n")) { takeRun(words, folders) }
        } else {
            // Another language's: what it names of shell scripts.
            let words = text.split { $0.isWhitespace || "\"'`(),[]".contains($0) }
            for word in words where word.hasSuffix(".sh") || word.hasSuffix(".bash") {
                take(String(word), from: folders)
            }
        }
    }

    private static func isShell(_ text: String, _ name: String) -> Bool {
        if text.hasPrefix("#!") { return text.prefix { !$0.isNewline }.contains("sh") }
        return !name.contains(".") || [".sh", ".bash", ".zsh", ".ksh", ".mk", ".bats"].contains { name.hasSuffix($0) }
    }

    /// One command of a script: what it runs or includes. A file that it merely names is not its part.
    private mutating func takeRun(_ all: [String], _ folders: [String]) {
        for words in CommandText.nested(in: all) {
            let command = JudgingPrograms.command(words)
            guard let first = command.first else { continue }
            let program = JudgingPrograms.name(of: first)
            takeProgram(program, folders)
            if program == "for" {
                for path in command.dropFirst().flatMap(CommandText.paths) { take(path, from: folders) }
            }
            if first.contains("/") { takeNamed(first, from: folders) }
            guard JudgingPrograms.interpreters.contains(program) || first == "." else { continue }
            let rest = command.dropFirst()
            guard let operand = rest.firstIndex(where: { !$0.hasPrefix("-") }) else { continue }
            if rest.startIndex < operand, rest[operand - 1] == "-m" {
                takeProgram(rest[operand], folders)
                take(module: rest[operand], from: folders)
            } else {
                takeNamed(rest[operand], from: folders)
            }
        }
    }
}
