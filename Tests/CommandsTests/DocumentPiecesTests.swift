import JSON
import Testing

@testable import Commands

@Suite struct DocumentPiecesTests {
    @Test(arguments: [true, false])
    func `pieces are the whole document`(pretty: Bool) {
        let elements = (0..<5000).map { JSONValue.object(["id": .string("check-\($0)"), "n": .integer(Int64($0))]) }
        var result = CommandResult(["schema": "s", "checks": .null, "rule": "x"], text: "")
        result.lists = ["checks": JSONList(elements) { $0 }, "another": JSONList([Int]()) { .integer(Int64($0)) }]
        var pieces: [String] = []
        result.writeDocument(pretty: pretty) { pieces.append($0) }
        let whole: JSONValue = ["schema": "s", "checks": .array(elements), "rule": "x", "another": []]
        #expect(pieces.joined() == whole.serialized(pretty: pretty))
        #expect(pieces.count > 2)
        // Nobody who looks for a secret in a piece finds half of it.
        #expect(pieces.dropLast().allSatisfy { $0.hasSuffix("}") })
    }

    @Test func `a document without lists is one piece`() {
        var pieces: [String] = []
        CommandResult(["a": 1], text: "").writeDocument(pretty: false) { pieces.append($0) }
        #expect(pieces == ["{\"a\":1}"])
    }
}
