/// A JUnit XML report as a runner wrote it, with what it states about itself and what its elements say.
package struct JUnitReport: Hashable, Sendable {
    package enum Outcome: String, Hashable, Sendable {
        case passed, failed, error, skipped
        /// Surefire's `flakyFailure`: passed after a retry.
        case flaky
    }

    package struct Case: Hashable, Sendable {
        package var id: String
        package var outcome: Outcome
        package var seconds: Double?
        package var message: String?
    }

    /// The counts that a `testsuite` or `testsuites` element states.
    package struct Stated: Hashable, Sendable {
        package var suite: String
        /// `tests`, `failures`, `errors`, `skipped`, as far as they are there; nil for what is no number.
        package var counts: [String: Int?]
        package var counted: [String: Int]
        /// As it is written; the format knows no time zone.
        package var timestamp: String?
    }

    package var cases: [Case]
    package var stated: [Stated]

    /// - Throws: ``MalformedXML`` for what is no complete report.
    package init(parsing bytes: [UInt8]) throws(MalformedXML) {
        let root = try XMLReader.read(bytes)
        guard root.name == "testsuites" || root.name == "testsuite" else {
            throw MalformedXML(reason: "the root is `\(root.name.prefix(40))`, no report of tests", offset: 0)
        }
        cases = []
        stated = []
        collect(root)
    }

    @discardableResult
    private mutating func collect(_ element: XMLElement) -> [Case] {
        var own: [Case] = []
        for child in element.children {
            switch child.name {
            case "testcase": own.append(Self.testcase(child))
            case "testsuite": continue
            default: continue
            }
        }
        cases += own
        for child in element.children("testsuite") { own += collect(child) }
        let keys = ["tests", "failures", "errors", "skipped"]
        let counts = keys.compactMap { key in element.attributes[key].map { (key, Int($0)) } }
        stated.append(
            Stated(
                suite: element.attributes["name"] ?? element.name, counts: Dictionary(uniqueKeysWithValues: counts),
                counted: [
                    "tests": own.count, "failures": own.count { $0.outcome == .failed },
                    "errors": own.count { $0.outcome == .error }, "skipped": own.count { $0.outcome == .skipped },
                ], timestamp: element.attributes["timestamp"]))
        return own
    }

    private static func testcase(_ element: XMLElement) -> Case {
        let name = element.attributes["name"] ?? ""
        let id = element.attributes["classname"].map { $0.isEmpty ? name : "\($0).\(name)" } ?? name
        let seconds = element.attributes["time"].map { Double($0) ?? .nan }
        for (child, outcome) in [("failure", Outcome.failed), ("error", .error), ("skipped", .skipped)] {
            guard let found = element.children(child).first else { continue }
            return Case(
                id: id, outcome: outcome, seconds: seconds, message: found.attributes["message"] ?? found.text)
        }
        let retried = element.children.first { ["flakyFailure", "flakyError"].contains($0.name) }
        return Case(
            id: id, outcome: retried == nil ? .passed : .flaky, seconds: seconds,
            message: retried?.attributes["message"])
    }
}
