import Configuration
import Crypto
import Infrastructure
import Releases
import Reporting

/// The Terraform root of an environment.
extension Session {
    /// For commands that work on the root itself: what they are about to make, or to ask for, need not be known yet.
    ///
    /// - Parameter checks: whether the environment and the root must agree; not for whoever only looks.
    func openInfrastructure(checks: Bool = true) throws {
        let configuration = try configuration(needsServices: false, leavesUnknownOutputs: true)
        _ = try infrastructureSettings()
        if checks, let failure = InfrastructureConsistency.failure(of: configuration) { throw failure }
    }

    /// All outputs, now; what may be shown is remembered for whoever reads the configuration.
    func infrastructureOutputs() async throws -> [InfrastructureOutput] {
        let settings = try infrastructureSettings()
        let root = try terraformRoot()
        let outputs: [InfrastructureOutput]
        do throws(InfrastructureError) {
            outputs = try await root.outputs()
        } catch {
            throw InfrastructureLifting.lift(error, settings: settings, environment: environmentName)
        }
        console.hide(outputs.filter(\.isSensitive).flatMap { InfraDocument.texts(in: $0.value) })
        try RememberedOutputs.write(
            outputs.texts, root: try configuration().root, environment: environmentName)
        return outputs
    }

    /// Throws `usage` where the environment has none.
    func infrastructureSettings() throws -> InfrastructureSettings {
        let environment = try environment()
        guard let settings = environment.infrastructure else {
            throw Failure(
                .usage, "`\(environment.name)` has no Terraform root",
                hint:
                    "name it in environments/\(environment.name).yaml:  infra: { root: terraform/\(environment.name) }")
        }
        return settings
    }

    func terraformRoot() throws -> TerraformRoot {
        let settings = try infrastructureSettings()
        let project = try configuration().root
        let data = try stateFolder() + "/infra/\(environmentName)"
        try Folders.create(data)
        var cache: String?
        if let named = settings.pluginCache {
            cache = "\(project)/\(named)"
            // Terraform makes none by itself.
            try Folders.create("\(project)/\(named)")
        }
        return TerraformRoot(
            settings,
            at: TerraformRoot.Place(
                folder: "\(project)/\(settings.root)", data: data, pluginCache: cache, project: project),
            digest: { bytes in
                SHA256.hash(data: bytes).map { byte in
                    let digits = String(byte, radix: 16)
                    return digits.count == 1 ? "0" + digits : digits
                }.joined()
            })
    }

    /// Nil where the environment has no root.
    func infrastructureApplier() throws -> TerraformApplier? {
        guard let settings = try environment().infrastructure else { return nil }
        return TerraformApplier(
            root: try terraformRoot(), settings: settings, environment: environmentName,
            folder: try stateFolder() + "/infra/\(environmentName)")
    }

    /// Where the plan of this name is kept until it is applied: `latest` for the one that was shown last.
    func infrastructurePlanFile(_ name: String) throws -> String {
        try stateFolder() + "/infra/\(environmentName)/\(name).tfplan"
    }

    /// Plans, with progress and findings on the console.
    func planInfrastructure(
        _ mode: TerraformArguments.PlanMode = .change, file: String
    ) async throws -> InfrastructurePlan {
        let root = try terraformRoot()
        if let holder = root.fileLockHolder { tellWaiting(for: holder) }
        do throws(InfrastructureError) {
            return try await root.plan(mode, file: file) { [console] event in
                switch event {
                case .refreshing(let address): console.detail("  refreshing \(SafeText.line(address))")
                case .finding(let finding) where !finding.isError:
                    console.progress("  ! \(InfrastructureLifting.line(finding))")
                default: break
                }
            }
        } catch {
            throw InfrastructureLifting.lift(
                error, settings: try infrastructureSettings(), environment: environmentName)
        }
    }

    /// What to type for the rest of an apply that did not come to its end.
    func nextApply(after record: InfrastructureRecord) async -> String {
        let tainted = (try? await terraformRoot().taintedAddresses()) ?? []
        return InfrastructureLifting.next(after: record, tainted: tainted, environment: environmentName)
    }

    func tellWaiting(for holder: StateLockHolder) {
        let who = holder.who.isEmpty ? "somebody" : SafeText.line(holder.who)
        console.progress("  the state is locked by \(who); waiting")
    }
}
