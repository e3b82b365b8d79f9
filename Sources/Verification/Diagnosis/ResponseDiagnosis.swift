/// An HTTP answer that was not wanted. Nil where the status says nothing that the reader does not know.
package enum ResponseDiagnosis {
    static let notInvoker = LikelyCause(
        cause: "Cloud Run's IAM refused the call: the caller lacks run.invoker, or its token is for another audience; "
            + "the application never saw it",
        fix: "grant roles/run.invoker to the caller, or make the service public, and see that the token's audience is "
            + "the service's own URL")

    static let reservedPath = LikelyCause(
        cause: "Google's front end answered: the path is reserved (`/healthz`, `/_ah/…`), or no service has this host",
        fix: "use another path, for example `/health`, and see that the address is the service's")

    static func noInstance(_ status: Int) -> LikelyCause {
        LikelyCause(
            cause: status == 429
                ? "a rate limit, or the instance limit is reached"
                : "no instance could take the request, or the application says that it is not available",
            fix: "look at max_instances, concurrency and start-up time, and at the service's logs; retry with backoff")
    }

    package static func explain(_ response: HTTPProbeResponse, carriesIdentity: Bool = false) -> LikelyCause? {
        let isPlatform = Answerer.isPlatform(
            headers: response.headers, body: response.body, carriesIdentity: carriesIdentity)
        switch response.status {
        case 403 where isPlatform: return notInvoker
        case 403:
            return LikelyCause(
                cause: "the application refused this caller",
                fix: "look at the credentials that the check sends and at the application's permissions")
        case 401 where isPlatform: return notInvoker
        case 401:
            return LikelyCause(
                cause: "the application did not get or did not accept the credentials",
                fix: "look at the check's `auth` and `headers`, and that both sides use the same secret")
        case 404 where isPlatform: return reservedPath
        case 404:
            return LikelyCause(
                cause: "this revision does not have the route",
                fix: "compare the path with the application's routes at the commit that was deployed")
        case 429, 503: return noInstance(response.status)
        case 500, 502, 504:
            return LikelyCause(
                cause: "the application raised an error, crashed, or took too long",
                fix: "read the service's logs of this trace id with `stagectl logs`")
        case 300...399:
            return response.redirectTarget.map { target in
                LikelyCause(
                    cause: "the service redirects to `\(target)`, and checks follow no redirect",
                    fix: "ask for the final address, or expect the redirect")
            }
        default: return nil
        }
    }
}

/// No answer at all.
enum FailureDiagnosis {
    static func explain(_ failure: ProbeFailure) -> LikelyCause? {
        switch failure.kind {
        case .connect:
            LikelyCause(
                cause: "nothing listens at this address, or its name does not resolve",
                fix: "see that the service is up with `stagectl status`")
        case .timeout:
            LikelyCause(
                cause: "the service is too slow, hangs, or has no free instance",
                fix: "read the service's logs, and compare the time limit with how long the work takes")
        case .tls:
            LikelyCause(
                cause: "the certificate or the TLS versions do not fit", fix: "look at the certificate of the host")
        case .lost:
            LikelyCause(
                cause: "the instance ended while it answered: a crash, or out of memory",
                fix: "read the service's logs around this time with `stagectl logs`")
        case .malformed: ViolationDiagnosis.handshake
        case .other: nil
        }
    }
}
