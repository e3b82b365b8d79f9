import JSON
import Testing
import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct RedactorTests {
    static let secret = "p@ss/w\"rd+1"

    @Test(arguments: [
        "p@ss/w\"rd+1", "p%40ss%2Fw%22rd%2B1", "p%40ss%2fw%22rd%2b1", #"p@ss/w\"rd+1"#, #"p@ss\/w\"rd+1"#,
        "cEBzcy93InJkKzE=",
    ])
    func `takes a secret out in every form`(_ form: String) {
        let text = Redactor([Self.secret]).redact("before \(form) after")
        #expect(text.contains(Redactor.mark))
        #expect(!text.contains(form))
        #expect(text.hasPrefix("before ") && text.hasSuffix(" after"))
    }

    /// Basic credentials: the secret starts at any of three offsets of the Base64 groups.
    @Test(arguments: [
        ("dTpodW50ZXIyaHVudGVyMg==", "odW50ZXIyaHVudGVy"), ("dXM6aHVudGVyMmh1bnRlcjI=", "HVudGVyMmh1bnRlcj"),
    ])
    func `takes a secret out of Base64 of more than itself`(_ text: String, _ core: String) {
        #expect(text.contains(core))
        #expect(!Redactor(["hunter2hunter2"]).redact(text).contains(core))
    }

    @Test func `short values stay, long ones go before their parts`() {
        let redactor = Redactor(["abc", "secret", "secret-longer"])
        #expect(redactor.redact("abc secret secret-longer") == "abc [redacted] [redacted]")
    }

    @Test func `nothing to hide changes nothing`() {
        #expect(Redactor().redact("text") == "text")
        #expect(Redactor(["secret"]).redact("") == "")
    }

    @Test func `redactors of the same secrets are equal, in whatever order they came`() {
        var merged = Redactor(["second secret"])
        merged.merge(Redactor(["first secret"]))
        #expect(merged == Redactor(["first secret", "second secret"]))
    }

    /// What a server, a program or a template says, wherever a result keeps it.
    @Test func `no text of a result keeps a secret`() {
        let said = "says hunter2-hunter2 here"
        var evidence = Evidence(url: said)
        evidence.revision = said
        evidence.subprotocol = said
        evidence.grpcMessage = said
        evidence.image = said
        evidence.stream = StreamEvidence(
            longestGapMilliseconds: 1, longestSilenceMilliseconds: 1, ended: true, lastEventID: said, requests: 1)
        evidence.job = JobEvidence(
            execution: "e", state: .failed, message: said, tasks: 1,
            failedTasks: [.init(index: 0, message: said, lines: [said])], logURI: said)
        evidence.attempts = [.init(milliseconds: 1, problem: said)]
        let result = CheckResult(
            id: "c", suite: "s", priority: .p1, status: .failed, evidence: evidence, summary: said, cause: said,
            fix: said, policy: said)
        let text = "\(Redactor(["hunter2-hunter2"]).redact(result))"
        #expect(!text.contains("hunter2"), "\(text)")
        #expect(text.contains("says [redacted] here"))
    }
}

/// Every encoding in every text that leaves: what encodes is written here anew, by the rules of who reads it.
struct RedactionTableTests {
    static let secrets = ["hunter2-Hunter2", "a'b\"c<d>&e\\f/g h", "naïve-ключ+/=?", "line one\nline two\t$HOME `x`"]

    /// Encodings, with a part of what is encoded that must not be found afterwards.
    static let encodings: [(name: String, encode: @Sendable (String) -> String)] = [
        ("plain", { $0 }),
        ("Base64", { Data($0.utf8).base64EncodedString() }),
        ("Base64 for URLs", { urlSafe(Data($0.utf8).base64EncodedString()) }),
        ("Base64 without padding", { unpadded(Data($0.utf8).base64EncodedString()) }),
        ("Base64 for URLs without padding", { unpadded(urlSafe(Data($0.utf8).base64EncodedString())) }),
        ("Base64 after one byte", { Data(":\($0)".utf8).base64EncodedString() }),
        ("Base64 after two bytes", { Data("a:\($0)".utf8).base64EncodedString() }),
        ("Base64 of credentials", { Data("user:\($0)@host".utf8).base64EncodedString() }),
        ("Base64 for URLs after one byte", { unpadded(urlSafe(Data(":\($0)".utf8).base64EncodedString())) }),
        ("Base64 for URLs after two bytes", { urlSafe(Data("a:\($0)!".utf8).base64EncodedString()) }),
        ("percent", { percent($0, "%02X") }), ("percent in lower case", { percent($0, "%02x") }),
        ("a request line", { line($0) }), ("a request line in JSON", { json(line($0)) }),
        ("form", { percent($0, "%02X").replacing("%20", with: "+") }),
        ("hexadecimal", { $0.utf8.map { digits($0, "%02x") }.joined() }),
        ("hexadecimal in upper case", { $0.utf8.map { digits($0, "%02X") }.joined() }),
        ("JSON", { json($0) }),
        ("JSON with slashes", { json($0).replacing("/", with: #"\/"#) }),
        ("JSON in ASCII", { ascii(json($0)) }),
        ("HTML", { html($0, apostrophe: "&#39;") }), ("HTML of Python", { html($0, apostrophe: "&#x27;") }),
        ("XML", { html($0, apostrophe: "&apos;") }),
        ("single quotes", { "'" + $0.replacing("'", with: "'\\''") + "'" }),
        ("double quotes", { "\"" + $0.map { "$`\"\\".contains($0) ? "\\\($0)" : "\($0)" }.joined() + "\"" }),
    ]

    /// What leaves, made of results in which the text stands.
    static let outputs: [(name: String, write: @Sendable (CheckResult) -> String)] = [
        ("json", { JSONValue.string("\($0.summary ?? "")").serialized() }),
        (
            "verdict",
            { result in
                let run = SuiteRun(
                    verdict: .decide([result], expecting: []), results: [result], notes: [result.summary ?? ""])
                let document = VerdictDocument(run, suites: [])
                return (try? JSONValue(encoding: document).serialized(pretty: true)) ?? ""
            }
        ),
        (
            "junit",
            { result in
                let run = SuiteRun(verdict: .decide([result], expecting: []), results: [result])
                return JUnitDocument.render(
                    VerdictDocument(run, suites: [Verification.Suite(name: "s", priority: .p1)]))
            }
        ),
        ("line", { "  failed  s/\($0.id)  \($0.summary ?? "")" }),
    ]

    /// Twice: the results before they are written, as the runner does, and the text that leaves, as the console does.
    @Test(arguments: secrets)
    func `no output shows a secret in any encoding`(_ secret: String) {
        let redactor = Redactor([secret])
        for (encoding, encode) in Self.encodings {
            let text = encode(secret)
            for (output, write) in Self.outputs {
                let place = "\(encoding) in \(output) of \(secret.debugDescription)"
                var result = VerdictTests.result(.failed, "c")
                result.summary = "before|\(text)|after"
                let onlyText = redactor.redact(write(result))
                let both = redactor.redact(write(redactor.redact(result)))
                #expect(both.contains(Redactor.mark), "\(place)")
                #expect(!both.contains(text), "\(place)")
                let tolerated = Self.tolerated + (Self.around[encoding] ?? 0)
                #expect(Self.leaked(in: both) <= tolerated, "\(place): \(both.suffix(400))")
                // What was written in another encoding already is not encoded twice by text outputs.
                if output == "line" { #expect(onlyText.contains(Redactor.mark), "\(place)") }
                if encoding == "plain" {
                    #expect(onlyText.contains(Redactor.mark), "\(place): \(onlyText.suffix(300))")
                }
            }
        }
    }

    /// The characters of Base64 that other bytes have a part in stay: two at each end, and padding.
    static let tolerated = 5

    /// Characters that encode what stands around the secret: `user:` and `@host`, `!`, quotes as markup.
    static let around = ["Base64 of credentials": 12, "Base64 for URLs after two bytes": 2, "double quotes": 8]

    /// So much of the encoded text is still there beside the mark.
    static func leaked(in output: String) -> Int {
        guard let start = output.firstRange(of: "before|"), let end = output.firstRange(of: "|after") else { return 0 }
        let between = output[start.upperBound..<end.lowerBound].replacing(Redactor.mark, with: "")
        return between.count
    }

    // MARK: - Encodings, written anew

    /// As a URL that was written by hand is sent.
    static func line(_ text: String) -> String {
        text.utf8.map { (0x21...0x7E).contains($0) ? String(Unicode.Scalar($0)) : "%" + digits($0, "%02X") }.joined()
    }
    static func json(_ text: String) -> String { String(JSONValue.string(text).serialized().dropFirst().dropLast()) }
    static func urlSafe(_ text: String) -> String { text.replacing("+", with: "-").replacing("/", with: "_") }
    static func unpadded(_ text: String) -> String { text.replacing("=", with: "") }

    static func digits(_ byte: UInt8, _ format: String) -> String {
        let text = String(byte, radix: 16, uppercase: format == "%02X")
        return text.count == 1 ? "0\(text)" : text
    }

    static func percent(_ text: String, _ format: String) -> String {
        text.utf8.map { byte in
            let scalar = Character(Unicode.Scalar(byte))
            let isKept = byte < 0x80 && (scalar.isLetter || scalar.isNumber || "-._~".contains(scalar))
            return isKept ? String(scalar) : "%" + digits(byte, format)
        }.joined()
    }

    static func ascii(_ text: String) -> String {
        text.utf16.map { unit in
            unit < 0x80
                ? String(Unicode.Scalar(UInt8(unit)))
                : "\\u" + digits(UInt8(unit >> 8), "%02x") + digits(UInt8(unit & 0xFF), "%02x")
        }.joined()
    }

    static func html(_ text: String, apostrophe: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: apostrophe)
    }
}
