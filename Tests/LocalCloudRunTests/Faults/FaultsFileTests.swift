import Foundation
import JSON
import Testing
import Transport

@testable import LocalCloudRun

/// Faults by configuration: `faults.json` of the state folder, or a file that was named.
@Suite("Faults from a file", .timeLimit(.minutes(1)))
struct FaultsFileTests {
    private static let rule = #"{"rules": [{"on": {"api": "services.list"}, "effect": {"status": 503}, "times": 1}]}"#

    @Test func `a plan in the state folder holds from the first call on`() async throws {
        let folder = Platform.temporaryFolder()
        try Data(Self.rule.utf8).write(to: URL(filePath: folder + "/faults.json"))
        try await LoopbackCloudRun.run(folder: folder, runtime: FakeRuntime()) { record in
            let client = HTTPClient()
            let url = "http://127.0.0.1:\(record.apiPort)\(Platform.parent)/services"
            let statuses = [
                try await client.send(HTTPRequest("GET", url)).status,
                try await client.send(HTTPRequest("GET", url)).status,
            ]
            #expect(statuses == [503, 200])
        }
    }

    @Test(arguments: ["", "{", #"{"rules": [{"on": {}, "effect": {"latencee": "1s"}}]}"#])
    func `a plan that cannot be read keeps the server from starting`(text: String) async throws {
        let folder = Platform.temporaryFolder()
        let file = folder + "/plan.json"
        if !text.isEmpty { try Data(text.utf8).write(to: URL(filePath: file)) }
        let server = LocalServer(
            settings: LocalServerSettings(
                stateFolder: folder, apiPort: 0, ingressPort: 0, runtime: FakeRuntime(), version: "9", faultsFile: file)
        )
        await #expect {
            try await server.run { _ in }
        } throws: { error in
            guard case .faultsInvalid(let named, let problems) = error as? LocalServerError else { return false }
            return named == file && !problems.isEmpty
        }
        #expect(ServerRecord.read(stateFolder: folder) == nil)
    }
}
