import Loop
import Testing

/// What a fix must not touch, found by the words of the commands that judge it.
struct JudgingFilesTests {
    /// A repository as its files; a folder is there because something is in it.
    private static let tree: [String: String] = [
        "scripts/check.sh":
            "#!/bin/sh\nset -e\n. scripts/lib.sh\nsh \"$(dirname \"$0\")/more.sh\" # make\ncp app.py /tmp\n",
        "scripts/lib.sh": "say() { echo \"now make it\"; }\n", "scripts/more.sh": "exec python3 -m pytest -q\n",
        "scripts/unit.sh": "exit 1\n", "scripts/loop.sh": "for t in checks/*.sh; do sh \"$t\"; done\n",
        "scripts/run.py": "subprocess.run(['sh', 'scripts/unit.sh'])\n", "scripts/my check": "exit 1\n",
        "checks/a.sh": "",
        "ci/test": "#!/bin/sh\n[ -e ./local.env ] && . ./local.env\n", "checks/all.py": "", "app.py": "import os\n",
        "src/main.c": "", "tests/test_app.py": "",
        "tests/conftest.py": "", "backend/Makefile": "test:\n\t@sh tools/unit\n", "backend/tools/unit": "",
        "Makefile": "include rules.mk\ntest:\n\t@$(MAKE) -C backend\n\t-./scripts/unit.sh\n", "rules.mk": "",
        "package.json": #"{"scripts":{"test":"jest && node web/e2e.js"}}"#, "web/e2e.js": "", "web/app.js": "",
        "tools/check/__main__.py": "", "link.sh": "exit 1\n",
    ]

    private static func found(_ words: [String], in folders: [String] = [""]) -> JudgingFiles {
        JudgingFiles(
            of: [JudgingCommand(words, in: folders)],
            find: { path in
                if tree[path] != nil { return JudgingFile(target: path == "link.sh" ? "scripts/unit.sh" : nil) }
                return tree.keys.contains { $0.hasPrefix(path + "/") } ? JudgingFile(isFolder: true) : nil
            }, text: { tree[$0] })
    }

    @Test(
        arguments: [
            (["sh", "scripts/unit.sh"], "scripts/unit.sh"),
            (["/bin/sh", "-c", "exec sh scripts/unit.sh"], "scripts/unit.sh"),
            (["/bin/sh", "-c", "true&&sh scripts/unit.sh;echo done"], "scripts/unit.sh"),
            (["sh", "-c", "bash -c 'x=`scripts/unit.sh`'"], "scripts/unit.sh"),
            (["sh", "-c", "sh < scripts/unit.sh >/tmp/log"], "scripts/unit.sh"),
            (["sh", "-c", "cat scripts/unit.sh | sh"], "scripts/unit.sh"),
            (["sh", "-c", "cd scripts && ./unit.sh"], "scripts/unit.sh"),
            (["sh", "-c", "sh 'scripts/my check'"], "scripts/my check"),
            (["sh", "-c", "sh scripts/my\\ check"], "scripts/my check"),
            (["run", "--with=scripts/unit.sh", "./app_under_test"], "scripts/unit.sh"),
            (["python", "scripts/run.py"], "scripts/run.py scripts/unit.sh"),
            (["python3.12", "-m", "checks.all"], "checks/all.py checks/all/__init__.py checks/all/__main__.py"),
            (
                ["python", "-m", "pytest", "tests/test_app.py::test_a"],
                "pytest.py pytest/__init__.py pytest/__main__.py tests/test_app.py"
            ), (["ci/test"], "ci/local.env ci/test local.env"),
            (["python", "tools/check"], "tools/check/__main__.py"),
            // What a script runs or includes, in turn; not what it copies, and not what a comment says.
            (
                ["sh", "scripts/check.sh"],
                """
                pytest.py pytest/__init__.py pytest/__main__.py scripts/check.sh scripts/lib.sh scripts/more.sh \
                scripts/pytest.py scripts/pytest/__init__.py scripts/pytest/__main__.py
                """
            ),
            (["scripts/loop.sh"], "checks/*.sh scripts/loop.sh"),
            (["make", "test"], "Makefile rules.mk scripts/unit.sh"),
            (
                ["make", "-C", "backend"],
                "Makefile backend/Makefile backend/tools/unit rules.mk scripts/unit.sh"
            ),
            (
                ["sh", "-c", "cd backend; make -s"],
                "Makefile backend/Makefile backend/tools/unit rules.mk scripts/unit.sh"
            ),
            (["npm", "test"], "package.json web/e2e.js"),
            (["./link.sh"], "link.sh scripts/unit.sh"),
            (["sh", "-c", "sh -c \"$(cat scripts/unit.sh)\""], "scripts/unit.sh"),
            (["sh", "-c", "test \"$(scripts/unit.sh)\" = ok"], "scripts/unit.sh"),
            (["find", "checks", "-name", "*.sh", "-exec", "sh", "{}", ";"], "checks/*.sh"),
            (["docker", "run", "-v", ".:/w", "alpine", "sh", "/w/scripts/unit.sh"], "scripts/unit.sh"),
            (["bats", "checks"], "checks"), (["run-parts", "checks"], "checks"),
            // A source that a command only looks at or compiles, and words that are no files.
            (["sh", "-c", "! grep -q fault app.py && test -s src/main.c && gcc -c src/main.c"], ""),
            (["python", "-m", "py_compile", "app.py"], ""), (["eslint", "src/*.c"], ""), (["echo", "app.py"], ""),
            (["tool", "../outside", "${target.url}", "src", "."], ""),
        ] as [([String], String)])
    func `every word that names a file is protected, and what that file runs`(words: [String], files: String) {
        #expect(Self.found(words).files.sorted().joined(separator: " ") == files)
    }

    @Test func `words are looked up where the command runs, and at the root`() {
        #expect(Self.found(["./unit.sh"], in: ["scripts"]).files == ["scripts/unit.sh"])
        #expect(Self.found(["sh", "scripts/unit.sh"], in: ["backend"]).files == ["scripts/unit.sh"])
        #expect(Self.found(["tools/unit"], in: ["backend"]).files == ["backend/tools/unit"])
    }

    @Test func `a folder is protected where it is one of tests`() {
        #expect(Self.found(["python", "-m", "pytest", "tests"]).testFolders == ["tests"])
        #expect(Self.found(["pytest"], in: ["tests"]).testFolders == ["tests"])
        #expect(Self.found(["sh", "-c", "cd tests && pytest ."]).testFolders == ["tests"])
        #expect(Self.found(["pytest", "backend"]).testFolders.isEmpty)
    }

    @Test func `what the programs read is protected by its name, there or not`() {
        let table: [(words: [String], name: String, isProtected: Bool)] = [
            (["make", "test"], "GNUmakefile", true), (["sh", "-c", "cd x && make"], "*.mk", true),
            (["npm", "test"], "package.json", true), (["yarn"], "jest.config.*", true),
            (["python", "-m", "pytest"], "conftest.py", true), (["tox"], "pyproject.toml", true),
            (["/usr/bin/python3", "x.py"], "sitecustomize.py", true), (["python", "x.py"], "conftest.py", false),
            (["just"], "justfile", true), (["docker", "compose", "run", "tests"], "compose.*", true),
            (["task"], "Taskfile.*", true), (["rake"], "Rakefile", true),
            (["./gradlew", "test"], "build.gradle*", true), (["mvn", "verify"], "pom.xml", true),
            (["cargo", "test"], "Cargo.toml", true), (["go", "test", "./..."], "Makefile", false),
            (["curl", "https://example.com/make"], "Makefile", false),
            // By a script, by another Makefile; and not by what a text says.
            (["sh", "scripts/check.sh"], "pytest.ini", true), (["sh", "scripts/lib.sh"], "Makefile", false),
            (["sh", "scripts/check.sh"], "Makefile", false),
        ]
        for (words, name, isProtected) in table {
            #expect(Self.found(words).names.contains(name) == isProtected, "\(words) \(name)")
        }
    }

    @Test func `quotes without an end, and texts within texts within texts, end`() {
        #expect(Self.found(["sh", "-c", "sh 'scripts/unit.sh"]).files == ["scripts/unit.sh"])
        var text = "sh scripts/unit.sh"
        for _ in 0..<10 { text = "sh -c \"" + text + "\"" }
        _ = Self.found(["sh", "-c", text])
        _ = Self.found([String(repeating: "a/", count: 100_000)])
    }
}
