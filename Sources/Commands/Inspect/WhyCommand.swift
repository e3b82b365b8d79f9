import ArgumentParser
import Releases
import Reporting

/// `stagectl why`
struct WhyCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Why a run ended as it did: verdict, step, check, revision, cause, log, what changed.",
        discussion: """
            Each link stands with what shows it, and where nothing shows it, that is said. What changed is told against \
            the release that had made what served before it.
            """)
    static let schema = "stagectl.why/v1"

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The run; the latest of the environment when none is named.")
    var run: String?

    func run(in session: Session) async throws -> CommandResult {
        let state = try session.state()
        let name = try await session.recordedRelease(run).run
        let compared = try await session.comparedRelease(name)
        let release = compared.document
        if let environment = try? session.environment() { session.hideSecrets(of: environment) }
        var difference: ReleaseDifference?
        if let before = try await baseline(of: release, state) {
            difference = try await session.releaseDifference(of: before, and: name)
        }
        let chain = CausalChain(of: compared, since: difference)
        return CommandResult(
            CausalChainText.json(chain, of: release),
            text: CausalChainText.text(chain, run: name, palette: session.console.style.resultPalette))
    }

    private func baseline(of release: ReleaseDocument, _ ledger: any Ledger) async throws -> String? {
        let services = release.services.filter { $0.outcome != .unchanged }.map(\.service)
        guard !services.isEmpty else { return nil }
        let query = LedgerQuery(environment: release.environment, services: Array(Set(services)).sorted(), limit: 100)
        let earlier = try await ledger.releases(query).filter {
            $0.started < release.started && $0.outcome == .promoted
        }
        // After a rollback that is not the last one that was promoted.
        let served =
            release.services.first { $0.diagnosis != nil } ?? release.services.first { $0.outcome != .unchanged }
        let maker = earlier.first { candidate in
            candidate.services.contains {
                $0.service == served?.service && $0.region == served?.region && $0.candidate == served?.previousRevision
                    && $0.candidate != nil
            }
        }
        return (maker ?? earlier.first)?.run
    }
}
