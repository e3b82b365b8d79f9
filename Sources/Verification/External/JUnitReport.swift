/// JUnit XML as a runner wrote it, one file or several, with what it states about itself and what its elements say.
/// Read as a stream: nothing is kept but the cases.
package struct JUnitReport: Sendable {
    /// The counts that a `testsuite` or `testsuites` element states, and what they are.
    package struct Stated: Hashable, Sendable {
        package var suite: String
        /// `tests`, `failures`, `errors`, `skipped`, as far as they are there; nil for what is no number.
        package var counts: [String: Int?] = [:]
        /// Of all cases inside.
        package var counted = Counts()
        /// Of what stands directly inside, a suite as one: that is how Node.js counts.
        var direct = Counts()
        /// Of elements that say how a case ended: a case of pytest with subtests has several.
        var endings = Counts()
        /// A case of pytest that failed and whose teardown failed too stands there twice; older versions count one.
        var twice = 0
    }

    package struct Counts: Hashable, Sendable {
        private var numbers: (tests: Int, failures: Int, errors: Int, skipped: Int) = (0, 0, 0, 0)

        package subscript(_ key: String) -> Int {
            switch key {
            case "tests": numbers.tests
            case "failures": numbers.failures
            case "errors": numbers.errors
            default: numbers.skipped
            }
        }

        mutating func addTest() { numbers.tests += 1 }

        mutating func add(_ outcome: ExternalTest.Outcome) {
            switch outcome {
            case .failed: numbers.failures += 1
            case .error: numbers.errors += 1
            case .skipped: numbers.skipped += 1
            case .passed, .flaky: break
            }
        }

        package static func == (left: Counts, right: Counts) -> Bool { left.numbers == right.numbers }

        package func hash(into hasher: inout Hasher) {
            for number in [numbers.tests, numbers.failures, numbers.errors, numbers.skipped] { hasher.combine(number) }
        }
    }

    package private(set) var cases: [ExternalTest] = []
    /// Only of elements whose counts are not those of their cases, with `keepsAllCounts` of all.
    package private(set) var stated: [Stated] = []
    package private(set) var moments: [StatedMoment] = []
    package private(set) var problems: [String] = []
    var keepsAllCounts = false

    private var suites: [OpenSuite] = []
    private var current: OpenCase?
    private var text = ""
    private var textElement: String?
    private var isOfPytest = false

    package init() {}

    /// - Throws: ``MalformedXML`` for what is no complete report.
    package init(parsing bytes: [UInt8]) throws(MalformedXML) {
        keepsAllCounts = true
        try add(XMLEventReader(bytes))
    }

    private struct OpenSuite {
        var element: String
        var stated: Stated
        var seconds: Double?
    }

    private struct OpenCase {
        var test: ExternalTest
        var isDecided = false
        var retried: String?
        var isRetried = false
    }

    /// Adds one document.
    ///
    /// - Parameter take: what becomes of each case; without it they are kept.
    package mutating func add(
        _ document: consuming XMLEventReader, _ take: ((ExternalTest) -> Void)? = nil
    ) throws(MalformedXML) {
        var reader = document
        suites = []
        current = nil
        var sawRoot = false
        while let event = try reader.next() {
            switch event {
            case .start(let name, let attributes):
                if !sawRoot {
                    sawRoot = true
                    guard name == "testsuites" || name == "testsuite" else {
                        throw reader.malformed("the root is `\(name.prefix(40))`, no report of tests")
                    }
                    isOfPytest = attributes["name"] == "pytest tests"
                }
                start(name, attributes)
                reader.givesText = textElement != nil
            case .text(let piece):
                if textElement != nil, text.utf8.count < ExternalTest.longestMessage { text += piece }
            case .end(let name):
                end(name, take)
                reader.givesText = textElement != nil
                guard cases.count <= ExternalReport.mostTests else {
                    throw reader.malformed("there are more than \(ExternalReport.mostTests) cases")
                }
            }
        }
    }

    // MARK: - Elements

    private mutating func start(_ name: String, _ attributes: XMLAttributes) {
        if current != nil {
            ending(name, attributes)
        } else if name == "testcase" {
            var test = Self.test(attributes)
            test.startedAt = attributes["timestamp"].flatMap { note($0) }
            current = OpenCase(test: test)
            // GoogleTest lists what it did not run.
            if attributes["status"] == "notrun" || attributes["result"] == "suppressed" {
                current?.test.outcome = .skipped
                current?.test.message = "not run"
                current?.isDecided = true
            }
        } else if name == "testsuite" || name == "testsuites" {
            var suite = OpenSuite(
                element: name, stated: Stated(suite: attributes["name"] ?? name),
                seconds: attributes["time"].map(Self.seconds))
            for (key, others) in Self.countKeys {
                guard let value = ([key] + others).lazy.compactMap({ attributes[$0] }).first else { continue }
                suite.stated.counts[key] = .some(Int(value))
            }
            if let time = suite.seconds, !time.isFinite || time < 0 {
                object("`\(suite.stated.suite)` states a time that is no time")
            }
            if let timestamp = attributes["timestamp"] { _ = note(timestamp) }
            suites.append(suite)
        }
    }

    private static let countKeys: [(String, [String])] = [
        ("tests", []), ("failures", []), ("errors", []), ("skipped", ["skip", "skips"]),
    ]

    private mutating func note(_ timestamp: String) -> Double? {
        guard let moment = StatedMoment(parsing: timestamp) else { return nil }
        // The first and the last of them are enough to say when it was.
        if moments.count < 1000 { moments.append(moment) } else { moments[999] = moment }
        return moment.hasZone ? moment.seconds : nil
    }

    private static func test(_ attributes: XMLAttributes) -> ExternalTest {
        let name = attributes["name"] ?? ""
        let id = attributes["classname"].map { $0.isEmpty ? name : "\($0).\(name)" } ?? name
        return ExternalTest(id: id, outcome: .passed, seconds: attributes["time"].map(seconds))
    }

    /// Surefire writes thousands with a comma. NaN for what is no number.
    private static func seconds(_ text: String) -> Double {
        let plain = text.contains(",") ? text.filter { $0 != "," } : text
        guard plain.utf8.allSatisfy({ (0x30...0x39).contains($0) || ".-+eE".utf8.contains($0) }) else { return .nan }
        return Double(plain) ?? .nan
    }

    /// What stands inside of a case and says how it ended.
    private mutating func ending(_ name: String, _ attributes: XMLAttributes) {
        let outcome: ExternalTest.Outcome
        switch name {
        case "failure": outcome = .failed
        case "error": outcome = .error
        case "skipped": outcome = .skipped
        case "flakyFailure", "flakyError":
            if current?.isRetried == false {
                current?.isRetried = true
                current?.retried = attributes["message"]
            }
            return
        default: return
        }
        for index in suites.indices { suites[index].stated.endings.add(outcome) }
        // The worst decides, wherever it stands.
        guard let open = current, !open.isDecided || Self.rank(outcome) < Self.rank(open.test.outcome) else { return }
        current?.isDecided = true
        current?.test.outcome = outcome
        current?.test.message = attributes["message"]
        if attributes["message"] == nil {
            textElement = name
            text = ""
        }
    }

    private static func rank(_ outcome: ExternalTest.Outcome) -> Int {
        switch outcome {
        case .failed: 0
        case .error: 1
        case .skipped: 2
        case .flaky, .passed: 3
        }
    }

    private mutating func end(_ name: String, _ take: ((ExternalTest) -> Void)?) {
        if name == textElement {
            current?.test.message = text.isEmpty ? nil : text
            textElement = nil
        } else if name == "testcase", let open = current {
            current = nil
            var test = open.test
            if open.isRetried, !open.isDecided {
                test.outcome = .flaky
                test.message = open.retried
            }
            test.message = ExternalTest.short(test.message)
            count(test)
            if let take { take(test) } else { cases.append(test) }
        } else if current == nil, name == "testsuite" || name == "testsuites", let suite = suites.popLast() {
            close(suite)
        }
    }

    private var last: ExternalTest?

    private mutating func count(_ test: ExternalTest) {
        let isTwice = test.outcome == .error && last?.outcome == .failed && last?.id == test.id
        last = test
        for index in suites.indices {
            suites[index].stated.counted.addTest()
            suites[index].stated.counted.add(test.outcome)
            if isTwice { suites[index].stated.twice += 1 }
        }
        if let index = suites.indices.last {
            suites[index].stated.direct.addTest()
            suites[index].stated.direct.add(test.outcome)
        }
    }

    private mutating func close(_ suite: OpenSuite) {
        if let index = suites.indices.last {
            suites[index].stated.direct.addTest()
            for (key, outcome) in [
                ("failures", ExternalTest.Outcome.failed), ("errors", .error), ("skipped", .skipped),
            ]
            where suite.stated.counted[key] > 0 {
                suites[index].stated.direct.add(outcome)
            }
        }
        if keepsAllCounts { stated.append(suite.stated) }
        for key in suite.stated.counts.keys.sorted() {
            guard let value = suite.stated.counts[key] else { continue }
            let counted = suite.stated.counted[key]
            var possible = [counted, suite.stated.direct[key]]
            possible.append(key == "tests" ? counted - suite.stated.twice : suite.stated.endings[key])
            guard !possible.contains(where: { $0 == value }) else { continue }
            // pytest counts subtests that passed, and writes no element for them.
            if isOfPytest, key == "tests", let value, value > counted, counted > 0 { continue }
            let written = value.map(String.init) ?? "no number of"
            object("`\(suite.stated.suite.prefix(200))` states \(written) \(key), its cases are \(counted)")
        }
    }

    private mutating func object(_ problem: String) {
        if problems.count < ExternalReport.mostProblems { problems.append(problem) }
    }

    /// The cases and what is wrong with them, in the words of every format.
    package var report: ExternalReport {
        var report = ExternalReport(tests: Self.joined(cases), problems: problems)
        report.moments = moments
        return report
    }

    /// pytest writes a case that failed, and whose teardown failed too, twice in a row.
    private static func joined(_ cases: [ExternalTest]) -> [ExternalTest] {
        var tests: [ExternalTest] = []
        tests.reserveCapacity(cases.count)
        for test in cases {
            if test.outcome == .error, let last = tests.last, last.outcome == .failed, last.id == test.id { continue }
            tests.append(test)
        }
        return tests
    }
}
