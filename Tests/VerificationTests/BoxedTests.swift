import Foundation
import Testing

@testable import Verification

@Suite struct BoxedTests {
    private struct Inner: Codable, Hashable, Sendable {
        var number = 1
        var list = ["a"]
    }

    private struct Outer: Codable, Hashable, Sendable {
        @Boxed var always = Inner()
        @Rare var sometimes: Inner?
        @Rare var never: Inner?
    }

    @Test func `a boxed value is coded like the value itself, and a rare one that is not there not at all`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let inner = #"{"list":["a"],"number":1}"#
        for (value, text) in [
            (Outer(), #"{"always":\#(inner)}"#),
            (Outer(sometimes: Inner()), #"{"always":\#(inner),"sometimes":\#(inner)}"#),
        ] {
            let data = try encoder.encode(value)
            #expect(String(decoding: data, as: UTF8.self) == text)
            #expect(try JSONDecoder().decode(Outer.self, from: data) == value)
        }
        let withNull = Data(#"{"always":\#(inner),"sometimes":null}"#.utf8)
        #expect(try JSONDecoder().decode(Outer.self, from: withNull) == Outer())
    }

    @Test func `whoever changes a copy changes nobody else's`() {
        let first = Outer(sometimes: Inner())
        var second = first
        #expect(first == second && Set([first, second]).count == 1)
        second.always.list.append("b")
        second.sometimes?.number = 2
        #expect(first.always.list == ["a"] && first.sometimes?.number == 1)
        #expect(second.always.list == ["a", "b"] && second.sometimes?.number == 2)
        second.sometimes = nil
        #expect(first != second && first.sometimes != nil)
    }

    @Test func `the text of what holds a value shows it`() {
        #expect("\(Outer(sometimes: Inner(number: 7, list: ["hidden"])))".contains("hidden"))
        #expect("\(Outer(always: Inner(number: 7, list: ["hidden"])))".contains("hidden"))
    }

    @Test func `what holds large values is small`() {
        #expect(MemoryLayout<Boxed<Evidence>>.size == MemoryLayout<Int>.size)
        #expect(MemoryLayout<Rare<SampleEvidence>>.size == MemoryLayout<Int>.size)
        // Thousands of results are held at once.
        #expect(MemoryLayout<CheckResult>.stride <= 160)
    }

    @Test func `trace contexts are digits as W3C writes them`() {
        let contexts = (0..<100).map { _ in TraceContext.random() }
        for context in contexts {
            #expect(context.header.wholeMatch(of: /00-[0-9a-f]{32}-[0-9a-f]{16}-01/) != nil)
            #expect(context.traceID.contains { $0 != "0" } && context.spanID.contains { $0 != "0" })
        }
        #expect(Set(contexts.map(\.traceID)).count == 100)
    }
}
