/// A call of gRPC that did not end as wanted.
enum GRPCDiagnosis {
    static func explain(_ reply: GRPCReply, _ response: HTTPProbeResponse, _ evidence: Evidence) -> LikelyCause? {
        if reply.isOfHTTP {
            let isPlatform = Answerer.isPlatform(
                headers: response.headers, body: response.body, carriesIdentity: evidence.revision != nil)
            // What an application says to a path that it does not know, or to a method or content that it does not want.
            if !isPlatform, [404, 405, 415].contains(response.status) { return notGRPC }
            return ResponseDiagnosis.explain(response, carriesIdentity: evidence.revision != nil)
        }
        if reply.fault != nil { return notGRPC }
        switch reply.code {
        case .ok:
            return LikelyCause(
                cause: "the server says of itself that it is not ready: it starts, stops, or a dependency is down",
                fix: "read the service's logs with `stagectl logs`; wait for a start with `poll`, or with `watch`")
        case .notFound:
            return LikelyCause(
                cause: "the server's health service does not know this name",
                fix: "use the full name, such as `package.Service`, and see that the server sets its status")
        case .unimplemented:
            return LikelyCause(
                cause: "the server has no health service",
                fix: "add grpc.health.v1.Health to it; every gRPC library has one")
        case .unauthenticated, .permissionDenied:
            return LikelyCause(
                cause: "the application refused this caller",
                fix: "look at the credentials that the check sends and at the application's permissions")
        case .deadlineExceeded:
            return LikelyCause(
                cause: "the server did not answer within the check's time limit",
                fix: "read the service's logs, and compare the time limit with how long the work takes")
        case .unavailable, .resourceExhausted:
            return ResponseDiagnosis.noInstance(503)
        default:
            return LikelyCause(
                cause: "the application raised an error in its health service",
                fix: "read the service's logs of this trace id with `stagectl logs`")
        }
    }

    static func explain(_ failure: ProbeFailure) -> LikelyCause? {
        guard failure.kind == .lost else { return FailureDiagnosis.explain(failure) }
        return LikelyCause(
            cause: "the server does not speak HTTP/2 without an upgrade, or it ended while it answered",
            fix: "name the container's port `h2c` for a service of gRPC, and read its logs with `stagectl logs`")
    }

    private static let notGRPC = LikelyCause(
        cause: "something other than a gRPC server answered: a page, a proxy, or a service that speaks plain HTTP",
        fix: "see that the target is the gRPC service, and that its container's port is named `h2c`")
}
