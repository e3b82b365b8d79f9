import Configuration
import Infrastructure
import Releases

/// The role `InfrastructureApplier`, by Terraform.
struct TerraformApplier: InfrastructureApplier {
    let root: TerraformRoot
    let settings: InfrastructureSettings
    let environment: String
    /// The folder that the root's plans and logs are in.
    let folder: String

    func apply(
        _ approval: InfrastructureApproval, run: String, isInDoubt: Bool, line: @escaping @Sendable (String) -> Void
    ) async throws -> InfrastructureRecord {
        isInDoubt
            ? try await finish(approval, run: run, line: line) : try await begin(approval, run: run, line: line)
    }

    private func begin(
        _ approval: InfrastructureApproval, run: String, line: @escaping @Sendable (String) -> Void
    ) async throws -> InfrastructureRecord {
        let file = "\(folder)/\(run).tfplan"
        do throws(InfrastructureError) {
            try await root.initialise()
            guard root.fingerprint(of: file) == approval.fingerprint else { throw .planChanged(file) }
        } catch {
            throw lift(error)
        }
        return try await carryOut(file, approval, approval, run: run, line: line)
    }

    /// An earlier attempt was cut. A Terraform that outlived its stagectl is waited for: planning wants the state's lock.
    private func finish(
        _ approval: InfrastructureApproval, run: String, line: @escaping @Sendable (String) -> Void
    ) async throws -> InfrastructureRecord {
        line("planning what an earlier attempt has left")
        let file = "\(folder)/\(run)-rest.tfplan"
        let rest: InfrastructureApproval
        let isEmpty: Bool
        do throws(InfrastructureError) {
            let plan = try await root.plan(approval.destroys ? .destroy : .change, file: file)
            isEmpty = plan.isEmpty
            rest = plan.approval(destroys: approval.destroys)
            let foreign = rest.changes.filter { !approval.covers($0) }
            guard foreign.isEmpty else { throw .outgrown(foreign.map { "\($0.action) \($0.address)" }) }
        } catch {
            throw lift(error)
        }
        // Also one that outlived its stagectl can have failed at a condition, which only an apply asks again.
        let before = progress(of: run, approval)
        if isEmpty, before.isComplete {
            succeed(run, rest.configuration)
            return approval.completed(inOrder: before.completed)
        }
        let open = Set(rest.changes.map(\.address))
        return try await carryOut(
            file, rest, approval, after: before.completed.filter { !open.contains($0) }, run: run, line: line)
    }

    /// - Parameters:
    ///   - carried: what is in the file: all of the approval, or the rest of it.
    ///   - earlier: what attempts before have done.
    private func carryOut(
        _ file: String, _ carried: InfrastructureApproval, _ approval: InfrastructureApproval,
        after earlier: [String] = [], run: String, line: @escaping @Sendable (String) -> Void
    ) async throws -> InfrastructureRecord {
        FailedApply(run: run, errors: []).write(in: folder)
        let shown = ApplyProgress(TerraformProgress(total: carried.total))
        do throws(InfrastructureError) {
            let end = try await root.apply(
                file, expecting: carried.total, replacing: carried.replaced, log: log(of: run)
            ) { event in
                switch event {
                case .started, .completed, .failed, .progressed: line(shown.after(event).line)
                case .printed(let address, let text): line("\(address): \(text)")
                default: break
                }
            }
            succeed(run, carried.configuration)
            return approval.completed(inOrder: earlier + end.completed)
        } catch {
            guard case .cut(let progress, let findings, _) = error else { throw lift(error) }
            // Nobody applies these files again, and they may hold secrets.
            discard(run)
            FailedApply(run: run, errors: findings.filter(\.isError).map(InfrastructureLifting.line)).write(in: folder)
            let open = Set(carried.changes.map(\.address))
            let done = approval.changes.map(\.address).filter { !open.contains($0) }
            let record = approval.account(of: progress, after: earlier + done)
            throw InfrastructureCut(
                InfrastructureLifting.cut(error, record, tainted: await tainted(), environment: environment)
                    ?? lift(error), record: record)
        }
    }

    func account(of approval: InfrastructureApproval, run: String) async throws -> InfrastructureRecord {
        let file = "\(folder)/\(run)-rest.tfplan"
        do throws(InfrastructureError) {
            let plan = try await root.plan(approval.destroys ? .destroy : .change, file: file)
            let rest = plan.approval(destroys: approval.destroys).changes.filter(approval.covers)
            let before = progress(of: run, approval)
            discard(run)
            if rest.isEmpty, before.isComplete { FailedApply.clear(in: folder) }
            return approval.account(of: before, left: rest)
        } catch {
            if case .locked = error { throw lift(error) }
            // It cannot be planned any more; what its own log says is there all the same.
            let record = approval.account(of: progress(of: run, approval))
            discard(run)
            return record
        }
    }

    func outputs() async throws -> [String: String] {
        do throws(InfrastructureError) {
            return try await root.outputs().texts
        } catch {
            throw lift(error)
        }
    }

    // MARK: - Files

    private func log(of run: String) -> String { "\(folder)/\(run).jsonl" }

    private func progress(of run: String, _ approval: InfrastructureApproval) -> TerraformProgress {
        TerraformRoot.progress(of: log(of: run), expecting: approval.total, replacing: approval.replaced)
    }

    private func succeed(_ run: String, _ configuration: String?) {
        discard(run)
        FailedApply.clear(in: folder)
        if let configuration { AppliedConfiguration.write(configuration, in: folder) }
    }

    /// Plans may hold secrets: they go as soon as they are carried out.
    private func discard(_ run: String) {
        for name in ["\(run).tfplan", "\(run)-rest.tfplan", "\(run).jsonl"] { root.discard("\(folder)/\(name)") }
    }

    /// Also when the run was interrupted; empty where nobody can tell.
    private func tainted() async -> Set<String> {
        await Task { (try? await root.taintedAddresses()) ?? [] }.value
    }

    private func lift(_ error: InfrastructureError) -> Failure {
        InfrastructureLifting.lift(error, settings: settings, environment: environment)
    }
}
