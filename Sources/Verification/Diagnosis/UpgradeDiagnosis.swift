/// A WebSocket upgrade that was answered with something other than 101.
package enum UpgradeDiagnosis {
    package static func explain(
        status: Int, headers: [HeaderField], body: [UInt8], carriesIdentity: Bool = false
    ) -> LikelyCause {
        let isPlatform = Answerer.isPlatform(headers: headers, body: body, carriesIdentity: carriesIdentity)
        switch status {
        case 403 where isPlatform: return ResponseDiagnosis.notInvoker
        case 403:
            return LikelyCause(
                cause: "the application refused the connection before it accepted it (in ASGI a close before accept "
                    + "becomes 403, so a meant 401 or 404 looks like this too)",
                fix: "look at the route's permission and origin checks, and at the service's logs of this request")
        case 404 where isPlatform: return ResponseDiagnosis.reservedPath
        case 404:
            return LikelyCause(
                cause: "the path is wrong, or this revision has no WebSocket route there",
                fix: "compare the path with the application's routes at the commit that was deployed")
        case 400, 426:
            return LikelyCause(
                cause: "the Upgrade or Sec-WebSocket headers did not arrive: a proxy removed them, or HTTP/2 "
                    + "end-to-end is on",
                fix:
                    "do not use HTTP/2 end-to-end (h2c) for a Cloud Run service with WebSocket; look at proxies between"
            )
        case 401:
            return LikelyCause(
                cause: "the application did not get or did not accept the credentials of the upgrade request",
                fix:
                    "see that the Authorization header is forwarded; browsers cannot set it, so offer a subprotocol or "
                    + "a query token")
        case 405:
            return LikelyCause(
                cause: "the route exists but does not answer GET, which every upgrade is",
                fix: "see that the path is the WebSocket route and not the one of an API")
        case 407:
            return LikelyCause(
                cause: "a proxy between here and the service wants credentials",
                fix: "look at HTTPS_PROXY and NO_PROXY of the machine that runs the checks")
        case 408, 504:
            return LikelyCause(
                cause: "the application did not accept or refuse the connection in time",
                fix: "look for slow work before accept, such as a token that is looked up, and at start-up time")
        case 413, 414, 431:
            return LikelyCause(
                cause: "the upgrade request is too large: its headers or its address",
                fix: "send less in cookies, headers and the query")
        case 429, 503: return ResponseDiagnosis.noInstance(status)
        case 500, 502:
            return LikelyCause(
                cause: "the handler raised before it accepted, or the container crashed",
                fix: "read the service's logs of this request with `stagectl logs`")
        case 200...299:
            return LikelyCause(
                cause: "the path answers plain HTTP and does not upgrade",
                fix: "see that the path is the WebSocket route, and that no proxy answers in its place")
        case 300...399:
            return LikelyCause(
                cause: "the upgrade was redirected, which WebSocket clients do not follow",
                fix: "use the final address, with https and the exact path (a missing slash redirects too)")
        default:
            return LikelyCause(
                cause: "the server refused the upgrade",
                fix: "read the service's logs of this request with `stagectl logs`")
        }
    }
}
