import Configuration
import Loop
import Releases

/// What differs of each service from the last good run.
struct LoopChanges {
    let session: Session

    init(_ session: Session) {
        self.session = session
    }

    /// Empty where one of the two is not in this state.
    func since(_ good: String, run: String) async -> [Loop.ChangeSinceGood] {
        guard let difference = try? await session.releaseDifference(of: good, and: run) else { return [] }
        let (before, now) = (try? await session.comparedRelease(good), try? await session.comparedRelease(run))
        return difference.services.compactMap { service in
            let key = ServiceKey(service.service, region: service.region.isEmpty ? nil : service.region)
            let secrets = Self.secrets(before?.configurations[key], now?.configurations[key])
            let secretFields = Set(secrets.map(\.usedAs))
            let settings = (service.settings ?? []).filter { !secretFields.contains($0.field) }.map {
                ChangeSinceGood.Setting($0.field, $0.earlier.shown, $0.later.shown)
            }
            let commits = (service.commits?.added ?? []).map { ChangeSinceGood.Commit($0.id, $0.subject) }
            guard !secrets.isEmpty || !settings.isEmpty || !commits.isEmpty else { return nil }
            return Loop.ChangeSinceGood(
                service: service.service, since: good, settings: settings, secrets: secrets, commits: commits,
                note: service.commits?.note)
        }
    }

    private static func secrets(_ before: PlannedService?, _ now: PlannedService?) -> [ChangeSinceGood.SecretVersion] {
        guard let before, let now else { return [] }
        let earlier = Dictionary(
            before.environment.compactMap { variable in version(of: variable).map { (variable.name, $0) } },
            uniquingKeysWith: { $1 })
        return now.environment.compactMap { variable in
            guard let later = version(of: variable), let old = earlier[variable.name],
                old.secret == later.secret, old.version != later.version
            else { return nil }
            return ChangeSinceGood.SecretVersion(
                later.secret, usedAs: "env.\(variable.name)", old.version, later.version)
        }
    }

    private static func version(of variable: ConfiguredVariable) -> (secret: String, version: String)? {
        guard case .secret(let name, let version) = variable.value else { return nil }
        return (name, version)
    }
}
