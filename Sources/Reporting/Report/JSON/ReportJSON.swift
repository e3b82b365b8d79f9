package import JSON

/// A report as JSON: `stagectl.report/v1`.
package enum ReportJSON {
    private static let pieceSize = 64 << 10

    /// Everything but the checks, of which there may be thousands.
    package static func head(_ report: Report) -> JSONValue {
        var head = report
        head.checks = []
        var document = ReleaseJSON.encoded(head)
        document["error"] = .null
        document["failure"] = report.failure.map(ReleaseJSON.failure) ?? .null
        for key in ["index", "latency", "changes", "prices"] where document[key] == nil { document[key] = .null }
        return document
    }

    /// Gives the document in pieces, none of which cuts a value.
    package static func write(_ report: Report, to take: (String) -> Void) {
        guard case .object(var members) = head(report) else { return }
        members["checks"] = nil
        var writer = JSONWriter(pretty: true)
        writer.object { writer in
            for name in (members.keys + ["checks"]).sorted() {
                guard name == "checks" else {
                    writer.member(name, members[name] ?? .null)
                    continue
                }
                writer.member(name)
                writer.array { writer in
                    for check in report.checks {
                        writer.write(ReleaseJSON.encoded(check))
                        if writer.count >= pieceSize { take(writer.take()) }
                    }
                }
            }
        }
        take(writer.take() + "\n")
    }

    package static func render(_ report: Report) -> String {
        var text = ""
        write(report) { text += $0 }
        return text
    }
}
