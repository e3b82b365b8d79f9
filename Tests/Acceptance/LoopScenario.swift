import Foundation
import JSON
import Testing
import Transport

/// A project whose backend is a small program of the repository, broken in ways that a change of its source mends.
struct LoopScenario {
    let project: AcceptanceProject

    /// - Parameters:
    ///   - faults: of the sample, as committed.
    ///   - window: in which a service has to be healthy.
    init(
        port: Int, faults: String, suite: String? = nil, loop: String = "", window: String = "3s"
    ) async throws {
        project = try await AcceptanceProject(runtime: "process", port: port)
        try project.write(
            AcceptanceProject.services().replacing("image/VERSION]", with: "image/VERSION, image/backend.sh]")
                .replacingLast("process: [image/SampleService]", with: "process: [image/backend.sh]")
                .replacing("window: 8s", with: "window: \(window)"),
            to: "environments/services.yaml")
        if let suite { try project.write(suite, to: "environments/suites/backend-smoke.yaml") }
        try write(loop: loop)
        try write(faults: faults)
        try await project.shell("git", "config", "user.name", "Test")
        try await project.shell("git", "config", "user.email", "test@example.com")
        try await project.commit("a backend of its own")
    }

    private func write(loop: String) throws {
        try project.write(
            "platform: local\nproject: local-project\nregion: us-central1\n" + loop, to: "environments/local.yaml")
    }

    /// Commits other bounds, with whatever else was changed.
    func settle(loop: String) async throws {
        try write(loop: loop)
        try await project.commit("settings of the loop")
    }

    func write(faults: String) throws {
        try project.write(
            """
            #!/bin/sh
            # What is broken.
            SAMPLE_FAULT=\(faults)
            export SAMPLE_FAULT
            exec "\(project.folder)/image/SampleService" "$@"

            """, to: "image/backend.sh")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: project.folder + "/image/backend.sh")
    }

    /// A fix command that takes one fault away.
    static func mending(_ fault: String) -> String {
        "test -s \"$STAGECTL_BRIEF\" && sed -i 's/\(fault),*//' image/backend.sh"
    }

    /// Asks until it is so.
    static func eventually(_ condition: () async throws -> Bool) async throws {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(30)
        while try await !condition() {
            try #require(clock.now < end, "it never became so")
            try await clock.sleep(for: .milliseconds(20))
        }
    }

    /// What the loop says of the world is what the world is.
    func expectAsReported(_ document: JSONValue) async throws {
        let status = try await project.shell("git", "status", "--porcelain").outputText
        let head = try await project.shell("git", "rev-parse", "HEAD").outputText.filter { !$0.isNewline }
        let branch = try await project.shell("git", "branch", "--show-current").outputText.filter { !$0.isNewline }
        let tree = try #require(document["tree"])
        #expect(tree["clean"]?.bool == status.isEmpty, "\(status)")
        #expect(tree["head"]?.string == head)
        #expect(tree["branch"]?.string == branch)
        #expect(document["traffic"]?.array?.isEmpty == false, "\(document.serialized())")
        for service in document["traffic"]?.array ?? [] {
            let name = try #require(service["service"]?.string)
            let reported = (service["traffic"]?.array ?? []).reduce(into: [String: Int64]()) { shares, share in
                if let percent = share["percent"]?.integer, percent > 0, let revision = share["revision"]?.string {
                    shares[revision, default: 0] += percent
                }
            }
            #expect(try await project.shares(of: name) == reported, "\(name)")
        }
        #expect(document["locks"]?.array?.isEmpty == true)
        let locks = try await project.json("lock", "show", exit: 0)
        #expect(locks["locks"]?.array?.isEmpty != false, "\(locks.serialized())")
    }
}

extension String {
    fileprivate func replacingLast(_ part: String, with other: String) -> String {
        guard let range = range(of: part, options: .backwards) else { return self }
        return replacingCharacters(in: range, with: other)
    }
}
