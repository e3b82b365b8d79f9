import Loop
import Testing

struct FixGuardTests {
    private static let rules = FixRules(
        allow: [], deny: ["infra/**", "*.pem"], maxFiles: 3, maxLines: 20, runners: ["tools/e2e", "scripts/unit"],
        programFiles: ["Makefile", "conftest.py"], testFolders: ["unit/tests"])

    private static func refused(_ files: ChangedFile..., rules: FixRules = rules) -> [String] {
        FixGuard.judge(TreeChange(files: files), rules: rules).refusals.map {
            "\($0.rule.rawValue) \($0.path ?? "-")" + ($0.line.map { ":\($0)" } ?? "")
        }
    }

    private static func source(_ lines: String..., path: String = "backend/app.py") -> ChangedFile {
        ChangedFile(
            path, .modified, added: lines.count, bytes: 100,
            addedLines: lines.enumerated().map { .init($0.offset + 10, $0.element) })
    }

    @Test(arguments: [
        "environments/suites/backend-smoke.yaml", "environments/suites/pytest/test_a.py", "Environments/Suites/x.yaml",
        "environments/index/sample.yaml", ".gitattributes", "backend/.gitignore", ".gitmodules",
        ".stagectl/runs.sqlite",
        "backend/.git/config", "tools/e2e/run.sh", "scripts/unit", "infra/main.tf", "certs/a.pem", "A.PEM",
        "Makefile", "backend/makefile", "conftest.py", "unit/tests/helpers.py", "unit/tests/conftest.py",
        ".github/workflows/ci.yaml",
        ".gitlab-ci.yml",
        "Jenkinsfile", ".circleci/config.yml", "ops/cloudbuild.yaml", "azure-pipelines.yml",
    ])
    func `what judges, and what is denied, is refused by its path`(path: String) {
        for kind in [ChangedFile.Kind.added, .modified, .mode] {
            #expect(Self.refused(ChangedFile(path, kind)).first == "deny \(path)", "\(kind)")
        }
        // A file that is moved there, and one that is moved away.
        #expect(Self.refused(ChangedFile(path, .renamed, oldPath: "backend/a")).contains("deny \(path)"))
        #expect(Self.refused(ChangedFile("backend/a", .renamed, oldPath: path)).contains("deny \(path)"))
    }

    @Test(arguments: [
        "backend/app.py", "environments/services.yaml", "environments/sample/Dockerfile", "environments/suitesnot/a",
        "src/environments/suites/a.yaml", "docs/sleep.md", "toolse2e", "infrastructure/a",
        "package.json", "rules.mk",
    ])
    func `everything else may be changed`(path: String) {
        #expect(Self.refused(ChangedFile(path, .modified)).isEmpty)
    }

    @Test func `where something is allowed the rest is not, and deny is stronger`() {
        var rules = Self.rules
        rules.allow = ["backend/**", "environments/services.yaml"]
        #expect(Self.refused(ChangedFile("backend/a/b.go", .modified), rules: rules).isEmpty)
        #expect(Self.refused(ChangedFile("environments/services.yaml", .modified), rules: rules).isEmpty)
        #expect(Self.refused(ChangedFile("frontend/a.js", .added), rules: rules) == ["allow frontend/a.js"])
        #expect(Self.refused(ChangedFile("Backend/a.js", .added), rules: rules) == ["allow Backend/a.js"])
        rules.allow = ["**"]
        #expect(
            Self.refused(ChangedFile("environments/suites/a.yaml", .added), rules: rules)
                == ["deny environments/suites/a.yaml"])
        let moved = ChangedFile("backend/a", .renamed, oldPath: "frontend/a")
        rules.allow = ["backend/**"]
        #expect(Self.refused(moved, rules: rules) == ["allow frontend/a"])
    }

    @Test func `links out of the tree, to what judges and to folders above that are refused`() {
        let table: [(path: String, target: String, isRefused: Bool)] = [
            ("backend/a", "b", false), ("backend/a", "../frontend/b", false), ("backend/a", "/etc/passwd", true),
            ("backend/a", "../../outside", true), ("a", "..", true),
            ("backend/a", "../environments/suites/x.yaml", true),
            ("backend/a", "../environments", true), ("backend/a", "..", true), ("a", "./backend/../.stagectl", true),
            ("a", "infra/main.tf", true), ("a", "", true), ("a", "ENVIRONMENTS/suites/x.yaml", true),
        ]
        for (path, target, isRefused) in table {
            let file = ChangedFile(path, .added, added: 1, linkTarget: target)
            #expect(Self.refused(file) == (isRefused ? ["link \(path)"] : []), "\(path) -> \(target)")
        }
    }

    @Test func `too much is refused, a binary file by its size`() {
        let many = (1...4).map { ChangedFile("a\($0)", .added, added: 1) }
        #expect(FixGuard.judge(TreeChange(files: many), rules: Self.rules).refusals.map(\.rule) == [.tooManyFiles])
        #expect(Self.refused(ChangedFile("a", .modified, added: 15, removed: 6)) == ["max-lines -"])
        #expect(Self.refused(ChangedFile("a.png", .added, isBinary: true, bytes: 1600)).isEmpty)
        #expect(Self.refused(ChangedFile("a.png", .added, isBinary: true, bytes: 1601)) == ["max-lines -"])
        let cut = TreeChange(files: [ChangedFile("a", .added)], isCut: true)
        #expect(FixGuard.judge(cut, rules: Self.rules).refusals.map(\.rule) == [.unreadable])
    }

    @Test func `submodules and repositories inside are refused`() {
        #expect(Self.refused(ChangedFile("lib", .modified, isSubmodule: true)) == ["submodule lib"])
        let change = TreeChange(nested: ["inner/"])
        #expect(FixGuard.judge(change, rules: Self.rules).refusals.map(\.rule) == [.nested])
    }

    @Test(arguments: [
        "time.sleep(5)", "sleep(1)", "    Thread.sleep(100);", "await asyncio.sleep(0.5)", "setTimeout(retry, 1000)",
        "globalThis.setTimeout(f, 1)", "server.setTimeout(1); setTimeout(f, 1)",
        "time.Sleep(2 * time.Second)", "std::this_thread::sleep_for(1s);", "tokio::time::sleep(d).await;", "usleep(50)",
        "sleep 5", "do_it && sleep 0.1", "RUN sleep 10", "command: [sh, -c, \"sleep $N; run\"]", "sleep (5)",
        "await Task.Delay(100);", "x = foo(time.sleep(1))", "/bin/sleep 3",
    ])
    func `a sleep is refused with its line`(line: String) {
        #expect(Self.refused(Self.source("x = 1", line)) == ["sleep backend/app.py:11"])
    }

    @Test(arguments: [
        "run.sh || true", "  continue-on-error: true", "allow_failure: true", "\"test\": \"jest --passWithNoTests\"",
        "if ok || true {", "set +e", "mvn -DskipTests package",
    ])
    func `failures that are not looked at are refused`(line: String) {
        #expect(Self.refused(Self.source(line)) == ["failure-ignored backend/app.py:10"])
    }

    @Test(arguments: [
        "@pytest.mark.skip(reason='later')", "@pytest.mark.xfail", "@unittest.skip('x')", "t.Skip(\"later\")",
        "it.skip('works', () => {", "describe.only('x', () => {", "@Disabled", "#[ignore]", "throw XCTSkip()",
        "@Test(.disabled(\"later\")) func x() {", "xit('works', () => {", "fdescribe('x', f)", "test.fixme()",
    ])
    func `marks that take tests out are refused`(line: String) {
        let found = Self.refused(Self.source(line, path: "backend/tests/test_app.py"))
        #expect(found == ["skip backend/tests/test_app.py:10"])
    }

    @Test(arguments: [
        "rows.iter().skip(1)", "# sleep(5) is not what we want", "asleep(5)", "sleepy = true",
        "unsleep()", "let delay = 5", "profit(3)", "a || truth", "sleep = settings.sleep", "the bears sleep well",
        "setTimeoutPolicy(x)", "server.setTimeout(120000);", "return", "sys.exit(1)", "except ValueError:",
    ])
    func `lines that only look alike are not`(line: String) {
        #expect(Self.refused(Self.source(line)).isEmpty)
    }

    @Test func `a line that was moved, or is in a document, is nobody's new sleep`() {
        var file = Self.source("    time.sleep(5)")
        file.removedLines = [.init(3, "time.sleep(5)")]
        #expect(Self.refused(file).isEmpty)
        file.addedLines.append(.init(20, "time.sleep(5)"))
        #expect(Self.refused(file) == ["sleep backend/app.py:20"])
        #expect(Self.refused(Self.source("time.sleep(5)", path: "docs/notes.md")).isEmpty)
    }

    @Test(arguments: [
        ("run.sh", "  --passWithNoTests", "failure-ignored"), ("build.sh", "--no-verify \\", "failure-ignored"),
        ("app.h", "#define PAUSE sleep(5)", "sleep"), ("app.c", "#if X && sleep(5)", "sleep"),
        ("app.js", "#wait = setTimeout(retry, 5)", "sleep"), ("rules.mk", "// sleep 5", "sleep"),
        ("run.sh", "--fast # a flag", nil), ("a.js", "// time.sleep(1)", nil), ("a.sql", "-- pg_sleep(1)", nil),
        ("a.go", "* sleep(5) is not what we want", nil), ("Dockerfile", "# RUN sleep 5", nil),
        ("README.md", "then sleep 5 and run it || true", nil),
    ])
    func `what a comment is depends on the language`(path: String, line: String, rule: String?) {
        #expect(Self.refused(Self.source(line, path: path)) == (rule.map { ["\($0) \(path):10"] } ?? []))
    }

    @Test func `a sleep that goes from a document or a comment makes no room for one in the source`() {
        for (path, text) in [("README.md", "time.sleep(5)"), ("a.py", "# time.sleep(5)")] {
            var other = ChangedFile(path, .modified, removed: 1, bytes: 50)
            other.removedLines = [.init(1, text)]
            let added = text.replacing("# ", with: "")
            #expect(Self.refused(other, Self.source(added)) == ["sleep backend/app.py:10"])
        }
    }

    // MARK: Tests

    private static let path = "backend/tests/test_app.py"

    private static func test(removed: [String] = [], added: [String] = [], at path: String = path) -> ChangedFile {
        ChangedFile(
            path, .modified, bytes: 100, addedLines: added.enumerated().map { .init($0.offset + 20, $0.element) },
            removedLines: removed.enumerated().map { .init($0.offset + 7, $0.element) })
    }

    @Test func `tests that are deleted, emptied or moved to where none is looked for are refused`() {
        let path = Self.path
        #expect(Self.refused(ChangedFile(path, .deleted)) == ["test-deleted \(path)"])
        #expect(Self.refused(ChangedFile("frontend/a.spec.ts", .deleted)) == ["test-deleted frontend/a.spec.ts"])
        #expect(Self.refused(ChangedFile("go/app_test.go", .modified, removed: 3)) == ["test-deleted go/app_test.go"])
        #expect(Self.refused(ChangedFile("backend/app.py", .deleted)).isEmpty)
        let moves: [(old: String, new: String, isTaken: Bool)] = [
            (path, "backend/tests/test_b.py", true), (path, "backend/tests/unit/test_app.py", true),
            (path, "backend/old.py", false), (path, "backend/tests/app_old.py", false),
            (path, "backend/tests/test_app.txt", false), (path, "backend/tests/test_app.py.orig", false),
            (path, "attic/tests/test_app.py", false), (path, "backend/tests/.old/test_app.py", false),
            (path, "backend/tests/node_modules/test_app.py", false), (path, "backend/tests/_test_app.py", false),
            ("web/a.spec.ts", "web/a.spec.tsx", false), ("web/a.spec.ts", "web/lib/b.spec.ts", true),
            ("web/a.spec.ts", "web/a.test.ts", false), ("go/a_test.go", "go/b_test.go", true),
            ("go/a_test.go", "go/a_windows_test.go", false), ("go/a_test.go", "go/testdata/a_test.go", false),
            ("tests/helpers.py", "tests/lib/helpers.py", true), ("tests/helpers.py", "helpers.py", false),
        ]
        for (old, new, isTaken) in moves {
            let found = Self.refused(ChangedFile(new, .renamed, oldPath: old))
            #expect(found == (isTaken ? [] : ["test-deleted \(old)"]), "\(old) -> \(new)")
        }
    }

    @Test(
        arguments: [
            (["assert 1 == 1"], ["assert True"]), (["assert app() == 2"], ["assert app() in (2, 3)"]),
            (["def test_one():"], ["def one():"]), (["def test_one():"], []), (["    200,"], ["    404,"]),
            (["EXPECTED = 200"], ["EXPECTED = 404"]), (["    (1, 2),"], []),
            (["assert app() == 1"], ["# assert app() == 1"]),
        ] as [([String], [String])])
    func `a line of a test that goes and does not come again is refused`(removed: [String], added: [String]) {
        #expect(Self.refused(Self.test(removed: removed, added: added)) == ["test-weakened \(Self.path):7"])
        // Trivial ones elsewhere are nothing for it, and neither is a file that nobody collects.
        let trivial = Self.test(added: ["assert True", "assert 1", "def test_z():"], at: "backend/tests/test_z.py")
        let notes = Self.test(added: removed, at: "backend/tests/notes.txt")
        let found = Self.refused(Self.test(removed: removed, added: added), trivial, notes)
        #expect(found == ["test-weakened \(Self.path):7"])
    }

    @Test func `what tests expect may stand in other files, and a test that nobody can read is none`() {
        let golden = Self.test(removed: ["\"status\": 200,"], added: ["\"status\": 500,"], at: "tests/golden/a.json")
        #expect(Self.refused(golden) == ["test-weakened tests/golden/a.json:7"])
        let api = Self.test(removed: ["title: one"], added: ["title: two"], at: "spec/openapi.yaml")
        #expect(Self.refused(api).isEmpty)
        #expect(
            Self.refused(ChangedFile(Self.path, .modified, isBinary: true, bytes: 9)) == ["test-weakened \(Self.path)"])
        #expect(Self.refused(ChangedFile("tests/data/a.png", .modified, isBinary: true, bytes: 9)).isEmpty)
    }

    @Test func `tests may be added and moved, with their assertions`() {
        let body = ["def test_one():", "    answer = app()", "    assert answer == 1"]
        let indented = body.map { "    " + $0 }
        #expect(Self.refused(Self.test(removed: body, added: indented)).isEmpty)
        #expect(Self.refused(Self.test(removed: body), Self.test(added: body, at: "backend/tests/test_b.py")).isEmpty)
        let added = Self.test(
            added: body + ["    return", "    try: app()", "    except ValueError: pass"], at: "unit/tests/test_b.py")
        var new = added
        new.kind = .added
        #expect(Self.refused(new).isEmpty)
        #expect(Self.refused(Self.test(removed: ["from app import a"], added: ["from app import a, b"] + body)).isEmpty)
        #expect(Self.refused(Self.test(removed: ["# says so", "", "    )"], added: ["# says this"])).isEmpty)
        #expect(Self.refused(Self.test(added: ["/**", " * says so", " */"], at: "web/a.test.js")).isEmpty)
        // Once more than it went is fine; less often is not.
        let twice = Self.test(removed: ["assert a", "assert a"], added: ["assert a"])
        #expect(Self.refused(twice) == ["test-weakened \(Self.path):8"])
    }

    @Test(arguments: [
        ("return", "skip"), ("    return;", "skip"), ("return None", "skip"), ("sys.exit(0)", "skip"),
        ("process.exit()", "skip"), ("os._exit(0)", "skip"), ("exit", "skip"), ("exit 0", "skip"),
        ("raise SkipTest", "skip"), ("pytest.skip('later')", "skip"), ("t.Skip()", "skip"),
        ("pytestmark = pytest.mark.skip", "skip"), ("__test__ = False", "skip"), ("//go:build ignore", "skip"),
        ("#if 0", "skip"), ("if False:", "skip"), ("except AssertionError:", "failure-ignored"),
        ("} catch (error) {", "failure-ignored"), ("with contextlib.suppress(Exception):", "failure-ignored"),
        ("jest.retryTimes(5)", "failure-ignored"), ("@pytest.mark.flaky(reruns=5)", "failure-ignored"),
    ])
    func `what lets a test that is there end early or fail unseen is refused`(line: String, rule: String) {
        #expect(Self.refused(Self.test(added: [line])) == ["\(rule) \(Self.path):20"])
    }

    @Test(arguments: [
        ("/*", "*/", "web/a.test.js"), ("\"\"\"", "\"\"\"", path), ("'''", "'''", path),
        ("<!--", "-->", "web/a.spec.html"),
    ])
    func `a comment around tests that are there takes them out`(open: String, close: String, path: String) {
        var file = Self.test(added: [open], at: path)
        file.addedLines.append(.init(40, close))
        #expect(Self.refused(file) == ["test-weakened \(path):20"])
        file.addedLines = (20...40).map { .init($0, $0 == 20 ? open : $0 == 40 ? close : "x") }
        #expect(Self.refused(file).isEmpty)
    }

    @Test func `hundreds of refusals of one kind are counted`() {
        let lines = (1...50).map { ChangedFile.Line($0, "sleep(\($0))") }
        var rules = Self.rules
        rules.maxLines = 1000
        let file = ChangedFile("a.py", .added, added: 50, addedLines: lines)
        let refusals = FixGuard.judge(TreeChange(files: [file]), rules: rules).refusals
        #expect(refusals.count == 21)
        #expect(refusals.last?.text == "and 30 more like these (sleep)")
    }
}
