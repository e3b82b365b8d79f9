import Foundation
import JSON
import Testing
import Verification

/// What implementations by others say about the same documents. The programs beside the files wrote them.
struct OracleTests {
    private static func cases(_ name: String) throws -> [JSONValue] {
        let file = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Oracles"))
        return try #require(try JSONValue(parsing: Data(contentsOf: file)).array)
    }

    @Test func `JSON paths select what jsonpath-rfc9535 selects`() throws {
        var count = 0
        for group in try Self.cases("jsonpath") {
            let document = try #require(group["document"])
            for item in try #require(group["cases"]?.array) {
                let source = try #require(item["path"]?.string)
                let wanted = item["values"]?.array
                let selected = try? JSONPath(parsing: source).values(in: document)
                count += 1
                #expect(
                    selected.map { .array($0) } == wanted.map { JSONValue.array($0) },
                    "\(source) of \(document.serialized())")
            }
        }
        #expect(count >= 1000)
    }

    @Test func `JSON schemas take and refuse what jsonschema takes and refuses`() throws {
        var count = 0
        for group in try Self.cases("jsonschema") {
            let document = try #require(group["schema"])
            let schema = try JSONSchema(document)
            for (name, isValid) in [("valid", true), ("invalid", false)] {
                for instance in try #require(group[name]?.array) {
                    count += 1
                    let problems = schema.problems(in: instance)
                    #expect(
                        problems.isEmpty == isValid,
                        "\(document.serialized()) and \(instance.serialized()): \(problems)")
                }
            }
        }
        #expect(count >= 1000)
    }
}
