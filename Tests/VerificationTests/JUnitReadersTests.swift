import Foundation
import JSON
import Testing
import Verification

/// What others read in the JUnit report: libxml2 against the schema, PyPI's junitparser, and our own reader.
struct JUnitReadersTests {
    static let xmllint = ["/usr/bin/xmllint", "/usr/local/bin/xmllint"].first(
        where: FileManager.default.isExecutableFile)
    static let python = ProcessInfo.processInfo.environment["STAGECTL_PYTHON"].flatMap {
        (try? run($0, ["-c", "import junitparser"]))?.status == 0 ? $0 : nil
    }

    /// Every status, and names and messages that try to leave their place.
    static func hostileDocument() -> VerdictDocument {
        let texts = [
            "plain", "]]>", "<!-- --", "</testcase>", "&amp;lt;&#0;", "\"' onerror=\"",
            "\u{0}\u{8}\u{B}\u{1F}\u{7F}\u{85}",
            "\u{1B}[31mred\u{1B}[0m", "line\nline\r\nline\tend", "\u{FFFE}\u{FFFF}\u{FEFF}", "\u{202E}gnol\u{1F600}é",
            "<![CDATA[x]]>", "%s %n ${jndi:ldap://x}", String(repeating: "long ", count: 100_000), "", "  spaces  ",
        ]
        let suites = texts.prefix(4).map { Verification.Suite(name: "s \($0)", priority: .p3, owner: $0) }
        var results: [CheckResult] = []
        for (number, text) in texts.enumerated() {
            for status in CheckStatus.allCases {
                var result = VerdictTests.result(
                    status, "c\(number).\(status.rawValue).\(text.prefix(200))", suite: suites[number % 4].name)
                result.summary = text
                result.cause = text
                result.fix = text
                if status == .flaky {
                    result.evidence.attempts = [
                        .init(status: 500, milliseconds: 1, problem: text), .init(status: 200, milliseconds: 1),
                    ]
                }
                results.append(result)
            }
        }
        return VerdictDocument(
            SuiteRun(verdict: .decide(results, expecting: []), results: results), suites: Array(suites))
    }

    @Test(.enabled(if: xmllint != nil, "xmllint is not installed: scripts/install-tools --tests"))
    func `xmllint finds the report valid, whatever names and messages hold`() throws {
        let schema = try #require(Bundle.module.url(forResource: "junit", withExtension: "xsd", subdirectory: "JUnit"))
        for document in [Self.hostileDocument(), try DocumentTests.document()] {
            try Self.withFile(JUnitDocument.render(document)) { path in
                let checked = try Self.run(
                    try #require(Self.xmllint), ["--noout", "--nonet", "--schema", schema.path, path])
                #expect(checked.status == 0, "\(checked.output.suffix(2000))")
            }
        }
    }

    @Test(.enabled(if: python != nil, "junitparser is not installed: scripts/test installs it"))
    func `junitparser reads what was meant, and the same again after it wrote it`() throws {
        let script = try #require(
            Bundle.module.url(forResource: "roundtrip", withExtension: "py", subdirectory: "JUnit"))
        let document = Self.hostileDocument()
        let answer = try Self.withFile(JUnitDocument.render(document)) { path in
            try Self.run(try #require(Self.python), [script.path, path])
        }
        #expect(answer.status == 0, "\(answer.output.suffix(2000))")
        let json = try JSONValue(parsing: Data(answer.output.utf8))
        #expect(json["read"] == json["counted"])
        #expect(json["read"] == json["again"])
        let suites = try #require(json["read"]?.array)
        #expect(suites.count == document.suites.count)
        let cases = suites.flatMap { $0["cases"]?.array ?? [] }
        #expect(cases.count == document.checks.count)
        let bad = cases.count { ["Failure", "Error"].contains($0["outcomes"]?[0]?[0]?.string) }
        let counts = document.counts
        #expect(bad == counts[.failed] + counts[.xpass] + counts[.error])
        #expect(
            cases.count { $0["outcomes"]?[0]?[0] == "Skipped" } == document.counts.total - bad - counts[.passed]
                - counts[.flaky])
    }

    @Test func `our own reader finds every case of it, and counts that are right`() throws {
        let document = Self.hostileDocument()
        let report = try JUnitReport(parsing: Array(JUnitDocument.render(document).utf8))
        #expect(report.cases.count == document.checks.count)
        #expect(report.cases.count { $0.outcome == .flaky } == document.counts[.flaky])
        for stated in report.stated {
            for (key, value) in stated.counts { #expect(value == stated.counted[key], "\(stated.suite) \(key)") }
        }
    }

    @Test(arguments: [
        "", "x", "<", "<a", "<a>", "<a></b>", "<a b>", "<a b=c/>", "<a b='1' b='2'/>", "<a/><b/>", "<a>&x;</a>",
        "<a>&#0",
        "<a>&#xD800;</a>", "<!DOCTYPE a><a/>", "<a><![CDATA[", "<a><!--", "<?xml", "<a>&", "</a>", "< a/>",
        String(repeating: "<a>", count: 100_000),
    ])
    func `what is no XML is refused and traps nothing`(_ text: String) {
        for size in [1, 3, 4096] {
            #expect(throws: MalformedXML.self) { try Self.readAll(Array(text.utf8), inPiecesOf: size) }
        }
    }

    @Test func `a report that was cut anywhere is no report`() throws {
        let bytes = Array(JUnitDocument.render(try DocumentTests.document()).utf8)
        let end = try #require(bytes.lastIndex(of: UInt8(ascii: ">")))
        for length in 0..<end {
            #expect(throws: MalformedXML.self) { try JUnitReport(parsing: Array(bytes[..<length])) }
        }
    }

    static func readAll(_ bytes: [UInt8], inPiecesOf size: Int) throws -> [XMLEvent] {
        var rest = bytes[...]
        var reader = XMLEventReader {
            defer { rest = rest.dropFirst(size) }
            return Array(rest.prefix(size))
        }
        reader.givesText = true
        var events: [XMLEvent] = []
        while let event = try reader.next() { events.append(event) }
        return events
    }

    // MARK: - Programs

    private static func withFile<Value>(_ text: String, _ body: (String) throws -> Value) throws -> Value {
        let url = FileManager.default.temporaryDirectory.appending(path: "junit-\(UUID().uuidString).xml")
        try Data(text.utf8).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(url.path)
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
