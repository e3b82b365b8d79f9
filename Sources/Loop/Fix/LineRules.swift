/// What a line that a fix adds must not be. Lines are read as text: nobody here knows every language, and a line that
/// only looks like it can be written by a person.
enum LineRules {
    /// - Parameter isNew: of a file that was not there before.
    static func refusal(
        of text: String, in path: String, isNew: Bool = false
    ) -> (rule: FixRefusal.Rule, why: String)? {
        let line = text.trimmingSpaces
        let isTest = TestSource.isTest(path)
        if isTest, let found = constraints.first(where: { line.hasPrefix($0) }) {
            return (.skip, "`\(found)` takes tests out")
        }
        guard isProgram(line, in: path) else { return nil }
        if let found = sleep(in: line) { return (.sleep, "`\(found)` waits instead of mending") }
        if let found = ignored(in: line) { return (.failureIgnored, "`\(found)` hides failures") }
        if let found = skip(in: line, isTest: isTest) { return (.skip, "`\(found)` takes tests out") }
        guard isTest else { return nil }
        if let found = ending(of: line, isNew: isNew) { return (.skip, "`\(found)` ends tests early") }
        if !isNew, let found = caught(in: line) { return (.failureIgnored, "`\(found)` keeps failures of tests back") }
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
        if let call = sleepCalls.first(where: { hasCall($0, in: line) && !setsLimit($0, in: line) }) {
            return "\(call)("
        }
        // A shell's, or Ruby's: a word, then how long.
        let words = line.split { " \t;&|({\"'`".contains($0) }
        for (word, next) in zip(words, words.dropFirst()) where word == "sleep" || word.hasSuffix("/sleep") {
            if let first = next.first, first.isNumber || first == "$" || first == "." { return "sleep \(next)" }
        }
        return nil
    }

    /// A server's or a socket's own `setTimeout` says how long it may take (https://nodejs.org/api/http.html#serversettimeout),
    /// which is how a stream that is cut is mended; the global one waits.
    private static func setsLimit(_ name: String, in line: String) -> Bool {
        guard name == "setTimeout", !hasCall("setTimeout", in: line.replacing(".setTimeout", with: "")) else {
            return false
        }
        return !["window.", "globalThis.", "self.", "global.", "timers.", "promises."].contains {
            line.contains($0 + "setTimeout")
        }
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

    /// Conditions under which a compiler leaves out what follows.
    private static let constraints = [
        "//go:build", "// +build", "#if 0", "#if false", "if False:", "if 0:", "if (false)", "if (0)", "if false",
    ]

    private static let skipAnywhere = [
        "@skip", "@Skip", "@unittest.skip", "@pytest.mark.skip", "@pytest.mark.xfail", "pytest.skip(", "pytest.xfail(",
        "pytest.importorskip(", "xfail", "@Disabled", "@Ignore", "#[ignore", "t.Skip(", "t.Skipf(", "t.SkipNow(",
        "b.Skip(", "it.skip(", "test.skip(", "describe.skip(", "it.only(", "test.only(", "describe.only(", "it.todo(",
        "test.todo(", "test.fixme(", "test.fail(", "XCTSkip", "skipTest(", "raise SkipTest", "unittest.SkipTest",
        "[Ignore", "[Skip", "GTEST_SKIP", "@org.junit.Ignore", "collect_ignore", "markTestSkipped(",
        "pytest.mark.skip", "pytest_collection_modifyitems", "pytest_ignore_collect", "pytest_runtest_makereport",
        "expectedFailure", "__test__ =", "__test__=",
    ]
    private static let skipInTests = [
        ".skip(", ".only(", ".todo(", ".disabled(", "skipIf", "skipUnless", "skip=", "Skip =",
    ]
    private static let calledInTests = [
        "xit", "xtest", "xdescribe", "fit", "fdescribe", "fcontext", "xcontext", "pending", "skip",
    ]

    private static func skip(in line: String, isTest: Bool) -> String? {
        if let found = skipAnywhere.first(where: { line.contains($0) }) { return found }
        guard isTest else { return nil }
        return skipInTests.first { line.contains($0) } ?? calledInTests.first { hasCall($0, in: line) }
    }

    // MARK: Ends of tests

    private static let returns: Set<String> = [
        "return", "return;", "return None", "return nil", "return undefined;", "return true;",
    ]
    private static let exits = [
        "exit", "_exit", "Exit", "halt",
    ]

    /// A test that ends before its assertions passes.
    private static func ending(of line: String, isNew: Bool) -> String? {
        if !isNew, returns.contains(line) { return line }
        let words = line.split { " \t;".contains($0) }
        if words.first == "exit", words.count < 2 || words[1] == "0" { return "exit" }
        return exits.first { hasCall($0, in: line) }.map { "\($0)(" }
    }

    private static let catching = [
        "except", "catch", "rescue", "contextlib.suppress", "suppress(", "recover()", "or True", "retryTimes(",
        ".retries(",
        "reruns=", ".flaky", "|| true",
    ]

    private static func caught(in line: String) -> String? {
        catching.first { found in
            guard let range = line.firstRange(of: found) else { return false }
            let before = range.lowerBound > line.startIndex ? line[line.index(before: range.lowerBound)] : " "
            let after = range.upperBound < line.endIndex ? line[range.upperBound] : " "
            let isPartOfName = found.last?.isLetter == true && (after.isLetter || after.isNumber || after == "_")
            return !(before.isLetter || before == "_") && !isPartOfName
        }
    }

    // MARK: What is no program

    private static let documents = [".md", ".rst", ".txt", ".adoc", ".html", ".svg", ".csv"]

    static func isProgram(_ line: String, in path: String) -> Bool {
        !line.isEmpty && !isDocument(path) && !isComment(line, in: path)
    }

    private static func isDocument(_ path: String) -> Bool {
        let name = path.lowercased()
        return documents.contains { name.hasSuffix($0) } && !name.hasSuffix("requirements.txt")
            && !name.hasSuffix("cmakelists.txt")
    }

    /// Where `//` begins a comment, and `#` does not.
    private static let slashes: Set<String> = [
        "c", "h", "cc", "cpp", "cxx", "hh", "hpp", "m", "mm", "cs", "swift", "js", "mjs", "cjs", "jsx", "ts", "tsx",
        "java",
        "kt", "kts", "scala", "go", "rs", "dart", "groovy", "gradle", "proto", "vue", "svelte", "scss",
    ]
    /// Where it is the other way round, a name without an ending among them: `Makefile`, `Dockerfile`, scripts.
    private static let hashes: Set<String> = [
        "", "py", "pyi", "sh", "bash", "zsh", "ksh", "rb", "pl", "yaml", "yml", "toml", "mk", "r", "ex", "exs", "jl",
        "cfg",
        "conf", "env", "cmake", "feature",
    ]
    private static let dashes: Set<String> = ["sql", "lua", "hs", "elm", "adb", "ads", "vhd"]

    private static func isComment(_ line: String, in path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        let ending = name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
        if line.hasPrefix("#") { return !slashes.contains(ending) && !line.hasPrefix("#!") && !line.hasPrefix("#[") }
        if line.hasPrefix("//") { return !hashes.contains(ending) }
        if line.hasPrefix("* ") { return !hashes.contains(ending) }
        if line.hasPrefix("--") { return dashes.contains(ending) }
        return line.hasPrefix("<!--") && !hashes.contains(ending) && !slashes.contains(ending)
    }
}
