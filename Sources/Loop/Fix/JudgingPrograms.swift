/// Programs that commands of a judge run, and what they read: whoever may change a Makefile decides what `make test` means.
enum JudgingPrograms {
    private static let python = ["sitecustomize.py", "usercustomize.py", "*.pth"]
    private static let pytest =
        python + [
            "pytest.ini", ".pytest.ini", "pytest.toml", "tox.ini", "tox.toml", "noxfile.py", "setup.cfg",
            "pyproject.toml", "conftest.py",
        ]
    private static let node = [
        "package.json", ".npmrc", ".yarnrc", ".yarnrc.yml", "jest.config.*", "jest.setup.*", "vitest.config.*",
        "playwright.config.*", "cypress.config.*", ".mocharc.*", "karma.conf.*", "deno.json", "deno.jsonc",
    ]
    private static let make = ["Makefile", "makefile", "GNUmakefile", "BSDmakefile", "*.mk"]
    private static let compose = ["compose.*", "docker-compose.*"]
    private static let gradle = [
        "build.gradle*", "settings.gradle*", "gradle.properties", "gradlew", "gradle-wrapper.*",
    ]
    private static let maven = ["pom.xml", "mvnw", ".mvn"]

    /// Names of files, in any folder and whether they are there or not: a new one may take precedence.
    private static let files: [String: [String]] = [
        "make": make, "gmake": make, "bmake": make,
        "npm": node, "yarn": node, "pnpm": node, "npx": node, "node": node, "bun": node, "bunx": node, "deno": node,
        "jest": node, "vitest": node, "mocha": node, "playwright": node, "cypress": node, "karma": node, "tsx": node,
        "python": python, "pytest": pytest, "py.test": pytest, "tox": pytest, "nox": pytest,
        "just": ["justfile", ".justfile", "*.just"], "task": ["Taskfile.*"], "rake": ["Rakefile", "*.rake"],
        "rspec": [".rspec", "spec_helper.rb", "rails_helper.rb"],
        "gradle": gradle, "gradlew": gradle, "mvn": maven, "mvnw": maven, "ant": ["build.xml"],
        "cargo": ["Cargo.toml", ".cargo"], "swift": ["Package.swift"], "ctest": ["CMakeLists.txt", "*.cmake"],
        "compose": compose, "docker-compose": compose, "phpunit": ["phpunit.xml*"], "composer": ["composer.json"],
        "pre-commit": [".pre-commit-config.yaml"],
    ]

    static func files(readBy program: String) -> [String] { files[program] ?? [] }

    /// They run the file that they are given.
    static let interpreters: Set<String> = [
        "sh", "bash", "dash", "zsh", "ksh", "ash", ".", "source", "include", "-include", "python", "node", "ruby",
        "perl",
        "php", "deno", "bun", "tsx", "ts-node", "bats", "expect",
    ]
    static let shells: Set<String> = ["sh", "bash", "dash", "zsh", "ksh", "ash"]

    /// They look at a file and run nothing of it: a command that seeks a word in a source, or compiles it, does not make
    /// that source a judge.
    static let readers: Set<String> = [
        "grep", "egrep", "fgrep", "rg", "test", "[", "[[", "ls", "wc", "stat", "echo", "printf",
        "touch", "mkdir", "rm", "shellcheck", "hadolint", "eslint", "prettier", "ruff", "black", "flake8", "mypy",
        "pylint",
        "py_compile", "compileall", "gofmt", "gcc", "cc", "clang", "tsc", "javac", "swiftc", "rustc",
    ]

    /// They run whatever is in the folder that they are given.
    static let folderRunners: Set<String> = ["run-parts", "bats", "prove"]

    /// What may stand before a command.
    private static let prefixes: Set<String> = [
        "then", "do", "else", "elif", "if", "while", "until", "!", "{", "exec", "env", "time", "sudo", "nice", "nohup",
        "command", "builtin", "timeout", "xargs", "run", "poetry", "uv", "pipenv", "bundle", "pdm", "hatch",
    ]

    /// A command without assignments and what else stands before it.
    static func command(_ words: [String]) -> ArraySlice<String> {
        words.drop { word in
            prefixes.contains(word) || word.hasPrefix("-") && word != "-include" || word.first?.isNumber == true
                || word.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*=.*/.dotMatchesNewlines()) != nil
        }
    }

    /// What a command runs; `python -m ruff` is `ruff`.
    static func program(of words: [String]) -> String {
        let command = command(words)
        // `ci/test` is the repository's own.
        if let own = command.first, own.contains("/"), !own.hasPrefix("/") { return own }
        let first = command.first.map(name) ?? ""
        guard first == "python", let flag = command.firstIndex(of: "-m"), flag + 1 < command.endIndex else {
            return first
        }
        return command[flag + 1]
    }

    /// It reads what it runs from a pipe.
    static func isFedShell(_ words: [String]) -> Bool {
        let command = command(words)
        guard let first = command.first, shells.contains(name(of: first)) else { return false }
        return command.dropFirst().allSatisfy { $0.hasPrefix("-") }
    }

    /// `/usr/bin/python3.12` is `python`.
    static func name(of word: String) -> String {
        let name = word.split(separator: "/").last.map(String.init) ?? word
        guard name.hasPrefix("python") || name.hasPrefix("pip") else { return name }
        return String(name.prefix { $0.isLetter })
    }
}
