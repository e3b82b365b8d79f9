import Crypto

/// A file of the frontend's pages, which lies in the program.
struct Asset: Sendable {
    let name: String
    let type: String
    let body: [UInt8]
    /// Of the content (RFC 9110 section 8.8.3), so that it is the same in all instances.
    let tag: String

    init(_ name: String, type: String, _ text: String) {
        self.name = name
        self.type = type
        body = Array(text.utf8)
        tag = "\"" + Base64.encodeURL(SHA256.hash(data: body).prefix(12)) + "\""
    }

    static let lastModified = "Thu, 01 Oct 2026 00:00:00 GMT"

    static let all: [Asset] = [
        Asset(
            "app.css", type: "text/css; charset=utf-8",
            "body { font-family: sans-serif; margin: 2rem auto; max-width: 40rem; }\ncode { background: #eee; }\n"),
        Asset(
            "app.js", type: "text/javascript; charset=utf-8",
            """
            // Shows which revision answers, without reloading the page.
            const shown = document.querySelector("code");
            fetch("/version").then((answer) => answer.json()).then((version) => {
                if (shown) shown.textContent = version.revision;
            });

            """),
        Asset(
            "logo.svg", type: "image/svg+xml",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\"><circle cx=\"4\" cy=\"4\" r=\"3\"/></svg>\n"),
    ]
}
