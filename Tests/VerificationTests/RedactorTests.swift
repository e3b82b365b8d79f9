import Testing
import Verification

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
}
