import Foundation
import JSON
import Releases
import Testing
import Transport

@testable import GoogleCloud

/// Which source is used, and what is said of the others.
@Suite struct CredentialSearchTests {
    /// `-`: not there, `u`: used, `b`: broken, `.`: not asked; in the order of the search.
    private func outcomes(_ search: CredentialSearch) -> String {
        search.entries.map { entry in
            switch entry.outcome {
            case .used: "u"
            case .notThere: "-"
            case .broken: "b"
            case .notAsked: "."
            }
        }.joined()
    }

    @Test func `the first that is there is used`() async throws {
        let bench = try CredentialBench(.user)
        defer { bench.end() }
        let folder = bench.folder + "/.config/gcloud"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = try #require(CredentialKind.user.document(bench.server.base, folder: bench.folder)).serialized()
        let metadata = ["GCE_METADATA_HOST": "127.0.0.1:\(bench.server.port)"]
        let named = ["GOOGLE_APPLICATION_CREDENTIALS": bench.folder + "/credentials.json"]
        try CredentialBench.write(file, to: folder + "/application_default_credentials.json")
        let home = ["HOME": bench.folder]
        let nobody = ["HOME": bench.folder + "/nobody"]
        let token = ["STAGECTL_ACCESS_TOKEN": "ya29.x"]
        let off = ["NO_GCE_CHECK": "true"]
        let table: [([[String: String]], String)] = [
            ([token, named, home, metadata], "u..."),
            ([named, home, metadata], "-u.."),
            ([home, metadata], "--u."),
            ([nobody, metadata], "---u"),
            ([nobody, metadata, off], "----"),
            ([off], "----"),
            ([["STAGECTL_ACCESS_TOKEN": "", "GOOGLE_APPLICATION_CREDENTIALS": ""], nobody, metadata], "---u"),
            ([["CLOUDSDK_CONFIG": folder], nobody, off], "--u."),
            ([["CLOUDSDK_CONFIG": bench.folder], home, off], "----"),
            ([["STAGECTL_ACCESS_TOKEN": "two words"], named, home], "b..."),
            ([["GOOGLE_APPLICATION_CREDENTIALS": bench.folder + "/none.json"], home], "-b.."),
            ([["GOOGLE_APPLICATION_CREDENTIALS": bench.folder], home], "-b.."),
            ([nobody, ["GCE_METADATA_HOST": "metadata.example"]], "---b"),
            ([nobody, ["GCE_METADATA_HOST": "127.0.0.1@metadata.example"]], "---b"),
            ([nobody, ["GCE_METADATA_HOST": "127.0.0.1/../x"]], "---b"),
        ]
        for (variables, expected) in table {
            let merged = variables.reduce(into: [:]) { $0.merge($1) { $1 } }
            let credentials = GoogleCredentials(
                surroundings: CredentialSurroundings(
                    variables: merged, productNameFile: bench.folder + "/product_name"), endpoint: bench.endpoint)
            let search = await credentials.search()
            #expect(outcomes(search) == expected, "\(merged.keys.sorted())")
            #expect(search.entries.map(\.place) == CredentialSearch.Place.allCases)
            // Looking asks nobody for a token.
            #expect(!bench.paths.contains("/token"))
            guard !expected.contains("u") else { continue }
            let refusal = try await failure { _ = try await credentials.token() }
            #expect(refusal.category == .permission)
            #expect(refusal.hint?.isEmpty == false)
        }
    }

    @Test func `nothing at all names every place and the way in`() async throws {
        let bench = try CredentialBench(.user)
        defer { bench.end() }
        let credentials = GoogleCredentials(
            surroundings: CredentialSurroundings(variables: ["NO_GCE_CHECK": "true", "HOME": bench.folder]),
            endpoint: bench.endpoint)
        let refusal = try await failure { _ = try await credentials.token() }
        #expect(refusal.summary == "no Google credentials")
        #expect(refusal.details.map(\.label) == CredentialSearch.Place.allCases.map(\.name))
        #expect(refusal.details.allSatisfy { $0.value.hasPrefix("not there: ") })
        #expect(refusal.hint?.contains("gcloud auth application-default login") == true)
    }

    @Test func `the metadata server's first question can go to an address of its own`() async throws {
        let bench = try CredentialBench(.metadataServer)
        let other = try CredentialBench(.metadataServer)
        defer {
            bench.end()
            other.end()
        }
        let credentials = GoogleCredentials(
            surroundings: CredentialSurroundings(variables: [
                "GCE_METADATA_HOST": "127.0.0.1:\(bench.server.port)",
                "GCE_METADATA_IP": "127.0.0.1:\(other.server.port)",
            ]), endpoint: bench.endpoint)
        _ = try await credentials.token()
        #expect(other.paths == ["/"])
        #expect(bench.paths == ["/computeMetadata/v1/instance/service-accounts/default/token"])
    }

    @Test func `a server that is not Google's is not taken for one`() async throws {
        for reply in [TokenServer.Reply.answer(200, "hello"), .answer(403, "", headers: PlayedGoogle.flavor), .hangUp] {
            let bench = try CredentialBench(.metadataServer) { _ in reply }
            defer { bench.end() }
            #expect(outcomes(await bench.credentials.search()) == "----")
        }
    }

    @Test func `a metadata server that keeps silent holds nobody up`() async throws {
        let bench = try CredentialBench(.metadataServer) { _ in .silence }
        defer { bench.end() }
        let start = ContinuousClock.now
        let search = await bench.credentials.search()
        #expect(outcomes(search) == "----")
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test func `a metadata server that is not there is looked for once by a command`() async throws {
        let bench = try CredentialBench(.metadataServer) { _ in .answer(404, "") }
        defer { bench.end() }
        for _ in 0..<3 { _ = try await failure { _ = try await bench.credentials.token() } }
        #expect(await bench.credentials.universeDomain() == "googleapis.com")
        #expect(bench.paths == ["/"])
        bench.advance(.seconds(31))
        _ = await bench.credentials.search()
        #expect(bench.paths == ["/", "/"])
    }

    @Test func `a machine of Google's waits for its metadata server`() async throws {
        let bench = try CredentialBench(.metadataServer) { request in request.path == "/" ? .hangUp : nil }
        defer { bench.end() }
        try CredentialBench.write("Google Compute Engine\n", to: bench.folder + "/product_name")
        #expect(outcomes(await bench.credentials.search()) == "---u")
    }

    @Test func `the quota project is the variable's, else the file's`() async throws {
        for (variables, expected) in [([:], "quota"), (["GOOGLE_CLOUD_QUOTA_PROJECT": "other"], "other")] {
            let bench = try CredentialBench(.user, variables: variables)
            defer { bench.end() }
            #expect(await bench.credentials.quotaProject == expected)
        }
        let bench = try CredentialBench(.serviceAccountKey)
        defer { bench.end() }
        #expect(await bench.credentials.quotaProject == nil)
        #expect(await bench.credentials.project() == "p")
    }

    @Test func `what the search says of itself holds no secret`() async throws {
        for kind in CredentialKind.allCases {
            let bench = try CredentialBench(kind)
            defer { bench.end() }
            let search = await bench.credentials.search()
            #expect(search.used != nil)
            let said = search.entries.map(\.text).joined() + "\(search)" + String(reflecting: search)
            #expect(!said.contains(CredentialKind.canary))
            #expect(!said.contains("PRIVATE KEY"))
        }
    }
}
