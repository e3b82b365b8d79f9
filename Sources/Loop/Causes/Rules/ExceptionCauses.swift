/// An exception that nobody handled.
enum ExceptionCauses {
    static let rules = [
        CauseRule(.unhandledException) { failure in
            guard isServerError(failure), let (name, seen) = exception(in: failure.logs) else { return nil }
            return CauseFinding(
                .shown, .unhandledException, subject: name,
                "`\(failure.service)` raises \(name) and nobody handles it", evidence: [seen.evidence],
                fix: "mend what raises it; the log of this trace has where", settings: ["env."])
        },
        CauseRule(.unhandledException) { failure in
            guard isServerError(failure), failure.status != 503, failure.status != 504 else { return nil }
            return CauseFinding(
                .ended, .unhandledException,
                failure.closeCode == 1011
                    ? "`\(failure.service)` accepted the connection and then failed inside (1011)"
                    : "`\(failure.service)` failed inside", evidence: [failure.messages.first?.evidence],
                fix: "look at the log of this trace for the exception", settings: ["env."])
        },
    ]

    private static func isServerError(_ failure: SeenFailure) -> Bool {
        [500, 502, 503].contains(failure.status) || failure.closeCode == 1011
    }

    /// The exception's own class with what it says, in the latest line that has one.
    static func exception(in logs: [SeenText]) -> (String, SeenText)? {
        for line in logs {
            for word in line.text.split(whereSeparator: { " \t\"'`()[]{}<>,;=".contains($0) }) {
                let bare = word.hasSuffix(":") ? word.dropLast() : word
                let parts = bare.split(separator: ":").last.map(String.init) ?? String(bare)
                guard let last = parts.split(whereSeparator: { ".\\/$".contains($0) }).last, last.count > 5,
                    endings.contains(where: { last.hasSuffix($0) }), last.first?.isUppercase == true,
                    last.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
                else { continue }
                return (String(last), line)
            }
            if let sign = panics.first(where: { line.mentions($0) }) { return (sign.trimmed, line) }
        }
        return nil
    }

    private static let endings = ["Error", "Exception", "Fault"]
    private static let panics = [
        " panic ", " panicked ", " segmentation fault ", " fatal error ", " unhandled rejection ", " undefined method ",
        " assertion failed ",
    ]
}

extension String {
    /// Without spaces at its ends.
    fileprivate var trimmed: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
