import Testing

@testable import Transport

@Suite struct ResponseHeadTests {
    private static func fields(_ lines: [String], maximumBytes: Int = 1000) -> [String] {
        var head = ResponseHead(maximumBytes: maximumBytes)
        for line in lines { _ = head.take(Array(line.utf8)) }
        return head.headers.fields.map { "\($0.name)=\($0.value)|" }
    }

    @Test(arguments: [
        ("a: b\r\n", "a=b|"), ("a:b\n", "a=b|"), ("A \t: \t b c \t \r\n", "A=b c|"), ("a:\r\n", "a=|"),
        ("a: b: c\r\n", "a=b: c|"), (": b\r\n", "=b|"), ("a: é\u{a0}\r\n", "a=é\u{a0}|"),
    ])
    func `white space around names and values is no part of them`(line: String, seen: String) {
        #expect(Self.fields([line]) == [seen])
    }

    @Test func `only the final answer counts, and folded lines go on`() {
        let lines = [
            "HTTP/1.1 103 Early Hints\r\n", "link: </x>\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", " folded into nothing\r\n",
            "a: one\r\n", "\t two \r\n", "no field at all\r\n", "b: 2\r\n", "\r\n",
        ]
        #expect(Self.fields(lines) == ["a=one two|", "b=2|"])
    }

    @Test func `bytes that are no UTF-8 are replaced`() {
        var head = ResponseHead(maximumBytes: 100)
        let isTaken = head.take([0x61, 0x3A, 0xFF, 0x0D, 0x0A])
        #expect(isTaken)
        #expect(head.headers["a"] == "\u{FFFD}")
    }

    @Test func `more than is allowed ends it`() {
        var head = ResponseHead(maximumBytes: 8)
        let areTaken = ["a: 1\r\n", "b: 2\r\n"].map { head.take(Array($0.utf8)) }
        #expect(areTaken == [true, false])
        #expect(head.isTooLarge)
        #expect(head.headers["b"] == nil)
    }
}
