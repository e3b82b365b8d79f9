import JSON
import Testing
import Verification

struct JSONPathTests {
    /// The store of RFC 9535 section 1.5.
    static let store = """
        {"store":{"book":[
          {"category":"reference","author":"Nigel Rees","title":"Sayings of the Century","price":8.95},
          {"category":"fiction","author":"Evelyn Waugh","title":"Sword of Honour","price":12.99},
          {"category":"fiction","author":"Herman Melville","title":"Moby Dick","isbn":"0-553-21311-3","price":8.99},
          {"category":"fiction","author":"J. R. R. Tolkien","title":"The Lord of the Rings","isbn":"0-395-19395-8",
           "price":22.99}],
         "bicycle":{"color":"red","price":399}}}
        """

    @Test(arguments: [
        ("$.store.book[*].author", #"["Nigel Rees","Evelyn Waugh","Herman Melville","J. R. R. Tolkien"]"#),
        ("$..author", #"["Nigel Rees","Evelyn Waugh","Herman Melville","J. R. R. Tolkien"]"#),
        ("$.store.bicycle.color", #"["red"]"#),
        ("$.store['bicycle'][\"color\"]", #"["red"]"#),
        ("$..book[2].title", #"["Moby Dick"]"#),
        ("$..book[-1].title", #"["The Lord of the Rings"]"#),
        ("$..book[0,1].price", "[8.95,12.99]"),
        ("$..book[:2].price", "[8.95,12.99]"),
        ("$..book[::-2].price", "[22.99,12.99]"),
        ("$..book[1:3:1].price", "[12.99,8.99]"),
        ("$..book[?@.isbn].price", "[8.99,22.99]"),
        ("$..book[?@.price<10].price", "[8.95,8.99]"),
        ("$..book[?@.price<10 && !@.isbn].price", "[8.95]"),
        ("$..book[?(@.price > 20 || @.author == 'Nigel Rees')].price", "[8.95,22.99]"),
        ("$..book[?!(@.price >= 10)].price", "[8.95,8.99]"),
        ("$..book[?length(@.title) == 9].title", #"["Moby Dick"]"#),
        ("$..book[?count(@.*) > 4].price", "[8.99,22.99]"),
        ("$..book[?match(@.category, 'ref.*')].price", "[8.95]"),
        ("$..book[?search(@.author, 'R\\\\. R')].price", "[22.99]"),
        ("$.store.book[?@.price == $.store.book[0].price].price", "[8.95]"),
        ("$.missing", "[]"),
        ("$.store.book[9]", "[]"),
        ("$.store.book[::0]", "[]"),
    ])
    func `selects what the standard says`(_ source: String, _ expected: String) throws {
        let path = try JSONPath(parsing: source)
        #expect(try path.values(in: JSONValue(parsing: Self.store)) == JSONValue(parsing: expected).array)
    }

    @Test(arguments: [
        "", "store", "$.", "$..", "$[", "$[]", "$['a]", "$[01]", "$[-0]", "$[9007199254740992]", "$.a b", "$[?]",
        "$[?@.a==]", "$[?1]", "$[?@.*==1]", "$[?nope(@)]", "$[?length(@)]", "$[?count(1)>1]", "$[?match(@.a,'(')]",
        "$ ", "$[?@.a=1]", "$['\\x']", "$['\\ud800']", "$[1:2:3:4]", "$[?@.a==1 &&]",
    ])
    func `refuses what is no path`(_ source: String) {
        #expect(throws: JSONPathError.self) { try JSONPath(parsing: source) }
    }

    @Test func `bounds nesting and work`() throws {
        let deep = "$" + String(repeating: "[?(@", count: 200)
        #expect(throws: JSONPathError.self) { try JSONPath(parsing: deep) }
        let wide = JSONValue.array(Array(repeating: .array(Array(repeating: 1, count: 100)), count: 100))
        let path = try JSONPath(parsing: "$..*[?$..*]")
        #expect(throws: JSONPathError.self) { try path.values(in: wide) }
    }

    @Test func `text of any kind is read without a trap`() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("$@.[]()?*'\"\\:,-0123456789abu&|!=<> \u{1F600}")
        for _ in 0..<5000 {
            let length = Int.random(in: 0...20, using: &generator)
            let text = "$" + String((0..<length).compactMap { _ in alphabet.randomElement(using: &generator) })
            guard let path = try? JSONPath(parsing: text) else { continue }
            _ = try? path.values(in: [1, ["a": [2, "b"]], "c"])
        }
    }

    @Test func `numbers compare by value and other kinds never order`() {
        #expect(JSONComparison.holds(1, .equal, 1.0))
        #expect(!JSONComparison.holds("1", .less, 2))
        #expect(!JSONComparison.holds(true, .less, false))
        #expect(JSONComparison.holds(["a": [1.0]], .equal, ["a": [1]]))
        #expect(!JSONComparison.holds(nil, .less, 1))
    }
}
