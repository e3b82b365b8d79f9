#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A plan that came out of its serialised form. Only this can be executed, so what ran is always what was printed,
/// fingerprinted and written to the journal.
package struct DecodedPlan: Sendable {
    package let plan: Plan
    package let text: String

    /// Throws `internalError` for a text that is no plan of a known version.
    package init(decoding text: String) throws(Failure) {
        do {
            let plan = try JSONDecoder().decode(Plan.self, from: Data(text.utf8))
            guard plan.version <= Plan.currentVersion else {
                throw Failure(
                    .internalError, "the plan was written by a newer version of stagectl",
                    hint: "use that version to resume or abort")
            }
            self.plan = plan
            self.text = text
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.internalError, "the stored plan cannot be read", details: [.init("why", "\(error)")])
        }
    }
}

extension Plan {
    /// Canonical text: members sorted, so that equal plans have equal text.
    package func serialized() -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }
}
