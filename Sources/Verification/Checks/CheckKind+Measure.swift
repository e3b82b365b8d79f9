/// A check's questions as one user asks them; `problem` says why that user cannot be.
struct UserScope: Sendable {
    var scope: CheckScope
    var problem: Measurement?
    /// Made for this user.
    var tokens: [String]
}

extension CheckKind {
    /// Asked by several users, each with credentials of their own.
    var isOfManyUsers: Bool {
        if case .users = self { true } else { false }
    }

    /// One attempt.
    func measure(
        with runner: SuiteRunner, in scope: CheckScope, captures: [Capture],
        progress: @escaping @Sendable (RunnerProgress) -> Void,
        asUser: @escaping @Sendable ([String: String]) async -> UserScope
    ) async -> Measurement {
        switch self {
        case .http(let http):
            await http.measure(runner.http, tls: runner.probes.tls, in: scope, captures: captures)
        case .webSocket(let webSocket):
            await webSocket.measure(runner.webSocket, clock: runner.clock, in: scope, captures: captures)
        case .routes(let routes): await routes.measure(runner.http, in: scope)
        case .events(let events): await events.measure(runner.http, clock: runner.clock, in: scope)
        case .load(let load): await load.measure(runner.http, clock: runner.clock, in: scope)
        case .users(let users): await users.measure(runner.http, clock: runner.clock, asUser: asUser)
        case .rateLimit(let limit): await limit.measure(runner.http, clock: runner.clock, in: scope)
        case .start(let start): await start.measure(runner.http, clock: runner.clock, in: scope)
        case .preflight(let preflight): await preflight.measure(runner.http, in: scope)
        case .tls(let tls): await tls.measure(runner.probes.tls, in: scope)
        case .name(let name): await name.measure(runner.probes.names, in: scope)
        case .command(let command): await command.measure(runner.probes.commands, in: scope, captures: captures)
        case .grpc(let grpc): await grpc.measure(runner.http, in: scope)
        case .job(let job): await job.measure(runner.probes.jobs, in: scope)
        case .runner(let external): await external.measure(runner.probes.runners, in: scope, progress: progress)
        case .container(let container):
            await container.measure(runner.probes.containers, in: scope, captures: captures)
        }
    }
}
