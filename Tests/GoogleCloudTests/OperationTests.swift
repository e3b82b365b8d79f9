import JSON
import Releases
import Testing
import Transport

@testable import GoogleCloud

@Suite struct OperationTests {
    private let name = OperationName("projects/p/locations/us-central1/operations/op-1")
    private let path = "/v2/projects/p/locations/us-central1/operations/op-1"

    @Test func `waiting asks the server to wait until it is done`() async throws {
        let cloud = ScriptedCloud([
            .json(200, operation()), .json(200, operation(["done": true, "response": [:]])),
        ])
        #expect(try await cloud.client().wait(for: name, within: .seconds(60)).outcome == .succeeded)
        #expect(cloud.asked == ["POST \(path):wait", "POST \(path):wait"])
        #expect(cloud.body(0) == ["timeout": "10s"])
    }

    @Test func `an operation's error is its outcome`() async throws {
        let cloud = ScriptedCloud([
            .json(200, operation(["done": true, "error": ["code": 9, "message": "not ready"]]))
        ])
        #expect(
            try await cloud.client().wait(for: name, within: .seconds(60)).outcome
                == .failed(code: 9, message: "not ready"))
    }

    @Test(arguments: [400, 404, 405, 501])
    func `a server that cannot wait is polled`(status: Int) async throws {
        let cloud = ScriptedCloud([
            .json(status, statusError(status, "UNIMPLEMENTED", "no")), .json(200, operation()),
            .json(200, operation(["done": true])),
        ])
        #expect(try await cloud.client().wait(for: name, within: .seconds(60)).outcome == .succeeded)
        #expect(cloud.asked == ["POST \(path):wait", "GET \(path)", "GET \(path)"])
    }

    @Test func `an operation that is gone is said`() async throws {
        let gone = ScriptedCloud.Answer.json(404, statusError(404, "NOT_FOUND", "gone"))
        let cloud = ScriptedCloud([gone, gone])
        let refusal = try await failure { _ = try await cloud.client().wait(for: name, within: .seconds(60)) }
        #expect(refusal.category == .release)
    }

    @Test func `an operation that does not end is a deadline, not a failure`() async throws {
        let cloud = ScriptedCloud(Array(repeating: .json(200, operation()), count: 100))
        let started = ContinuousClock.now
        let refusal = try await failure {
            _ = try await cloud.client().wait(for: name, within: .milliseconds(300))
        }
        #expect(refusal.category == .deadline)
        #expect(refusal.mayHaveHappened)
        #expect(ContinuousClock.now - started < .seconds(30))
        // Backing off, not spinning.
        #expect(cloud.requests.count < 8)
    }

    @Test func `a waiting task can be cancelled`() async throws {
        let cloud = ScriptedCloud(Array(repeating: .json(200, operation()), count: 1000))
        let name = name
        let task = Task { try await cloud.client().wait(for: name, within: .seconds(60)) }
        task.cancel()
        let refusal = try await failure { _ = try await task.value }
        #expect(refusal.category == .interrupted)
    }

    @Test(arguments: [
        "", "op-1", "projects/p/locations/l/operations/..", "projects/p/locations//operations/x",
        "projects/p/locations/l/services/x", "https://evil.example/projects/p/locations/l/operations/x",
    ])
    func `what is not an operation's name is never asked for`(text: String) async throws {
        let cloud = ScriptedCloud([])
        let refusal = try await failure {
            _ = try await cloud.client().wait(for: OperationName(text), within: .seconds(1))
        }
        #expect(refusal.category == .internalError)
        #expect(cloud.requests.isEmpty)
    }
}
