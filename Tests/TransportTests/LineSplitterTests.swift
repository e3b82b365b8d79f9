import Testing

@testable import Transport

struct LineSplitterTests {
    @Test(arguments: [
        (["a\nb\n"], ["a", "b"]), (["a", "b\n", "c"], ["ab", "c"]), (["\n\n"], ["", ""]), ([""], []),
        (["a\r\nb"], ["a", "b"]),
    ])
    func `lines are whole wherever the bytes were cut`(chunks: [String], lines: [String]) {
        #expect(split(chunks.map { Array($0.utf8) }) == lines)
    }

    @Test func `a line without an end comes in pieces`() {
        let lines = split([[UInt8](repeating: 97, count: LineSplitter.longestLine * 2 + 1)])
        #expect(lines.map(\.utf8.count) == [LineSplitter.longestLine, LineSplitter.longestLine, 1])
    }

    private func split(_ chunks: [[UInt8]]) -> [String] {
        var (splitter, lines) = (LineSplitter(), [String]())
        for chunk in chunks { splitter.take(chunk) { lines.append($0) } }
        splitter.finish { lines.append($0) }
        return lines
    }
}
