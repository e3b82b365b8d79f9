import Configuration
import JSON
import Testing

@Suite struct RepositoryFilesTests {
    private let folder = ConfigurationFolder(root: packageRoot())

    private func load(_ name: String) throws -> LoadedConfiguration {
        let loader = ConfigurationLoader(folder: folder, variables: [:])
        return try loader.load(environment: name).mapError { error in
            if case .invalid(let findings) = error { Issue.record("\(FindingText.render(findings.findings))") }
            return error
        }.get()
    }

    @Test(arguments: ["local", "staging", "production", "reference"])
    func everyEnvironmentOfThisRepositoryLoads(name: String) throws {
        let loaded = try load(name)
        #expect(loaded.environment.name == name)
        #expect(["auth", "backend", "frontend"].allSatisfy { loaded.environment.service($0) != nil })
        #expect(loaded.environments == ["local", "production", "staging"])
        #expect(loaded.provenance["project"]?.file == "environments/\(name).yaml")
        #expect(loaded.provenance["services.auth.memory"]?.file == "environments/services.yaml")
    }

    @Test func sharedEnvironmentsTakeSecretsByReferenceAlone() throws {
        for name in ["staging", "production"] {
            for service in ["auth", "backend"] {
                let variable = try load(name).environment.service(service)?.environment.first {
                    $0.name == "JWT_SECRET"
                }
                guard case .secret? = variable?.value else {
                    Issue.record("\(name) \(service)")
                    continue
                }
            }
        }
    }

    @Test func referenceNamesEveryKeyOfTheSchema() throws {
        let bytes: [UInt8]
        switch folder.contents(of: "reference.yaml") {
        case .bytes(let content): bytes = content
        default: bytes = []
        }
        let root = try ConfigurationReader.read(bytes, file: "reference.yaml").get().root
        var unused: [String] = []
        collectUnused(.object(ConfigurationSchema.schema(for: .environment)), [root], "", &unused)
        #expect(unused == [])
    }

    /// Keys that none of the nodes has.
    private func collectUnused(
        _ type: SchemaType, _ nodes: [ConfigurationNode], _ path: String, _ unused: inout [String]
    ) {
        switch type {
        case .object(let schema), .scalarOr(_, let schema):
            for field in schema.fields {
                let values = nodes.compactMap { $0[field.key] }
                let path = SchemaValidator.join(path, field.key)
                if values.isEmpty { unused.append(path) }
                // A sidecar's probes are the service's own once more.
                if !values.isEmpty, path != "services.sidecars.probes" {
                    collectUnused(field.type, values, path, &unused)
                }
            }
            // The ways to ask a probe are shown in one each, and so are those to name regions.
            unused.removeAll { path in
                let isWay = ["http", "tcp", "grpc", "headers", "service"].contains { path.hasSuffix("." + $0) }
                return (isWay && path.contains(".probes.")) || path == "region"
            }
        case .map(_, let value):
            collectUnused(value, nodes.flatMap { $0.entries.map(\.value) }, path, &unused)
        default: break
        }
    }

    @Test(arguments: ConfigurationFileKind.allCases)
    func editorsFindTheCurrentSchema(kind: ConfigurationFileKind) throws {
        let file = "schema/\(kind.rawValue).json"
        let current = jsonSchema(for: kind)
        guard case .bytes(let bytes) = folder.contents(of: file), ProcessVariables.recording == nil else {
            try record(current.serialized(pretty: true) + "\n", to: folder.path + "/" + file)
            Issue.record("\(file) was written: look at it, then run the test again")
            return
        }
        #expect(try JSONValue(parsing: bytes) == current, "STAGECTL_RECORD=1 writes it again")
    }

    @Test func schemaClosesEveryObject() throws {
        let schema = jsonSchema(for: .environment)
        #expect(schema["additionalProperties"] == false)
        #expect(schema["required"] == ["platform", "project"])
        let service = schema["properties"]?["services"]?["additionalProperties"]
        #expect(service?["additionalProperties"] == false)
        #expect(service?["required"] == nil)
        #expect(service?["properties"]?["probes"]?["properties"]?["startup"]?["allOf"] != nil)
    }

    @Test func unknownEnvironmentsAreNamedWithTheNearest() {
        let loader = ConfigurationLoader(folder: folder, variables: [:])
        #expect(
            loader.load(environment: "stagin")
                == .failure(
                    .unknownEnvironment(
                        name: "stagin", nearest: "staging", available: ["local", "production", "staging"])))
        #expect(throws: ConfigurationError.self) { try loader.load(environment: "../local").get() }
        #expect(throws: ConfigurationError.self) { try loader.load(environment: "services").get() }
    }

    @Test func theFolderIsFoundUpwards() throws {
        let found = try ConfigurationLoader.findRoot(from: packageRoot() + "/Sources/Configuration").get()
        #expect(found == folder)
        #expect(ConfigurationFolder.named(packageRoot() + "/environments") == folder)
        #expect(ConfigurationFolder.named(packageRoot()) == folder)
        #expect(ConfigurationLoader.findRoot(from: "/") == .failure(.noFolder(from: "/")))
    }

    @Test func `headers of a probe that say who asks are not shown`() throws {
        var loaded = try load("local")
        let text = """
            services:
              a:
                probes:
                  startup: { http: /, headers: { Authorization: Bearer hunter2, cookie: id=hunter2, Accept: text/plain } }
            """
        loaded.merged = try ConfigurationReader.read(Array(text.utf8), file: "a.yaml").get().root
        for shown in [
            ConfigurationText.describe(loaded, origin: false),
            ConfigurationText.json(loaded, origin: false).serialized(),
        ] {
            #expect(!shown.contains("hunter2") && shown.contains("text/plain"), "\(shown)")
        }
    }

    @Test func showPrintsReferencesAndHidesSecrets() throws {
        let loaded = try load("local")
        let text = ConfigurationText.describe(loaded, origin: true)
        #expect(text.contains("AUTH_URL: \"${services.auth.url}\""))
        #expect(!text.contains("sample-only-secret"))
        #expect(text.contains("# environments/local.yaml:6"))
        // What is printed can be read again.
        let again = try ConfigurationReader.read(Array(text.utf8), file: "shown").get().root
        #expect(again["services"]?["backend"]?["memory"]?.text == "512Mi")
        #expect(again["services"]?["backend"]?["public"]?.boolean == true)
        let json = ConfigurationText.json(loaded, origin: true)
        #expect(json["origins"]?["region"]?.string == "environments/local.yaml:7")
        #expect(!json.serialized().contains("sample-only-secret"))
    }
}
