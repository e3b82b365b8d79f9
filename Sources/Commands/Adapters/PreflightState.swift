import Configuration
import GoogleCloud
import Releases
import State

/// Whether a team's state is there and may be worked with.
struct PreflightState {
    /// What a lock, a journal and history need. `roles/storage.objectUser` holds all of them
    /// (cloud.google.com/storage/docs/access-control/iam-roles).
    private static let permissions = [
        "storage.objects.create", "storage.objects.delete", "storage.objects.get", "storage.objects.list",
    ]
    private static let id = "state-bucket"

    let session: Session

    /// Nothing where the state is on this machine.
    func findings() async -> [PreflightFinding] {
        do {
            let place = try session.statePlace()
            guard case .bucket(let bucket, _) = place else { return [] }
            guard let permitted = try await session.stateStorage().permitted(Self.permissions, in: bucket) else {
                return [
                    PreflightFinding(
                        Self.id, .problem, .configuration, what: "the bucket of the state does not exist: `\(bucket)`",
                        command: ShellWord.line(["gcloud", "storage", "buckets", "create", "gs://\(bucket)"])
                            + " --uniform-bucket-level-access --public-access-prevention")
                ]
            }
            let missing = Self.permissions.filter { !permitted.contains($0) }
            guard missing.isEmpty else { return [refused(missing, bucket)] }
            // Also whether it is of this version, and still there.
            _ = try await session.state().unfinishedRuns(environment: session.environmentName)
            return [
                PreflightFinding(
                    Self.id, .ok, .unavailable, what: "the state of the team is in `\(place.description)`")
            ]
        } catch {
            let failure = FailureLifting.lift(error)
            return [
                PreflightFinding(
                    Self.id, .problem, failure.category, what: failure.summary,
                    why: failure.details.map { "\($0.label) \($0.value)" }.joined(separator: ", "),
                    command: failure.hint)
            ]
        }
    }

    private func refused(_ missing: [String], _ bucket: String) -> PreflightFinding {
        let member: PolicyMember = session.identityAccount.map { .serviceAccount($0) } ?? .caller
        return PreflightFinding(
            Self.id, .problem, .permission, what: "the state in bucket `\(bucket)` may not be worked with",
            why: "missing: " + missing.joined(separator: ", "),
            command: ShellWord.line(["gcloud", "storage", "buckets", "add-iam-policy-binding", "gs://\(bucket)"])
                + " --member \(member.shellWord) --role roles/storage.objectUser")
    }
}
