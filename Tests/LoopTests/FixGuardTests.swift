import Loop
import Testing

struct FixGuardTests {
    private static let rules = FixRules(
        allow: [], deny: ["infra/**", "*.pem"], maxFiles: 3, maxLines: 20, runners: ["tools/e2e", "scripts/unit"])

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
        "src/environments/suites/a.yaml", "docs/sleep.md", "toolse2e", ".github/workflows/ci.yaml", "infrastructure/a",
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
        "rows.iter().skip(1)", "# sleep(5) is not what we want", "// time.sleep(1)", "asleep(5)", "sleepy = true",
        "unsleep()", "let delay = 5", "profit(3)", "a || truth", "sleep = settings.sleep", "the bears sleep well",
        "setTimeoutPolicy(x)",
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

    @Test func `tests that are deleted, emptied, moved away or made fewer are refused`() {
        let path = "backend/tests/test_app.py"
        #expect(Self.refused(ChangedFile(path, .deleted)) == ["test-deleted \(path)"])
        #expect(Self.refused(ChangedFile("frontend/a.spec.ts", .deleted)) == ["test-deleted frontend/a.spec.ts"])
        #expect(Self.refused(ChangedFile("go/app_test.go", .modified, removed: 3)) == ["test-deleted go/app_test.go"])
        #expect(Self.refused(ChangedFile("backend/old.py", .renamed, oldPath: path)) == ["test-deleted \(path)"])
        #expect(Self.refused(ChangedFile("backend/tests/test_b.py", .renamed, oldPath: path)).isEmpty)
        #expect(Self.refused(ChangedFile("backend/app.py", .deleted)).isEmpty)
        var fewer = ChangedFile(path, .modified, removed: 2, bytes: 50)
        fewer.removedLines = [.init(7, "def test_one():"), .init(8, "    assert app() == 1")]
        #expect(Self.refused(fewer) == ["test-weakened \(path):7", "test-weakened \(path):8"])
        // One that takes its place, in another file as well.
        var more = ChangedFile("backend/tests/test_new.py", .added, bytes: 50)
        more.addedLines = [.init(1, "async def test_one():"), .init(2, "    assert await app() == 1")]
        #expect(Self.refused(fewer, more).isEmpty)
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
