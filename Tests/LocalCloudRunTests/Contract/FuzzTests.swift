import JSON
import Testing

@testable import LocalCloudRun

/// Whatever comes in, the answer is JSON in the form that the discovery document says, and never a failure of the
/// server's own. A seed that found something is added to the list.
@Suite(.serialized) struct FuzzTests {
    @Test(arguments: FuzzSeeds.all([1, 2, 3, 4]))
    func `no request breaks the API`(seed: UInt64) async throws {
        FuzzSeeds.announce(seed, "v2")
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

    @Test(arguments: FuzzSeeds.all([1, 2, 3, 4]))
    func `no request breaks v1`(seed: UInt64) async throws {
        FuzzSeeds.announce(seed, "v1")
        try await Platform.run { platform in
            var fuzz = Fuzz(
                methods: NamespaceMethods.all, schemas: NamespaceMethods.schemas, usual: NamespaceMethods.usual,
                seed: seed)
            for id in ["one", "two", "three"] {
                let made = await platform.call(
                    "POST", "/v2/projects/demo/locations/l/services", ["template": Platform.template()],
                    query: ["serviceId": id])
                #expect(made.status == 200)
            }
            var taken: [String] = []
            for number in 0..<2_000 {
                let request = fuzz.request()
                // Deleting needs no body and nearly always succeeds: one in four leaves something to replace.
                if request.method == "DELETE", number % 4 != 0 { continue }
                let answer = await platform.control.handle(request)
                Self.checkNamespace(answer, to: request, "seed \(seed), request \(number)")
                if answer.status < 400 { taken.append(request.method) }
            }
            // A fuzz that is always refused at the door would show nothing.
            let counts = ["GET", "POST", "PUT", "DELETE"].map { verb in taken.filter { $0 == verb }.count }
            #expect(counts.allSatisfy { $0 > 0 }, "taken were \(counts)")
            let after = try await platform.create("still-there")
            #expect(after["error"] == nil, "\(after.serialized())")
        }
    }

    private static func checkNamespace(_ answer: APIResponse, to request: APIRequest, _ number: String) {
        let text = String(decoding: request.body.prefix(2_000), as: UTF8.self)
        let what = "\(number): \(request.method) \(request.path.prefix(200)) \(text)"
        #expect(answer.status < 500, "\(what)\n\(answer.body.serialized())")
        if let method = DiscoveredAPI.method(request.method, request.path, in: NamespaceMethods.all) {
            let problems = NamespaceMethods.problems(in: answer.body, status: answer.status, of: method)
            #expect(problems == [], "\(what)")
        } else if answer.status >= 400 {
            #expect(answer.body["error"]?["message"]?.string?.isEmpty == false, "\(what)")
        }
    }

    @Test func `no target of a request is too odd`() {
        for target in [
            "", "*", "http://x/", "/v2/projects/%", "/v2/%zz", "/%00", "/%ff%fe",
            "/v2/projects/a/locations/b/services?%",
            "/?=&=&&&", "/v2/projects/a/locations/b/services?updateMask=a&updateMask=b",
            "/" + String(repeating: "%41", count: 9_000),
        ] {
            guard let read = try? RequestTarget(target) else { continue }
            _ = Endpoint(method: "GET", path: read.path)
            #expect(read.query.count < 10)
        }
    }
}
