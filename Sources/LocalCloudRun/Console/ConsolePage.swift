import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The page at the API's own address: everything inline, nothing from the network, and no script but the one whose hash
/// the policy names. All text from outside goes into the document as text nodes, on the browser's side.
enum ConsolePage {
    static let response = APIResponse(
        page: WebPage(type: "text/html; charset=utf-8", text: html),
        headers: [
            "content-security-policy": policy, "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
            "cross-origin-resource-policy": "same-origin", "cross-origin-opener-policy": "same-origin",
            "cache-control": "no-cache",
        ])

    static let policy = [
        "default-src 'none'", "script-src 'sha256-\(hash(script))'", "style-src 'sha256-\(hash(style))'",
        "connect-src 'self'", "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        "require-trusted-types-for 'script'", "trusted-types 'none'",
    ].joined(separator: "; ")

    private static func hash(_ text: String) -> String {
        Data(SHA256.hash(data: Array(text.utf8))).base64EncodedString()
    }

    static let html = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Local Cloud Run</title>
        <link rel="icon" href="data:,">
        <style>\(style)</style>
        </head>
        <body>
        <header>
        <h1>Local Cloud Run</h1>
        <p id="server"></p>
        <p id="live" role="status">connecting</p>
        </header>
        <noscript><p class="notice">This page needs JavaScript; the API does not: GET /local/v1/overview</p></noscript>
        <main>
        <section id="faults" class="notice" hidden aria-label="Faults"></section>
        <section aria-labelledby="services-title">
        <h2 id="services-title">Services</h2>
        <div id="services"></div>
        </section>
        <section aria-labelledby="requests-title">
        <h2 id="requests-title">Requests</h2>
        <div class="scroll"><table id="requests">
        <thead><tr><th scope="col">Time</th><th scope="col">Status</th><th scope="col">Request</th>
        <th scope="col" class="number">Latency</th><th scope="col" class="number wide">Size</th>
        <th scope="col">Revision</th></tr></thead>
        <tbody></tbody></table></div>
        </section>
        <section aria-labelledby="logs-title">
        <div class="bar"><h2 id="logs-title">Logs</h2>
        <label>Filter <input id="filter" type="search" placeholder="text, service or revision" autocomplete="off"></label>
        </div>
        <ol id="logs"></ol>
        </section>
        </main>
        <script>\(script)</script>
        </body>
        </html>

        """
}
