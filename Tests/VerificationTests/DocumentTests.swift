import JSON
import Testing
import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct DocumentTests {
    static func document() throws -> VerdictDocument {
        let suites = [
            Verification.Suite(name: "s", priority: .p3, owner: "o & co"), Verification.Suite(name: "t", priority: .p4),
        ]
        var results = CheckStatus.allCases.map { VerdictTests.result($0, "c.\($0.rawValue)") }
        results[1].summary = "a < b & \"c\"\u{0}\u{1B}[31m\u{FFFE} end"
        let run = SuiteRun(
            verdict: .decide(results, expecting: []), results: results, cleanup: [], notes: ["n"], redactor: Redactor())
        return VerdictDocument(run, suites: suites)
    }

    @Test func `the document has the fixed keys`() throws {
        let data = try JSONEncoder().encode(Self.document())
        let json = try JSONValue(parsing: data)
        #expect(json["schema"] == "stagectl.verdict/v1")
        #expect(json["result"] == "fail")
        #expect(json["counts"]?["total"] == 11)
        #expect(json["counts"]?.object?.count == 12)
        #expect(json["checks"]?[0]?["priority"] == "P3")
        #expect(json["checks"]?[0]?["evidence"]?["status"] == 200)
        #expect(json["suites"]?[0]?["counts"]?["total"] == 11)
        #expect(try JSONDecoder().decode(VerdictDocument.self, from: data) == Self.document())
    }

    @Test func `counts that do not add up are refused`() {
        let data = Data(#"{"passed":2,"total":3}"#.utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(VerdictCounts.self, from: data) }
    }

    @Test func `JUnit counts what its elements say and holds no illegal character`() throws {
        let xml = JUnitDocument.render(try Self.document())
        #expect(xml.contains(#"<testsuite name="s" tests="11" failures="2" errors="1" skipped="6" time="0.011">"#))
        #expect(xml.ranges(of: "<failure ").count == 2)
        #expect(xml.ranges(of: "<error ").count == 1)
        #expect(xml.ranges(of: "<skipped ").count == 6)
        #expect(xml.ranges(of: "<testcase ").count == 11)
        #expect(xml.contains("a &lt; b &amp; &quot;c&quot;[31m end"))
        #expect(xml.contains(#"value="o &amp; co""#))
        #expect(xml.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
    }

    @Test func `events are read as the standard says`() {
        let stream =
            ": comment\nevent: hello\ndata: a\ndata: b\n\ndata:c\r\n\r\nid: 7\nevent: only\n\ndata: unfinished\n"
        #expect(
            ServerSentEvent.parse(Array(stream.utf8)) == [
                ServerSentEvent(event: "hello", data: "a\nb"), ServerSentEvent(data: "c"),
            ])
    }

    @Test(arguments: [(0, "1970-01-01"), (951_782_400, "2000-02-29"), (1_790_000_000, "2026-09-21")])
    func `days are counted right`(_ seconds: Int, _ text: String) {
        let day = CalendarDay(secondsSince1970: seconds)
        #expect(day.description == text)
        #expect(CalendarDay(parsing: text) == day)
        #expect(day.dayNumber == seconds / 86_400)
    }

    @Test(arguments: [
        ("a*", "abc", true), ("*", "", true), ("a*c", "abbc", true), ("a*c", "abcd", false), ("a.b", "axb", false),
        ("*b*", "abc", true), ("", "", true), ("", "a", false),
    ])
    func `globs match whole texts`(_ pattern: String, _ text: String, _ matches: Bool) {
        #expect(Glob.matches(pattern, text) == matches)
    }

    @Test func `templates keep what is no reference`() throws {
        #expect(try template("a $5 $${x} ${vars.a}b").render(["vars.a": "1"]) == "a $5 ${x} 1b")
        #expect(throws: Template.Malformed.self) { try template("${") }
        #expect(throws: Template.Malformed.self) { try template("${a b}") }
        #expect(throws: Template.Unresolved(name: "x")) { try template("${x}").render([:]) }
    }
}
