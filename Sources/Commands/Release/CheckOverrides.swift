import Configuration
import Releases
import Reporting
import Verification

/// `--override check:ID=REASON`
enum CheckOverrides {
    private static let prefix = "check:"

    static func isOne(_ item: Assignment) -> Bool {
        item.name.hasPrefix(prefix) && item.name.count > prefix.count
    }

    /// Throws `usage`, with the nearest one, for a check that none of these services has.
    static func demand(_ overrides: [Assignment], among services: [Service], _ session: Session) throws {
        let ids = overrides.filter(isOne).map { String($0.name.dropFirst(prefix.count)) }
        guard !ids.isEmpty else { return }
        let suites = try session.verifier().suites
        let checks = services.flatMap(\.suites).compactMap { suites[$0] }.flatMap(\.checks)
        let known = Set(checks.flatMap { [$0.id, $0.baseID] })
        for id in ids where !known.contains(id) {
            throw Failure(
                .usage, "no check of these services is called `\(SafeText.line(id))`",
                hint: NearestName.of(id, in: known.sorted()).map { "did you mean `check:\($0)`?" }
                    ?? "stagectl smoke --list")
        }
    }
}
