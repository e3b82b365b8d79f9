import Testing
import Verification

struct DiagnosisTests {
    static let google = [HeaderField("Server", "Google Frontend"), HeaderField("Content-Type", "text/html")]
    static let page = Array("<html><head><title>403</title>".utf8)

    @Test(arguments: [
        (403, true, "run.invoker"), (403, false, "before it accepted"), (404, true, "reserved"),
        (404, false, "no WebSocket route"), (400, false, "Upgrade"), (426, false, "HTTP/2"),
        (401, false, "credentials"), (429, false, "limit"), (503, false, "no instance"), (500, false, "raised"),
        (502, false, "crashed"), (200, false, "does not upgrade"), (301, false, "redirected"),
        (405, false, "does not answer GET"), (407, false, "proxy"), (408, false, "in time"), (504, false, "in time"),
        (431, false, "too large"), (418, false, "refused the upgrade"),
    ])
    func `a refused upgrade is explained`(_ status: Int, _ fromGoogle: Bool, _ words: String) {
        let found = UpgradeDiagnosis.explain(
            status: status, headers: fromGoogle ? Self.google : [], body: fromGoogle ? Self.page : [])
        #expect(found.cause.contains(words), "\(found.cause)")
        #expect(!found.fix.isEmpty)
    }

    @Test(arguments: [
        (1011, 5.0, "exception"), (1008, 5, "policy"), (1003, 5, "kind of data"), (1009, 5, "larger"),
        (1002, 5, "protocol"), (1000, 5, "orderly"), (1001, 5, "orderly"), (1006, 300_200, "request timeout"),
        (1006, 5, "dropped"), (1015, 5, "TLS"), (4001, 5, "own code 4001"),
        (1005, 5, "orderly"), (1007, 5, "not valid for its kind"), (1010, 5, "extension"), (1012, 5, "restarting"),
        (1013, 5, "overloaded"), (1014, 5, "gateway"), (3000, 5, "credentials"), (4401, 5, "credentials"),
        (4403, 5, "does not allow"), (4408, 5, "too long"), (1006, 284_900, "dropped"), (1006, 285_100, "timeout"),
    ])
    func `an early end is explained`(_ code: Int, _ milliseconds: Double, _ words: String) {
        let found = CloseDiagnosis.explain(code: code, afterMilliseconds: milliseconds)
        #expect(found.cause.contains(words), "\(found.cause)")
    }

    @Test(
        arguments: [
            (10_000.0, 10_900.0, true), (10_000, 11_100, false), (3_600_000, 3_601_000, true), (1000, 1400, true),
            (1000, 1600, false),
        ])
    func `a drop at about the service's own time limit is told as that`(
        _ limit: Double, _ age: Double, _ isTimeout: Bool
    ) {
        let found = CloseDiagnosis.explain(code: 1006, afterMilliseconds: age, requestTimeoutMilliseconds: limit)
        #expect(found.cause.contains("request timeout") == isTimeout, "\(found.cause)")
    }

    @Test(arguments: [(1002, "no WebSocket frames"), (1007, "not UTF-8"), (1009, "larger than the check accepts")])
    func `what breaks the protocol is explained by the code that it was closed with`(_ code: Int, _ words: String) {
        #expect(ViolationDiagnosis.explain(code: code).cause.contains(words))
    }

    @Test func `a 403 of the platform differs from one of the application behind it`() {
        let response = HTTPProbeResponse(status: 403, headers: Self.google, body: Self.page)
        #expect(ResponseDiagnosis.explain(response)?.cause.contains("IAM") == true)
        // Everything that passes Cloud Run says Google Frontend: the revision's own header decides.
        #expect(ResponseDiagnosis.explain(response, carriesIdentity: true)?.cause.contains("application") == true)
        let json = HTTPProbeResponse(
            status: 403,
            headers: [HeaderField("Server", "Google Frontend"), HeaderField("Content-Type", "application/json")],
            body: Array("{}".utf8))
        #expect(ResponseDiagnosis.explain(json)?.cause.contains("application") == true)
    }
}
