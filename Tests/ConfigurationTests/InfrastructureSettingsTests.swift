import Configuration
import JSON
import Testing

@Suite struct InfrastructureSettingsTests {
    private func infra(_ variables: String) -> String {
        minimal + "infra: { root: terraform/x, variables: { \(variables) } }\n"
    }

    @Test func `variables are texts, lists and mappings, each scalar as it is written`() throws {
        let text = infra(#"version: 1.10, ids: [7, "x"], labels: { a: true, deep: [{ b: "" }] }"#)
        let variables = try load(environment: text).get().infrastructure?.variables
        #expect(
            variables == [
                "version": "1.10", "ids": ["7", "x"], "labels": ["a": "true", "deep": [["b": ""]]],
            ])
    }

    @Test(arguments: ["a: null", "a: [1, null]", "a: { b: null }"])
    func `nothing is no value, at its place`(variables: String) {
        let found = ConfigurationTests.headlines(environment: infra(variables))
        #expect(found.count == 1 && found[0].hasPrefix("test.yaml:4:"), "\(found)")
    }

    private func findings(in environment: String, declared: Set<String>?) -> [String] {
        let read = ConfigurationReader.read(Array(environment.utf8), file: "test.yaml").map { Optional($0) }
        let merged = ConfigurationMerger.merge(
            environment: "test", shared: .success(nil), own: read, suites: [], variables: [:],
            outputs: KnownOutputs(leavesUnknown: true, declared: declared))
        guard case .failure(let findings) = merged else { return [] }
        return findings.findings.map(FindingText.headline)
    }

    @Test func `an output that no file declares is found together with everything else`() {
        let text = """
            \(minimal)infra: { root: terraform/x }
            services:
              auth: { source: { paths: [auth] }, image: auth, prt: 1, env: { A: "${infra.nme}", B: "${infra.name}", C: "${infra.no:-x}" } }

            """
        let found = findings(in: text, declared: ["name"])
        #expect(found.contains { $0.contains("declares no output `nme`") }, "\(found)")
        #expect(found.contains { $0.contains("`prt`") }, "\(found)")
        #expect(found.count == 2, "\(found)")
        // Who cannot tell says nothing.
        #expect(findings(in: text, declared: nil).count == 1)
    }
}
