import JSON
import Testing

@Suite struct JSONWriterTests {
    @Test(arguments: [true, false])
    func `pieces are the whole`(pretty: Bool) {
        let value: JSONValue = ["a": [1, ["b": "x"], []], "c": ["d": .null, "e": [:]]]
        var writer = JSONWriter(pretty: pretty)
        var text = ""
        writer.object { writer in
            writer.member("a")
            writer.array { writer in
                writer.write(1)
                text += writer.take()
                writer.write(["b": "x"])
                #expect(writer.count > 0)
                text += writer.take()
                #expect(writer.count == 0)
                writer.array { _ in }
            }
            writer.member("c", ["d": .null, "e": [:]])
        }
        text += writer.take()
        #expect(text == value.serialized(pretty: pretty))
    }
}
