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
    ])
    func `an early end is explained`(_ code: Int, _ milliseconds: Double, _ words: String) {
        let found = CloseDiagnosis.explain(code: code, afterMilliseconds: milliseconds)
        #expect(found.cause.contains(words), "\(found.cause)")
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
