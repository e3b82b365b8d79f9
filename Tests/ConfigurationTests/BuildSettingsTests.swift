import Configuration
import Testing

@Suite struct BuildSettingsTests {
    private func source(_ text: String) -> Result<SourceSettings?, Findings> {
        load(environment: minimal + "services:\n  a:\n    source: { paths: [a], \(text) }\n").map {
            $0.service("a")?.source
        }
    }

    @Test func `stages, secrets, cache and builder`() throws {
        let read = try source(
            "target: service, secrets: { npm: { env: NPM_TOKEN }, netrc: { file: /private/netrc } }, cache: registry, builder: buildah"
        ).get()
        let settings = try #require(read)
        #expect(settings.target == "service")
        #expect(
            settings.secrets == [
                BuildSecret(id: "npm", origin: .environment("NPM_TOKEN")),
                BuildSecret(id: "netrc", origin: .file("/private/netrc")),
            ])
        #expect(settings.cache == "registry")
        #expect(settings.builder == "buildah")
        let silent = try #require(try source("context: .").get())
        #expect(silent.target == nil && silent.secrets == nil && silent.cache == nil && silent.builder == nil)
    }

    @Test(arguments: [
        "secrets: { npm: plain-text }", "secrets: { npm: { env: A, file: b } }", "secrets: { npm: {} }",
        "secrets: { \"a,src=/etc/shadow\": { env: A } }", "secrets: { npm: { value: canary } }", "cache: \"r.dev\"",
        "cache: \"--cache-from\"", "builder: dcoker", "target: \"-x\"", "target: \"a b\"",
    ])
    func `a mistake is a finding`(text: String) {
        guard case .failure = source(text) else {
            Issue.record("accepted: \(text)")
            return
        }
    }
}
