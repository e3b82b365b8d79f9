import Releases
import Verification

/// A report as one file that asks nothing of any network: styles and script are inside, and the policy names them by
/// their hashes, so that no text from outside can become either.
package enum HTMLReport {
    /// Base64 of the SHA-256 of a text; this module has no cryptography of its own.
    package typealias Hash = (String) -> String

    package static func render(_ report: Report, hash: Hash) -> String {
        var text = ""
        write(report, hash: hash) { text += $0 }
        return text
    }

    /// Gives the page in pieces, none of which cuts a value.
    package static func write(_ report: Report, hash: Hash, to take: (String) -> Void) {
        withoutActuallyEscaping(take) { take in
            var page = HTMLWriter(take)
            head(report, hash, &page)
            HTMLHeader(report: report).write(to: &page)
            page.raw("<main id=\"main\">")
            HTMLFindings(report: report).write(to: &page)
            HTMLDeployment(report: report).write(to: &page)
            HTMLMeasures(report: report).write(to: &page)
            HTMLRecord(report: report).write(to: &page)
            HTMLChecks(report: report).write(to: &page)
            page.raw("</main>")
            foot(report, &page)
            page.finish()
        }
    }

    static func policy(_ hash: Hash) -> String {
        [
            "default-src 'none'", "script-src 'sha256-\(hash(script))'", "style-src 'sha256-\(hash(style))'",
            "img-src data:", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ].joined(separator: "; ")
    }

    private static func head(_ report: Report, _ hash: Hash, _ page: inout HTMLWriter) {
        let title = "\(report.verdict.headline.rawValue) · \(ReportWords.title(report))"
        page.raw(
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(policy(hash))">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <title>\(HTMLText.line(title, limit: 300))</title>
            <link rel="icon" href="data:,">
            <style>\(style)</style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the results</a>
            """)
    }

    private static func foot(_ report: Report, _ page: inout HTMLWriter) {
        let configuration = report.tool.configuration.map { " · configuration <code>\(HTMLText.line($0))</code>" } ?? ""
        page.raw(
            """
            <footer><p>stagectl \(HTMLText.line(report.tool.version))\(configuration) · \(report.schema) \
            \(report.schemaVersion) · generated <time>\(HTMLText.line(report.generated))</time></p></footer>
            <script>\(script)</script>
            </body>
            </html>
            """)
    }
}
