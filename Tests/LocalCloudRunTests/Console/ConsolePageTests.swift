import Crypto
import Foundation
import Testing

@testable import LocalCloudRun

@Suite("Console page")
struct ConsolePageTests {
    @Test func `the policy allows the page's own script and style, and nothing else`() throws {
        let policy = try #require(ConsolePage.response.headers["content-security-policy"])
        for (directive, text) in [("script-src", ConsolePage.script), ("style-src", ConsolePage.style)] {
            let hash = Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString()
            #expect(policy.contains("\(directive) 'sha256-\(hash)'"))
            // The hash is of what stands between the tags, to the byte.
            #expect(ConsolePage.html.contains(">\(text)</"))
        }
        #expect(policy.hasPrefix("default-src 'none'"))
        #expect(!policy.contains("unsafe"))
        #expect(!policy.contains("http"))
    }

    @Test(arguments: [
        "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function",
        "setAttribute(\"style",
        "https://", "</script",
    ])
    func `the script makes no markup of text and leaves the machine alone`(word: String) {
        #expect(!ConsolePage.script.contains(word))
        #expect(!ConsolePage.style.contains(word))
    }

    @Test func `the page asks for nothing but itself`() {
        #expect(!ConsolePage.html.contains("src="))
        #expect(ConsolePage.html.contains("href=\"data:,\""))
        #expect(!ConsolePage.html.contains("@import"))
    }
}
