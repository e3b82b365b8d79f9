package import JSON
package import Releases

/// Why a run ended as it did, in words and as `stagectl.why/v1`.
package enum CausalChainText {
    package static func text(_ chain: CausalChain, run: String, palette: Palette) -> String {
        var lines = ["why \(SafeText.line(run))"]
        for (index, link) in chain.links.enumerated() {
            let place = link.service.map { "\(SafeText.line($0)): " } ?? ""
            let text = place + SafeText.line(link.text)
            lines.append("\(index == 0 ? "" : "  ← ")\(link.isKnown ? text : palette.warn("?") + " " + text)")
            lines += link.evidence.flatMap(SafeText.lines).map { "      " + palette.faint($0) }
        }
        if let next = chain.next { lines.append("next: \(SafeText.line(next))") }
        if let baseline = chain.baseline, chain.links.count > 1 {
            lines.append("compare: stagectl diff \(SafeText.line(baseline)) \(SafeText.line(run))")
        }
        return lines.joined(separator: "\n")
    }

    package static func json(_ chain: CausalChain, of release: ReleaseDocument) -> JSONValue {
        [
            "schema": "stagectl.why/v1", "run": .string(release.run), "environment": .string(release.environment),
            "outcome": .string(release.outcome.rawValue),
            "verdict": ["result": .string(release.verdict.result.rawValue), "rule": .string(release.verdict.rule)],
            "baseline": chain.baseline.map(JSONValue.string) ?? .null,
            "next": chain.next.map(JSONValue.string) ?? .null,
            "links": .array(
                chain.links.map { link in
                    [
                        "kind": .string(link.kind.rawValue), "service": link.service.map(JSONValue.string) ?? .null,
                        "text": .string(link.text), "evidence": .array(link.evidence.map(JSONValue.string)),
                        "known": .bool(link.isKnown),
                    ]
                }), "error": .null,
        ]
    }
}
