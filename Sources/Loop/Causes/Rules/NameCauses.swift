/// A name without an address.
enum NameCauses {
    private static let phrases = [
        Phrase([
            "could not resolve host", "couldn t resolve host", "name or service not known", "nodename nor servname",
            "enotfound",
            "no such host", "temporary failure in name resolution", "nxdomain", "eai again", "unknown host",
            "unknownhost",
            "name resolution", "name does not resolve", "name not resolved", "no address associated", "servfail",
            "err name not", "non existent domain", "gaierror", "php network getaddresses", "failed to lookup address",
        ]),
        Phrase(["dns"], ["fail", "timeout", "error", "no record", "not found", "lookup", "timed out", "has no "]),
        Phrase(
            ["resolve", "lookup"], ["host", "domain", "hostname"], ["fail", "could not", "cannot", "unable", "error"]),
        Phrase(["unresolved", "unresolvable", "not resolved"], ["host", "address", " name ", "domain"]),
        Phrase(["has no address", "no a record", "does not resolve"]),
    ]

    /// Of a host where one is named, and of anything else otherwise.
    private static let ofHosts = [
        Phrase(["resolve"], ["fail", "could not", "couldn t", "cannot", "can t", "unable", "error"]),
        Phrase([" name ", " host ", "domain"], ["not exist", "not found", "unknown", "no record"]),
    ]

    static let rules = [
        CauseRule(.nameUnresolved) { failure in
            let isSilent = failure.status == nil && failure.closeCode == nil
            let named =
                isSilent
                ? failure.messages.first { text in
                    ofHosts.contains { $0.fits(text) } && HostText.first(in: text.text) != nil
                } : nil
            guard let seen = failure.texts.first(of: phrases) ?? named else { return nil }
            let host = HostText.first(in: seen.text)
            return CauseFinding(
                .named, .nameUnresolved, subject: host,
                "the name\(host.map { " `\($0)`" } ?? "") does not resolve"
                    + (seen.source == .log ? " where `\(failure.service)` runs" : " where the checks run"),
                evidence: [seen.evidence],
                fix: "see that the name is right and has a record, and which network asks for it",
                settings: ["env.", "vpc"])
        }
    ]
}

/// A host in a text that some program wrote.
enum HostText {
    static func first(in text: String) -> String? {
        for word in text.split(whereSeparator: { " \t\"'`()[]{}<>,;=|@/".contains($0) }) {
            let bare = word.split(separator: ":", omittingEmptySubsequences: false).first ?? ""
            let parts = bare.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count > 1, bare.utf8.count <= 253, bare.first?.isNumber == false,
                parts.allSatisfy({ part in
                    !part.isEmpty && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
                }), let last = parts.last, last.count >= 2, last.allSatisfy(\.isLetter), last.allSatisfy(\.isLowercase)
            else { continue }
            // `socket.gaierror` and `app.py` are no hosts.
            if fileEndings.contains(String(last)) || last.hasSuffix("error") { continue }
            return String(bare).lowercased()
        }
        return nil
    }

    private static let fileEndings: Set<String> = [
        "py", "js", "ts", "rb", "go", "java", "php", "swift", "rs", "cs", "kt", "ex", "exceptions", "errors",
        "gaierror",
        "exc", "core", "client", "connection", "mjs", "cjs", "scala", "lang", "json", "yaml", "yml", "log",
    ]
}
