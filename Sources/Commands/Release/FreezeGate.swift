import Configuration
import Releases

/// Whether a deploy is wanted at this time.
enum FreezeGate {
    /// Nil where nothing keeps it; a rollback is never asked.
    ///
    /// - Parameters:
    ///   - moment: seconds since 1970.
    ///   - reason: of `--override freeze=REASON`.
    static func refusal(_ environment: Environment, at moment: Int, override reason: String?) -> Failure? {
        guard reason == nil, let window = environment.freeze?.first(where: { $0.contains(moment) }) else { return nil }
        return Failure(
            .conflict, "`\(environment.name)` is frozen: \(window.reason)",
            details: [.init("window", window.text)],
            hint: "wait for its end, or say why it cannot wait: --override freeze=REASON")
    }
}
