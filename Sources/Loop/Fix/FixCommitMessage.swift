/// What a fix's commit says.
package struct FixCommitMessage: Hashable, Sendable {
    package static let trailer = "Stagectl-Loop"

    /// What failures were put down to, and which checks those are.
    package struct Cause: Hashable, Sendable {
        package var statement: String
        package var checks: [String]

        package init(_ statement: String, checks: [String]) {
            self.statement = statement
            self.checks = checks
        }
    }

    package var run: String
    package var iteration: Int
    /// The service of the first cause.
    package var service: String?
    /// Of the first cause, `P1`.
    package var priority: String?
    /// The most important first.
    package var causes: [Cause]
    /// `NAME <MAIL>`; nil for no sign-off.
    package var signer: String?
    /// What the fix said of itself.
    package var summary: String?

    package init(
        run: String, iteration: Int, service: String? = nil, priority: String? = nil, causes: [Cause] = [],
        signer: String? = nil, summary: String? = nil
    ) {
        self.run = run
        self.iteration = iteration
        self.service = service
        self.priority = priority
        self.causes = causes
        self.signer = signer
        self.summary = summary
    }

    /// `RUN/ITERATION`, by which a commit is known for this iteration's.
    package var mark: String { "\(run)/\(iteration)" }

    package static func isCommit(_ message: String, of mark: String) -> Bool {
        message.split(separator: "\n").contains { $0 == "\(trailer): \(mark)" }
    }

    /// Subject, causes with their checks, and trailers.
    package var text: String {
        let first = causes.first?.checks.first ?? "what failed"
        let more = causes.reduce(-1) { $0 + $1.checks.count }
        let what = [service, priority.map { "\($0)/\(first)" } ?? first].compactMap(\.self).joined(separator: " ")
        let subject = "loop(\(iteration)): fixes \(what)" + (more > 0 ? " and \(more) more" : "")
        var paragraphs = [String(Self.line(subject).prefix(100))]
        let told = causes.prefix(10).flatMap { cause in
            ["- " + Self.line(cause.statement), "  " + Self.list(cause.checks)]
        }
        if !told.isEmpty { paragraphs.append(told.joined(separator: "\n")) }
        // Never one that reads as a trailer.
        if let summary = summary.map(Self.line), !summary.isEmpty { paragraphs.append("The fix says: " + summary) }
        var trailers = ["\(Self.trailer): \(mark)"]
        if let signer { trailers.append("Signed-off-by: \(Self.line(signer))") }
        paragraphs.append(trailers.joined(separator: "\n"))
        return paragraphs.joined(separator: "\n\n") + "\n"
    }

    private static func list(_ checks: [String]) -> String {
        checks.prefix(10).map(line).joined(separator: ", ")
            + (checks.count > 10 ? " and \(checks.count - 10) more" : "")
    }

    /// One line, whatever it was: a text from outside could else bring trailers of its own.
    private static func line(_ text: String) -> String {
        let clean = text.unicodeScalars.map { scalar -> Character in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: " "
            default: Character(scalar)
            }
        }
        return String(String(clean).trimmingSpaces.prefix(300))
    }
}
