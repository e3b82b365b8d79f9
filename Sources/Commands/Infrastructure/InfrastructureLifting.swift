import Configuration
import Infrastructure
import Releases
import Reporting
import Transport

/// What went wrong with Terraform, in the one shape that is shown.
enum InfrastructureLifting {
    static func lift(
        _ error: InfrastructureError, settings: InfrastructureSettings, environment: String
    ) -> Failure {
        let tool = settings.tool.rawValue
        switch error {
        case .cannotStart(.programNotFound):
            return Failure(
                .unavailable, "`\(tool)` is not installed, or not in PATH", details: [.init("root", settings.root)],
                hint: settings.tool == .terraform
                    ? "install it: https://developer.hashicorp.com/terraform/install"
                    : "install it: https://opentofu.org/docs/intro/install")
        case .cannotStart(let error):
            return FailureLifting.lift(error)
        case .noRoot(let folder):
            return Failure(
                .configuration, "the Terraform root `\(settings.root)` is not there",
                details: [.init("folder", folder)], hint: "mend `infra.root` of environments/\(environment).yaml")
        case .failed(let command, let code, let findings, let lines):
            let errors = findings.filter(\.isError)
            return Failure(
                .release, "`\(tool) \(command)` failed in `\(settings.root)`",
                details: errors.isEmpty
                    ? lines.suffix(8).map { .init("it wrote", SafeText.line($0)) } + [.init("exit code", "\(code)")]
                    : errors.flatMap(details),
                hint: "mend that, then: stagectl infra plan --env \(environment)")
        case .locked(let holder, let waited):
            var details = [Failure.Detail("held by", holder.who)]
            if !holder.operation.isEmpty { details.append(.init("for", holder.operation)) }
            if !holder.created.isEmpty { details.append(.init("since", holder.created)) }
            let release =
                holder.id.isEmpty
                ? "" : "; if nobody works there any more: \(tool) -chdir=\(settings.root) force-unlock \(holder.id)"
            return Failure(
                .conflict, "the Terraform state is locked, and was not free within \(waited) s", details: details,
                hint: "wait for its end, or longer (`infra.lock_timeout`)\(release)")
        case .cut(let progress, _, _):
            return cut(
                error, InfrastructureRecord(applied: progress.completed, failed: progress.failed, cut: progress.cut),
                tainted: [], environment: environment) ?? Failure(.internalError, "an apply was cut")
        case .unreadable(let command, let reason):
            return Failure(
                .unavailable, "what `\(tool) \(command)` printed cannot be read", details: [.init("why", reason)],
                hint: "\(tool) version; stagectl works with Terraform 1.x and OpenTofu 1.x")
        case .planChanged(let file):
            return Failure(
                .conflict, "the plan that was shown is not there any more", details: [.init("file", file)],
                hint: "stagectl infra plan --env \(environment)")
        case .outgrown(let changes):
            return Failure(
                .needsAttention, "what is left of the apply would do more than was approved",
                details: changes.map { .init("not approved", $0) },
                hint: "look at it: stagectl infra plan --env \(environment); then abort this run, and apply that plan")
        case .fileNotWritten(let path, _):
            return Failure(.unavailable, "`\(path)` cannot be written", hint: "see whether the disk is full")
        }
    }

    /// An apply that did not come to its end: what is done and what is not, and what goes on with it.
    ///
    /// - Parameter tainted: addresses that the next apply makes anew, which has to be allowed.
    /// - Returns: nil for any other error.
    static func cut(
        _ error: InfrastructureError, _ record: InfrastructureRecord, tainted: Set<String>, environment: String
    ) -> Failure? {
        guard case .cut(let progress, let findings, let wasStopped) = error else { return nil }
        var details = findings.filter(\.isError).flatMap(self.details)
        if record.applied.isEmpty { details.append(.init("done", "nothing")) }
        details += record.lists.map { name, addresses in
            .init(addresses == record.applied ? "done" : name, addresses.joined(separator: ", "))
        }
        let total = max(progress.total, progress.done)
        return Failure(
            wasStopped ? .interrupted : .release,
            "the apply \(wasStopped ? "was stopped" : "failed") after \(progress.done) of "
                + Counted.text(total, "change"),
            details: details, hint: next(after: record, tainted: tainted, environment: environment),
            mayHaveHappened: true)
    }

    /// The line to type. The run has ended: what is left is a plan of its own.
    static func next(after record: InfrastructureRecord, tainted: Set<String>, environment: String) -> String {
        let isDestroy = record.destroys == true
        let open = (record.failed ?? []) + (record.cut ?? []) + record.left
        let named = isDestroy ? open : open.filter(tainted.contains)
        let operation = "stagectl infra \(isDestroy ? "destroy" : "apply") --env \(environment)"
        // Nobody types more of them; both commands say them again.
        guard named.count <= 4 else {
            return "see what is left: stagectl infra \(isDestroy ? "destroy --dry-run" : "plan") --env \(environment)"
        }
        return "what is left: "
            + ([operation] + named.sorted().map { "--allow-destroy '\($0)'" }).joined(separator: " ")
    }

    private static func details(_ finding: InfrastructureFinding) -> [Failure.Detail] {
        let label = finding.place ?? finding.address ?? "error"
        var details = [Failure.Detail(label, SafeText.line(finding.summary))]
        details += SafeText.lines(finding.detail).prefix(6).filter { !$0.isEmpty }.map { .init("", $0) }
        return details
    }

    static func line(_ finding: InfrastructureFinding) -> String {
        let place = finding.place.map { SafeText.line($0) + ": " } ?? ""
        return place + SafeText.line(finding.summary)
    }
}
