import Foundation
import JSON
import Testing

/// Foundation's decoder and encoder as oracles of ours, except where RFC 8259 is stricter than the decoder.
@Suite struct FoundationOracleTests {
    private static func decoded(_ text: String) -> JSONValue? {
        try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }

    @Test(arguments: [
        "-0", "-0.0", "1.0", "1e3", "1E+2", "1e-2", "1e400", "-1e400", "12345678901234567890", "9223372036854775807",
        "9223372036854775808", "-9223372036854775809", "1e18", "1e19", "9007199254740993", "5e-324", "1e-400",
        "1.7976931348623157e308", "01", "-", "1.", "1.e2", ".5", "+1", "1e", "1e+", "NaN", "Infinity",
        "\"\\ud83d\\ude00\"", "\"\\ud800\"", "\"\\ud800x\"", "\"\\udc00\"", "\"\\ud800\\ud800\"", "\"\\u12\"", "\"\t\"",
        "\"\\x\"", "\"\u{7f}\"", "\"\\/\\b\\f\\n\\r\\t\\\"\\\\\"", "\"\\u0000\"", "\"a", "\"a\\", "{\"a\":1,\"a\":2}",
        "{\"\\u0061\":1,\"a\":2}", "{\"\":{}}", "{a:1}", "{\"a\"}", "{\"a\":}", "[1 2]", "[1]]", "[,1]", " [ ] ", "tru",
        "truex", "\u{feff}1", "/*c*/1", "[1,\n2]", "\u{0b}1",
    ])
    func `reads what Foundation reads`(text: String) {
        #expect((try? JSONValue(parsing: text)) == Self.decoded(text))
    }

    @Test func `reads what Foundation reads of anything`() {
        let alphabet = Array("{}[]:,\"\\u0123456789eE+-.truefalsn \n\u{e9}\u{1}dD8cC".utf8)
        var generator = SeededGenerator(state: 466)
        for _ in 0..<20_000 {
            let length = Int.random(in: 1...12, using: &generator)
            let bytes = (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            let text = String(decoding: bytes, as: UTF8.self)
            // The decoder takes a comma before a closing bracket.
            guard text.replacing(/\s/, with: "").firstMatch(of: /,[\]}]/) == nil else { continue }
            let oracle = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
            #expect((try? JSONValue(parsing: bytes)) == oracle, "\(text.debugDescription)")
        }
    }

    static let values: [JSONValue] = [
        .number(1e300), .number(1e16), .number(0.1), .number(-0.0), .number(.leastNonzeroMagnitude),
        .number(123456.789), .number(1e-7),
        .string("\u{0}\u{1}\u{1f}\u{7f}\u{80}\u{2028}/\\\"\n\t\r\u{8}\u{c}é😀"), [], [:], [[]], ["a": [:]],
        ["b": 1, "B": 2, "a10": 3, "a9": 4, "é": 5, "_": 6, "Z": 1, "z": 2, "a b": 1, "\u{1F600}": 1, "\u{ff21}": 2],
        ["k": [1, true, .null, "x", ["z": 1, "a": []]]],
    ]

    @Test(arguments: values)
    func `writes what Foundation writes`(value: JSONValue) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        #expect(value.serialized() == String(decoding: try encoder.encode(value), as: UTF8.self))
        encoder.outputFormatting.insert(.prettyPrinted)
        #expect(value.serialized(pretty: true) == String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    @Test func `encodes what Foundation encodes`() throws {
        let samples = [
            Sample(), Sample(whole: 3, list: [], choice: .two("q", 2), open: ["a": [1, .null]]),
            Sample(map: [:], choice: .none, nested: .init(text: "x")),
        ]
        let encoder = JSONEncoder()
        for sample in samples {
            let oracle = try JSONDecoder().decode(JSONValue.self, from: encoder.encode(sample))
            #expect(try JSONValue(encoding: sample) == oracle)
        }
        #expect(try JSONValue(encoding: [Int]()) == [])
        #expect(try JSONValue(encoding: "text") == "text")
        #expect(try JSONValue(encoding: Int?.none) == .null)
    }

    /// Everything that an encodable value may do to its encoder.
    private struct Sample: Encodable {
        enum Choice: Encodable { case one(Int), two(String, Double), none }
        enum Name: String, Codable { case first }

        struct Nested: Encodable {
            var text = "t"

            enum Keys: String, CodingKey { case inner, list, text }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: Keys.self)
                var inner = container.nestedContainer(keyedBy: Keys.self, forKey: .inner)
                try inner.encode(text, forKey: .text)
                try inner.encodeNil(forKey: .list)
                var list = container.nestedUnkeyedContainer(forKey: .list)
                try list.encode(1)
                try list.encodeNil()
                var element = list.nestedContainer(keyedBy: Keys.self)
                try element.encode(true, forKey: .inner)
                var lists = list.nestedUnkeyedContainer()
                try lists.encode(text)
                try text.encode(to: list.superEncoder())
                try text.encode(to: container.superEncoder(forKey: .text))
            }
        }

        var whole: Int?
        var fraction = 0.218
        var wholeFraction = 2.0
        var flag = false
        var single: Float = 0.5
        var small: Int8 = -3
        var large = UInt64.max
        var map = ["x": 1]
        var byName: [Name: [Int]] = [.first: [1, 2]]
        var list = ["a", "b"]
        var choice = Choice.one(1)
        var nested = Nested()
        var open: JSONValue = ["b": 1.5]
    }
}

/// SplitMix64, so that a failure comes again.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
