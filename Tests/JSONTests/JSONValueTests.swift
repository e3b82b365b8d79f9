import JSON
import Testing

@Suite struct JSONValueTests {
    static let documents: [(String, JSONValue)] = [
        ("null", .null), ("true", .bool(true)), ("1", .integer(1)), ("-9223372036854775808", .integer(.min)),
        ("1.5", .number(1.5)), ("\"x\\u00e9\"", .string("xé")), ("[1,[]]", .array([.integer(1), .array([])])),
        ("{\"a\":{\"b\":null}}", .object(["a": .object(["b": .null])])),
    ]

    @Test(arguments: documents)
    func parses(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
        #expect(try JSONValue(parsing: value.serialized()) == value)
        #expect(try JSONValue(parsing: value.serialized(pretty: true)) == value)
    }

    @Test(arguments: ["", "{", "nul", "[1,]", "{\"a\":1,}", "\"", "1 2", "\u{0}", "'a'"])
    func refusesWhatIsNotJSON(text: String) {
        #expect(throws: JSONValue.ParseError.self) { try JSONValue(parsing: text) }
    }

    @Test func hostileDocumentsDoNotTrap() {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect(throws: JSONValue.ParseError.self) { try JSONValue(parsing: deep) }
        #expect(throws: JSONValue.ParseError.self) { try JSONValue(parsing: [0xFF, 0xFE, 0x00] as [UInt8]) }
    }

    @Test func numbersKeepTheirBitsAndAcceptGooglesStrings() throws {
        #expect(try JSONValue(parsing: "9007199254740993").integer == 9_007_199_254_740_993)
        #expect(JSONValue.string("42").integer == 42)
        #expect(JSONValue.number(3).integer == 3)
        #expect(JSONValue.number(3.5).integer == nil)
        #expect(JSONValue.number(.nan).integer == nil)
        #expect(JSONValue.number(1e300).integer == nil)
        #expect(JSONValue.integer(2).double == 2)
    }

    @Test func equalValuesHaveEqualText() {
        let one: JSONValue = ["b": 1, "a": "x/y"]
        let other: JSONValue = ["a": "x/y", "b": 1]
        #expect(one.serialized() == "{\"a\":\"x/y\",\"b\":1}")
        #expect(one.serialized() == other.serialized())
        #expect(JSONValue.number(.infinity).serialized() == "null")
    }

    @Test func membersAreReadAndWritten() {
        var value: JSONValue = ["a": [1, 2]]
        #expect(value["a"]?[1] == 2)
        #expect(value["a"]?[2] == nil)
        #expect(value["b"] == nil)
        value["b"] = true
        #expect(value["b"]?.bool == true)
        value["a"] = nil
        #expect(value.object?.keys.sorted() == ["b"])
        var text: JSONValue = "x"
        text["a"] = 1
        #expect(text == "x")
    }
}
