import Configuration
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite struct ConfigurationReaderTests {
    private func read(_ text: String) -> Result<ConfigurationDocument, Findings> {
        ConfigurationReader.read(Array(text.utf8), file: "a.yaml")
    }

    private func headlines(_ text: String) -> [String] {
        guard case .failure(let findings) = read(text) else { return [] }
        return findings.findings.map(FindingText.headline)
    }

    @Test func keepsOrderAndPositions() throws {
        let document = try read("b: 1\na:\n  - x\n  - \"y\"\n").get()
        #expect(document.root.entries.map(\.key) == ["b", "a"])
        #expect(document.root.entries.last?.keyPosition == SourcePosition(file: "a.yaml", line: 2, column: 1))
        let list = try #require(document.root["a"]?.elements)
        #expect(list.map(\.position) == [3, 4].map { SourcePosition(file: "a.yaml", line: $0, column: 5) })
        #expect(list.map(\.text) == ["x", "y"])
    }

    @Test(arguments: [
        ("true", ConfigurationScalar.Kind.boolean(true)), ("yes", .text), ("True", .text), ("NO", .text),
        ("8080", .integer(8080)), ("1.5", .number(1.5)), ("~", .null), ("1e3", .number(1000)), ("'8080'", .text),
        ("1.2.3", .text), ("-", .text), ("e", .text), ("99999999999999999999", .number(1e20)),
    ])
    func followsYAML12(text: String, kind: ConfigurationScalar.Kind) throws {
        let source = text == "-" ? "a: '-'" : "a: \(text)"
        #expect(try read(source).get().root["a"]?.scalar?.kind == kind)
    }

    @Test(arguments: [
        "a: &x 1\nb: *x\n", "a: &x\n  k: 1\n", "a: [*x]", "- &x 1", "a: &x {k: 1}", "*x : 1", "&k a: 1",
        "a: *x", "a: &x [1]", "base: &base\n  - 1\nother:\n  <<: *base\n",
    ])
    func refusesAnchorsAndAliases(text: String) {
        let found = headlines(text)
        #expect(found.contains { $0.contains("anchors") || $0.contains("aliases") }, "\(found)")
    }

    @Test(arguments: ["a: !!str 1", "a: !secret x", "!!map {a: 1}", "a: !x [1]", "a: !x\n  b: 1\n"])
    func refusesTags(text: String) {
        let found = headlines(text)
        #expect(found.contains { $0.contains("tags") }, "\(found)")
    }

    @Test func starsAndAmpersandsInTextStay() throws {
        let text =
            "a: rm -rf *.o && echo done!\nb: \"*x & y!\"\nc: |\n  * one\n  & two\n  !three\nd: 'it''s *'  # &x *y\n"
        let root = try read(text).get().root
        #expect(root["a"]?.text == "rm -rf *.o && echo done!")
        #expect(root["b"]?.text == "*x & y!")
        #expect(root["c"]?.text == "* one\n& two\n!three\n")
        #expect(root["d"]?.text == "it's *")
    }

    @Test func reportsEveryDuplicateKeyAtTheSecondPlace() {
        let text = "port: 1\nname: x\nport: 2\nenv:\n  A: 1\n  B: 2\n  A: 3\n"
        #expect(headlines(text) == ["a.yaml:3:1: duplicate key `port`", "a.yaml:7:3: duplicate key `A`"])
        #expect(headlines("a: {k: 1, k: 2}") == ["a.yaml:1:5: duplicate key `k`"])
        #expect(headlines("a: 1\r\na: 2\r\n") == ["a.yaml:2:1: duplicate key `a`"])
    }

    @Test func refusesMergeKeysAndKeysThatAreNotText() {
        #expect(headlines("a:\n  <<: {b: 1}\n") == ["a.yaml:2:3: merge keys (`<<`) are not allowed"])
        #expect(headlines("? [a]\n: 1\n") == ["a.yaml:1:3: a key must be text"])
    }

    @Test func refusesWhatIsNotText() {
        let notUTF8 = ConfigurationReader.read([0x61, 0x3A, 0x20, 0xFF], file: "a.yaml")
        #expect(
            notUTF8
                == .failure(
                    Findings([
                        Finding(
                            file: "a.yaml", line: 0, column: 0, message: "not valid UTF-8",
                            hint: "save the file as UTF-8")
                    ])))
        #expect(headlines("a: \"\0\"") == ["a.yaml:1:1: contains a NUL character"])
        #expect(headlines("a: \u{E000}x").first?.contains("private use") == true)
        #expect(headlines("a: [1").first?.contains("not valid YAML") == true)
        #expect(headlines("a: 1\n---\nb: 2\n").first?.contains("not valid YAML") == true)
    }

    @Test func emptyFilesAndByteOrderMarksAreFine() throws {
        #expect(try read("").get().root.entries.isEmpty)
        #expect(try read("# nothing\n").get().root.entries.isEmpty)
        #expect(try read("\u{FEFF}a: 1\n").get().root["a"]?.integer == 1)
        #expect(try read("a: 1\r\nb: x\r\n").get().root["b"]?.text == "x")
    }

    @Test func boundsAreKept() {
        #expect(
            headlines(String(repeating: "#", count: ConfigurationReader.sizeLimit + 1)) == ["a.yaml: larger than 1 MiB"]
        )
        let depth = ConfigurationReader.depthLimit
        #expect(headlines(String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).isEmpty)
        let long = String(repeating: "a: 1\n", count: ConfigurationReader.nodeLimit)
        #expect(headlines(long) == ["a.yaml: more than 50,000 lines"])
        let tooDeep = String(repeating: "[", count: depth + 1) + String(repeating: "]", count: depth + 1)
        #expect(headlines(tooDeep).first?.contains("more than 64 levels") == true)
        let many = "[" + String(repeating: "1,", count: ConfigurationReader.nodeLimit) + "1]"
        #expect(headlines(many).first?.contains("more than 50,000 values") == true)
    }

    /// A hostile text, told by its piece: test output names arguments.
    struct Hostile: Sendable, CustomTestStringConvertible {
        var piece: String
        var count: Int
        var opening = ""

        var text: String { opening + String(repeating: piece, count: count) }
        var testDescription: String { "\(count) × \(piece.debugDescription)" }
    }

    @Test(arguments: [
        Hostile(piece: "[", count: 500_000), Hostile(piece: "{a: ", count: 200_000),
        Hostile(piece: "- ", count: 400_000), Hostile(piece: "? ", count: 400_000),
        Hostile(piece: "\"", count: 500_001), Hostile(piece: "a: 1\n", count: 49_000),
        Hostile(piece: "a: 1,", count: 150_000, opening: "{"), Hostile(piece: "[a,b],", count: 150_000, opening: "["),
        Hostile(piece: "*a ", count: 300_000), Hostile(piece: "k: |\n", count: 49_000),
        Hostile(piece: "\\x41", count: 200_000, opening: "a: \""),
        Hostile(piece: "{[*a,*a,*a,*a,*a,*a,*a,*a]: &a [*a,*a,*a,*a,*a]},", count: 9000, opening: "- &a x\n- ["),
    ])
    func `a hostile file costs work in proportion to its size`(hostile: Hostile) {
        var small = hostile
        small.count /= 4
        let (less, more) = (work(small.text), work(hostile.text))
        // Four times the text may cost four times the work; sixteen times would be quadratic.
        #expect(more < less * 9 + 0.2, "\(less) s and \(more) s")
        // A debug build; a release build needs a tenth of it.
        #expect(more < 8, "\(more) s")
    }

    /// Seconds of processor time of this thread, which a busy machine does not change.
    private func work(_ text: String) -> Double {
        func now() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
        let start = now()
        _ = read(text)
        return now() - start
    }
}
