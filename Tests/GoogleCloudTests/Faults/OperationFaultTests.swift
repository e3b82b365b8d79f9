import JSON
import Releases
import Testing
import Transport

@testable import GoogleCloud

/// What goes wrong with a long-running operation and with the look after a write, rather than with one request.
@Suite struct OperationFaultTests {
    private static let name = OperationName("projects/p/locations/us-central1/operations/op-1")

    private func end(_ answers: [ScriptedCloud.Answer]) async throws -> OperationOutcome {
        try await ScriptedCloud(answers).client().wait(for: Self.name, within: .seconds(60)).outcome
    }

    @Test func `an operation that never ends is a deadline and a doubt`() async throws {
        let cloud = ScriptedCloud(Array(repeating: .json(200, operation()), count: 100))
        let told = try await failure { _ = try await cloud.client().wait(for: Self.name, within: .milliseconds(120)) }
        #expect(told.category == .deadline && told.mayHaveHappened)
    }

    @Test func `an operation that vanishes is told, not waited for`() async throws {
        let gone = ScriptedCloud.Answer.json(404, statusError(404, "NOT_FOUND", "gone"))
        let cloud = ScriptedCloud([.json(200, operation()), gone, gone])
        let told = try await failure { _ = try await cloud.client().wait(for: Self.name, within: .seconds(60)) }
        #expect(told.category == .release)
        #expect(cloud.requests.count == 3)
    }

    @Test(
        arguments: [
            (["done": true, "error": ["code": 9, "message": "not ready"]], .failed(code: 9, message: "not ready")),
            (["done": true, "error": [:]], .failed(code: 2, message: "no message")),
            (["done": true, "error": ["code": "9", "message": 9]], .failed(code: 9, message: "no message")),
            (["done": true], .succeeded), (["done": true, "response": "a text"], .succeeded),
            (["done": true, "error": .null], .succeeded),
            (["done": true, "metadata": ["@type": "type.of.tomorrow"], "phase": "PHASE_OF_TOMORROW"], .succeeded),
        ] as [([String: JSONValue], OperationOutcome)])
    func `an operation that is done has ended, whatever it says else`(
        fields: [String: JSONValue], outcome: OperationOutcome
    ) async throws {
        #expect(try await end([.json(200, operation(fields))]) == outcome)
    }

    @Test func `what says done in another type goes on`() async throws {
        let outcome = try await end([
            .json(200, operation(["done": "true"])), .json(200, operation(["done": 1])),
            .json(200, operation(["done": true])),
        ])
        #expect(outcome == .succeeded)
    }

    @Test func `a stale read after a write that makes a revision is a doubt, never a success`() async throws {
        let stale = ScriptedCloud.Answer.json(200, ["generation": "7"])
        let cloud = ScriptedCloud([.json(200, operation()), stale])
        let change = ServiceChange(template: fullTemplate, generation: 7, forceNewRevision: true)
        let told = try await failure { _ = try await cloud.client().update(backend, change: change) }
        #expect(told.category == .conflict && told.mayHaveHappened)
    }

    @Test func `a write that was taken stays in doubt when the look at it fails`() async throws {
        let cloud = ScriptedCloud([.json(200, operation()), .json(403, statusError(403, "PERMISSION_DENIED", "no"))])
        let told = try await failure {
            _ = try await cloud.client().update(backend, change: ServiceChange(annotations: [:], generation: 7))
        }
        #expect(told.category == .permission && told.mayHaveHappened)
    }

    @Test(arguments: [[], "text", ["bindings": "all"], ["bindings": ["a": 1], "etag": "x"], .null] as [JSONValue])
    func `what is no policy is neither written back nor taken for a closed service`(document: JSONValue) async throws {
        for wanted in [true, false] {
            let cloud = ScriptedCloud([.json(200, document)])
            let told = try await failure { try await cloud.client().setPublic(wanted, of: backend) }
            #expect(told.category == .unavailable && !told.mayHaveHappened)
            #expect(cloud.requests.count == 1)
        }
    }

    @Test func `a policy without an etag is not overwritten`() async throws {
        let cloud = ScriptedCloud([.json(200, ["bindings": []])])
        let told = try await failure { try await cloud.client().setPublic(true, of: backend) }
        #expect(told.category == .unavailable)
        #expect(cloud.requests.count == 1)
    }
}
