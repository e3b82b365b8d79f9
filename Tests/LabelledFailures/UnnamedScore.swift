import Loop
import Verification

/// How often a failure that names no cause is given none, alone and beside every line of noise.
package struct UnnamedScore: Sendable {
    package var failures = 0
    package var unknown = 0
    /// What was named all the same: the kind, and by which words.
    package var misses: [String] = []

    package init(vocabulary: Vocabulary) {
        var draw = Draw(seed: 1)
        for wording in vocabulary.unnamed {
            for noise in [[]] + vocabulary.noise.map({ [$0] }) {
                let lines = noise + (wording.logs.first ?? [])
                let route = draw.fill(draw.one(of: vocabulary.routes), route: "", service: "backend")
                func words(_ text: String, _ draw: inout Draw) -> String {
                    draw.fill(text, route: route, service: "backend")
                }
                let check = FailedCheck(
                    id: "check", suite: "critical", priority: .p1, service: "backend", kind: wording.kind ?? "runner",
                    httpStatus: wording.status, closeCode: wording.closeCode,
                    route: wording.kind == nil ? nil : route, message: words(wording.message ?? "failed", &draw),
                    logLines: lines.map { words($0, &draw) }, milliseconds: Double(draw.number(3...900)))
                add(check)
            }
        }
    }

    package var share: Double { failures == 0 ? 1 : Double(unknown) / Double(failures) }

    private mutating func add(_ check: FailedCheck) {
        failures += 1
        let kind = Causes.groups(of: CauseFacts(failed: [check])).first?.cause.kind ?? .unknown
        if kind == .unknown {
            unknown += 1
        } else {
            misses.append("\(kind.rawValue) made up: \(check.message)  \(check.logLines.joined(separator: " / "))")
        }
    }
}
