import Configuration
import GoogleCloud
import Releases
import Reporting

/// The gate `preflight`: after the plan, before anything is built or changed.
extension Session {
    /// The problems as one failure, nil when a release may go on. Doubts are told, an overridden problem too.
    func preflight(
        _ plan: Plan, builder: String, facts: [ServiceKey: ServiceFacts]
    ) async throws -> Failure? {
        guard plan.changes else { return nil }
        let environment = try environment()
        let intent = ReleaseIntent(
            plan, environment: environment, builder: builder, identityAccount: identityAccount)
        let findings: [PreflightFinding] =
            switch environment.platform.kind {
            case .local:
                PreflightMachine.secrets(
                    of: intent, stateFolder: try LocalLauncher(session: self).settings().stateFolder)
            case .google:
                await ReleaseQuota.findings(of: plan, facts: facts)
                    + cloudPreflight(environment.platform).findings(for: intent)
            }
        let report = PreflightReport(LostSettings.findings(of: plan, facts: facts) + findings)
        for doubt in report.doubts { console.progress("  ! preflight: " + Self.line(doubt)) }
        guard
            let failure = report.failure(
                during: "preflight",
                hint: "mend it and deploy again, or go on all the same: --override preflight=REASON")
        else { return nil }
        guard let reason = plan.overrides["preflight"] else { return failure }
        for problem in report.problems {
            console.progress("  ! preflight, overridden (\(SafeText.line(reason))): " + Self.line(problem))
        }
        return nil
    }

    func cloudPreflight(_ platform: PlatformSettings) async -> Preflight {
        let credentials = googleCredentials
        return Preflight(
            inspection: GoogleInspection(
                endpoints: await inspectionEndpoints(platform), tokens: credentials, http: http),
            images: registryImages,
            caller: PolicyMember(principal: await credentials.search().used?.principal))
    }

    /// Services that are nearly full of revisions. Whoever may not list them learns of that elsewhere.
    func fullServices(_ seen: [ServiceKey: ServiceObservation]) async -> [PreflightFinding] {
        guard let platform = try? await platformAccess().platform else { return [] }
        return await withTaskGroup(of: PreflightFinding?.self) { group in
            for (key, observation) in seen {
                group.addTask {
                    let revisions = (try? await platform.revisions(of: observation.identity)) ?? []
                    return ReleaseQuota.revisions(revisions, of: observation, key: key)
                }
            }
            return await group.reduce(into: []) { if let finding = $1 { $0.append(finding) } }.sorted { $0.id < $1.id }
        }
    }

    func inspectionEndpoints(_ platform: PlatformSettings) async -> InspectionEndpoints {
        .fromEnvironment(run: platform.endpoint, universeDomain: await googleCredentials.universeDomain())
    }

    var identityAccount: String? { ProcessEnvironment.nonEmpty("STAGECTL_IDENTITY_ACCOUNT") }

    private static func line(_ finding: PreflightFinding) -> String {
        SafeText.line([finding.what, finding.why].compactMap(\.self).joined(separator: ": "))
    }
}

extension PolicyMember {
    /// By the form of its name: service accounts have an address of Google's own.
    init(principal: String?) {
        guard let principal, principal.contains("@") else {
            self = .caller
            return
        }
        self = principal.hasSuffix("gserviceaccount.com") ? .serviceAccount(principal) : .user(principal)
    }
}

extension CredentialSearch.Entry {
    var principal: String? {
        if case .used(let summary) = outcome { summary.principal } else { nil }
    }
}
