import JSON
import Testing

@testable import Infrastructure

struct HCLTests {
    private let scope: [String: HCLValue] = [
        "var": HCLValue([
            "name": "lb", "n": 3, "hosts": ["a.example.com": ["service": "a"], "b.example.com": ["service": "b"]],
        ]),
        "local": HCLValue(["flag": true, "list": ["x", "y"]]),
    ]

    @Test(
        arguments: [
            (#""plain""#, JSONValue.string("plain")), (#""${var.name}-x""#, "lb-x"), (#""${var.n}""#, 3),
            ("var.n + 2 * 3", 9),
            ("(var.n + 2) * 3", 15), ("!local.flag", false), (#"local.flag ? "yes" : "no""#, "yes"),
            (#"var.hosts["a.example.com"].service"#, "a"), ("local.list[1]", "y"),
            ("keys(var.hosts)", ["a.example.com", "b.example.com"]),
            (#"[for h in keys(var.hosts) : replace(h, ".", "-")]"#, ["a-example-com", "b-example-com"]),
            (#"{ for h, v in var.hosts : v.service => h if v.service != "b" }"#, ["a": "a.example.com"]),
            ("values(var.hosts)[*].service", ["a", "b"]), ("var.hosts[*].service", ["a", "b"]),
            (#"merge({ a = 1 }, { "b" = 2, })"#, ["a": 1, "b": 2]), ("concat([1], [2, 3])", [1, 2, 3]),
            ("length(local.list) == 2 && var.n >= 3", true), (#"contains(local.list, "z")"#, false),
            (#"join(",", sort(["b", "a"]))"#, "a,b"), (#"lookup({ a = 1 }, "b", 7)"#, 7), ("-var.n", -3),
            (#""a\nb\u0041$${x}""#, "a\nbA${x}"), ("[\n1,\n2\n]", [1, 2]), ("toset([1, 1, 2])", [1, 2]),
            ("<<-EOT\n  one\n  EOT\n", "  one\n"), ("max(1, 5, 3)", 5), (#"trimsuffix("a.b", ".b")"#, "a"),
            (#"coalesce(null, "x")"#, "x"), ("7 % 4", 3), ("1e3", .number(1000)), ("null", .null),
        ] as [(String, JSONValue)])
    func `expressions come to values`(text: String, expected: JSONValue) throws {
        var evaluator = HCLEvaluator(scope: scope)
        #expect(evaluator.value(try HCLParser.expression(text)).json == expected)
    }

    @Test(arguments: [
        "google_x.y.id", #"file("x")"#, "var.missing", #""${google_x.y.name}-a""#, "1 / 0", "local.list[9]",
        "local.list[1e300]", #"[for x in data.a.b : x]"#, #"var.unknown ? 1 : 2"#, "concat([1]...)", "max()",
        #""%{ if true }x%{ endif }""#, #"element([], 1)"#, #"element([1], 1e300)"#, #"replace("a", "/a/", "b")"#,
    ])
    func `what cannot be told is unknown`(text: String) throws {
        var evaluator = HCLEvaluator(scope: scope)
        #expect(evaluator.value(try HCLParser.expression(text)) == .unknown)
    }

    @Test(arguments: [
        ("a = \"x", 1, 5), ("a = [1,", 1, 8), ("a b", 1, 4), ("a = 1 2", 1, 7), ("x {\n  a = }\n", 2, 7),
        ("a = ${x}", 1, 5), ("/* open", 1, 1), ("a = <<EOT\nx\n", 1, 5), ("}", 1, 1), ("a = \"${x\"", 1, 10),
    ])
    func `a mistake has its place`(text: String, line: Int, column: Int) {
        let error = #expect(throws: HCLMistake.self) { try HCLParser.file(text) }
        #expect(error?.position == HCLPosition(line: line, column: column), "\(String(describing: error))")
    }

    @Test func `blocks keep labels, comments are nothing, and lines end items`() throws {
        let body = try HCLParser.file(
            """
            # one
            resource "google_x" "y" { // two
              name = "n" /* three */
              nested {
                list = [
                  1, # four
                  2,
                ]
              }
            }
            locals { a = { b = 1
              c = 2 } }
            """)
        let resource = try #require(body.blocks("resource").first)
        #expect(resource.labels == ["google_x", "y"] && resource.position == HCLPosition(line: 2, column: 1))
        #expect(resource.body.blocks("nested").first?.body.attributes["list"] == .list([.literal(1), .literal(2)]))
        #expect(body.blocks("locals").count == 1)
    }

    /// Hostile files end in a mistake or a value, never in a trap, and in time in proportion to their size.
    @Test(arguments: [
        String(repeating: "[", count: 5000), String(repeating: "a {", count: 5000), String(repeating: "-", count: 5000),
        "a = " + String(repeating: "(", count: 5000), "a = \"" + String(repeating: "${\"", count: 2000),
        String(repeating: "!", count: 100_000), "a = " + String(repeating: "x.", count: 20_000) + "y",
        "a = " + String(repeating: "1 + ", count: 20_000) + "1", "\u{0}\u{FFFF}", "a = 0x", "a = 1e999999",
        String(repeating: "a = 1\n", count: 20_000), "a = [for x in [1] : ", "a = { for", "= = =", "\"a\" \"b\" {",
    ])
    func `hostile text does no harm`(text: String) {
        if let body = try? HCLParser.file(text) {
            var evaluator = HCLEvaluator(scope: [:])
            for expression in body.attributes.values { _ = evaluator.value(expression) }
        }
    }

    @Test func `loops in loops are bounded`() throws {
        let list = "[" + (0..<100).map(String.init).joined(separator: ",") + "]"
        let text = "[for a in \(list) : [for b in \(list) : [for c in \(list) : [for d in \(list) : d]]]]"
        var evaluator = HCLEvaluator(scope: [:])
        _ = evaluator.value(try HCLParser.expression(text))
    }
}
