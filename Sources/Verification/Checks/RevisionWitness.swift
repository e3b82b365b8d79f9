import Configuration
import JSON

/// Which revision gave an answer, and whether it was the one that is meant.
enum RevisionWitness {
    static func revision(_ identity: RevisionIdentity?, headers: [HeaderField], body: [UInt8]) -> String? {
        switch identity {
        case nil: return nil
        case .header(let name): return headers[name]
        case .json(let source):
            guard let path = try? JSONPath(parsing: source), let document = try? JSONValue(parsing: body),
                let values = try? path.values(in: document), values.count == 1
            else { return nil }
            return JSONExpectation.text(of: values[0])
        }
    }

    /// A successful answer must carry the header. An error page may come from the platform, and the JSON path is
    /// about the body of the health response, so there only another revision's name counts.
    static func problem(answered: String?, scope: CheckScope, status: Int) -> String? {
        guard let identity = scope.identity, let expected = scope.expectedRevision else { return nil }
        if let answered { return answered == expected ? nil : "revision `\(answered)` answered, wanted `\(expected)`" }
        guard case .header(let name) = identity, (200...299).contains(status) else { return nil }
        return "the answer has no `\(name)` header, so it cannot be told that `\(expected)` gave it"
    }

    static let likely = LikelyCause(
        cause: "the address leads to another revision, or the service reports a wrong name",
        fix: "see which revision serves with `stagectl traffic show`, and that the service reports K_REVISION")
}
