import JSON
import Testing

@testable import LocalCloudRun

/// Whatever comes in, the answer is JSON in the form that the discovery document says, and never a failure of the
/// server's own. A seed that found something is added to the list.
@Suite(.serialized) struct FuzzTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `no request breaks the API`(seed: UInt64) async throws {
        guard let api = DiscoveredAPI.run else {
            try Test.cancel("STAGECTL_DISCOVERY_DOCUMENTS names no folder with run.v2.json")
        }
        try await Platform.run { platform in
            var fuzz = Fuzz(api, seed: seed)
            var taken = 0
            for number in 0..<2_000 {
                let request = fuzz.request()
                // Waiting is bounded by the request, which may say an hour.
                guard !request.path.hasSuffix(":wait") else { continue }
                let answer = await platform.control.handle(request)
                let text = String(decoding: request.body.prefix(2_000), as: UTF8.self)
                let what = "seed \(seed), request \(number): \(request.method) \(request.path.prefix(200)) \(text)"
                #expect(answer.status < 500, "\(what)\n\(answer.body.serialized())")
                if answer.status < 400 { taken += 1 }
                guard answer.status >= 400 || api.method(request.method, request.path) != nil else { continue }
                if let method = api.method(request.method, request.path) {
                    let problems = api.problems(in: answer.body, status: answer.status, of: method)
                    #expect(problems == [], "\(what)")
                } else {
                    #expect(answer.body["error"]?["message"]?.string?.isEmpty == false, "\(what)")
                }
            }
            // A fuzz that is always refused at the door would show nothing.
            #expect(taken > 50, "only \(taken) requests were taken")
            let after = try await platform.create("still-there")
            #expect(after["error"] == nil, "\(after.serialized())")
        }
    }

    @Test func `no target of a request is too odd`() {
        for target in [
            "", "*", "http://x/", "/v2/projects/%", "/v2/%zz", "/%00", "/%ff%fe",
            "/v2/projects/a/locations/b/services?%",
            "/?=&=&&&", "/v2/projects/a/locations/b/services?updateMask=a&updateMask=b",
            "/" + String(repeating: "%41", count: 9_000),
        ] {
            guard let (path, query) = APIServer.split(target) else { continue }
            _ = Endpoint(method: "GET", path: path)
            #expect(query.count < 10)
        }
    }
}
