import JSON
import Releases
import Testing

@testable import Images

struct ImageReportTests {
    private func report(_ bytes: Int64, layers: [String] = [], compressed: Bool = true) -> ImageReport {
        ImageReport(
            digest: "sha256:x", bytes: bytes, isCompressed: compressed, layers: layers.map { .init(digest: $0) })
    }

    @Test(
        arguments: [
            (51_000_000, 11_220_000, -78), (100, 100, 0), (100, 250, 150), (1000, 999, 0), (100, 0, -100), (0, 5, nil),
            (1, Int64.max, nil),
        ] as [(Int64, Int64, Int?)])
    func `growth in percent`(before: Int64, after: Int64, percent: Int?) {
        #expect(ImageChange(from: report(before), of: "r", to: report(after))?.percent == percent)
    }

    @Test func `layers are compared by their digests`() throws {
        let change = try #require(
            ImageChange(from: report(10, layers: ["a", "b"]), of: "r", to: report(10, layers: ["a", "c", "d"])))
        #expect(change.sharedLayers == 1)
        #expect(change.newLayers == 2)
        #expect(ImageChange(from: report(10), of: "r", to: report(10, compressed: false)) == nil)
    }

    @Test func `a report is one line`() {
        var now = report(11_220_000, layers: ["a", "b", "c"])
        #expect(now.text == "11.2 MB in 3 layers")
        now.change = ImageChange(from: report(51_000_000, layers: ["a"]), of: "backend-00007", to: now)
        #expect(now.text == "11.2 MB in 3 layers, 78 % smaller than backend-00007 (2 layers new)")
        now.change = ImageChange(from: report(1_122_000, layers: ["a", "b"]), of: "b-1", to: now)
        #expect(now.text == "11.2 MB in 3 layers, 900 % larger than b-1 (1 layer new)")
        now.change = ImageChange(from: now, of: "b-1", to: now)
        #expect(now.text == "11.2 MB in 3 layers, as large as b-1 (no layer new)")
        #expect(report(999, layers: ["a"]).text == "999 B in 1 layer")
        now.change = ImageChange(from: report(0), of: "b-1", to: now)
        #expect(now.text.hasSuffix("compared with b-1 (3 layers new)"))
    }

    @Test(
        arguments: [
            (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_949, "999.9 kB"), (999_950, "1.0 MB"),
            (1_500_000_000, "1.5 GB"), (Int64.max, "9223372.0 TB"), (-5, "0 B"),
        ] as [(Int64, String)])
    func `sizes are in decimal units`(bytes: Int64, text: String) {
        #expect(ImageReport.size(bytes) == text)
    }

    @Test(
        arguments: [
            ("/bin/sh -c #(nop) COPY file:1 in /x ", "COPY file:1 in /x"), ("|1 TOKEN=canary /bin/sh -c make", "make"),
            ("|2 A=x /bin/sh -c canary B=c /bin/sh -c make all", "make all"), ("|1 TOKEN=canary", nil),
            ("RUN |1 TOKEN=canary /bin/sh -c make # buildkit", "make # buildkit"), ("", nil), ("a\nb", "a b"),
        ] as [(String, String?)])
    func `an instruction is shown without the values of build arguments`(text: String, shown: String?) {
        #expect(ImageConfiguration.origin(text) == shown)
    }

    @Test func `docker and podman tell the sizes of layers where the numbers agree`() throws {
        let json: JSONValue = [
            "Size": 30, "RootFS": ["Layers": ["sha256:a", "sha256:b"]],
            "Config": ["User": "", "Entrypoint": .null, "Cmd": ["/x"]],
        ]
        let history = EngineImage.history("20 COPY b\n0 ARG W\n10 COPY a\n")
        let report = try #require(EngineImage(json, history: history)).report(digest: "sha256:i")
        #expect(report.layers.map(\.bytes) == [10, 20])
        #expect(report.layers.map(\.createdBy) == ["COPY a", "COPY b"])
        #expect(report.user == nil)
        #expect(report.command == ["/x"])
        let unclear = try #require(EngineImage(json, history: [])).report(digest: "sha256:i")
        #expect(unclear.layers.map(\.bytes) == [nil, nil])
        #expect(EngineImage.history(#"[{"size":5,"CreatedBy":"RUN"}]"#) == [.init(bytes: 5, createdBy: "RUN")])
        #expect(EngineImage(.null, history: []) == nil)
    }
}
