/// What a line that a fix adds must not be. Lines are read as text: nobody here knows every language, and a line that
/// only looks like it can be written by a person.
enum LineRules {
    static func refusal(of text: String, in path: String) -> (rule: FixRefusal.Rule, why: String)? {
        guard !isDocument(path) else { return nil }
        let line = text.trimmingSpaces
        guard !line.isEmpty, !isComment(line) else { return nil }
        if let found = sleep(in: line) { return (.sleep, "`\(found)` waits instead of mending") }
        if let found = ignored(in: line) { return (.failureIgnored, "`\(found)` hides failures") }
        if let found = skip(in: line, isTest: TestSource.isTest(path)) { return (.skip, "`\(found)` takes tests out") }
        return nil
    }

    // MARK: Sleeps

    /// Called, by whatever module: the last word before the parenthesis.
    private static let sleepCalls = [
        "sleep", "usleep", "nanosleep", "sleep_for", "sleep_until", "sleepSync", "msleep", "setTimeout", "setInterval",
        "Sleep", "time.After", "Task.Delay", "Thread.yield", "waitForTimeout", "pg_sleep", "sleep_ms", "asyncio.sleep",
        "delay", "Delay", "SLEEP", "parkNanos", "sleepUninterruptibly",
    ]

    private static func sleep(in line: String) -> String? {
        if let call = sleepCalls.first(where: { hasCall($0, in: line) }) { return "\(call)(" }
        // A shell's, or Ruby's: a word, then how long.
        let words = line.split { " \t;&|({\"'`".contains($0) }
        for (word, next) in zip(words, words.dropFirst()) where word == "sleep" || word.hasSuffix("/sleep") {
            if let first = next.first, first.isNumber || first == "$" || first == "." { return "sleep \(next)" }
        }
        return nil
    }

    /// `name(` with nothing before it that would make it the end of another word.
    static func hasCall(_ name: String, in line: String) -> Bool {
        var rest = line[...]
        while let range = rest.firstRange(of: name) {
            let before = range.lowerBound > line.startIndex ? line[line.index(before: range.lowerBound)] : " "
            var after = line[range.upperBound...]
            while after.first == " " { after = after.dropFirst() }
            let isWord = before.isLetter || before.isNumber || before == "_"
            if !isWord, after.first == "(" { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }

    // MARK: Failures that nobody sees

    private static let ignoring = [
        "|| true", "||true", "|| :", "|| exit 0", "|| echo", "--passWithNoTests", "--no-verify", "-DskipTests",
        "-Dmaven.test.skip", "--exit-zero", "set +e",
    ]

    private static func ignored(in line: String) -> String? {
        if let found = ignoring.first(where: { line.contains($0) }) { return found }
        let compact = line.filter { $0 != " " && $0 != "\"" && $0 != "'" }
        for found in ["continue-on-error:true", "allow_failure:true", "ignore_errors:true", "ignore_errors:yes"]
        where compact.contains(found) {
            return found
        }
        return nil
    }

    // MARK: Skips

    private static let skipAnywhere = [
        "@skip", "@Skip", "@unittest.skip", "@pytest.mark.skip", "@pytest.mark.xfail", "pytest.skip(", "pytest.xfail(",
        "pytest.importorskip(", "xfail", "@Disabled", "@Ignore", "#[ignore", "t.Skip(", "t.Skipf(", "t.SkipNow(",
        "b.Skip(", "it.skip(", "test.skip(", "describe.skip(", "it.only(", "test.only(", "describe.only(", "it.todo(",
        "test.todo(", "test.fixme(", "test.fail(", "XCTSkip", "skipTest(", "raise SkipTest", "unittest.SkipTest",
        "[Ignore", "[Skip", "GTEST_SKIP", "@org.junit.Ignore", "collect_ignore", "markTestSkipped(",
    ]
    private static let skipInTests = [
        ".skip(", ".only(", ".todo(", ".disabled(", "skipIf", "skipUnless", "skip=", "Skip =",
    ]
    private static let calledInTests = [
        "xit", "xtest", "xdescribe", "fit", "fdescribe", "fcontext", "xcontext", "pending",
    ]

    private static func skip(in line: String, isTest: Bool) -> String? {
        if let found = skipAnywhere.first(where: { line.contains($0) }) { return found }
        guard isTest else { return nil }
        return skipInTests.first { line.contains($0) } ?? calledInTests.first { hasCall($0, in: line) }
    }

    // MARK: What is no program

    private static let documents = [".md", ".rst", ".txt", ".adoc", ".html", ".svg", ".csv"]

    private static func isDocument(_ path: String) -> Bool {
        let name = path.lowercased()
        return documents.contains { name.hasSuffix($0) } && !name.hasSuffix("requirements.txt")
            && !name.hasSuffix("cmakelists.txt")
    }

    static func isComment(_ line: String) -> Bool {
        if line.hasPrefix("#!") || line.hasPrefix("#[") || line.hasPrefix("#expect") || line.hasPrefix("#require") {
            return false
        }
        return ["#", "//", "--", "* ", "<!--"].contains { line.hasPrefix($0) }
    }
}
