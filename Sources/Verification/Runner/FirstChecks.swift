/// Checks that are asked before all others, since they are the most likely to fail: while one of them does, nothing else is
/// asked.
package struct FirstChecks: Hashable, Sendable {
    /// `SUITE/ID`; what they need is asked with them.
    package var names: [String]
    /// Nothing else is asked, whatever becomes of them.
    package var isAll: Bool
    /// Why the others were not run.
    package var reason: String

    package init(_ names: [String], isAll: Bool = false, reason: String = "what failed before fails still") {
        self.names = names
        self.isAll = isAll
        self.reason = reason
    }

    /// Of these suites, in their order; none where none is named.
    func chosen(of suites: [Suite]) -> [Suite] {
        guard !names.isEmpty else { return [] }
        return SuiteSelection(only: names).apply(to: suites).suites.filter { !$0.checks.isEmpty }
    }
}
