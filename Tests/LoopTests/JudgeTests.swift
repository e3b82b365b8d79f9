import Configuration
import Loop
import Testing

struct JudgeTests {
    private static let written = """
        project: demo
        gates:
          max_flaky: 2
        waivers: []
        services:
          backend:
            env: { A: one }
            timeout: 60s
            health: { path: /health }
            suites: [backend-smoke]
        """

    private static func judge(_ text: String) throws -> Judge {
        let document = try ConfigurationReader.read(Array(text.utf8), file: "environments/local.yaml").get()
        return Judge(merged: document.root)
    }

    private static func told(_ old: String, _ new: String) throws -> [String] {
        let changed = written.replacing(old, with: new)
        try #require(changed != written)
        return try judge(written).refusals(against: judge(changed)).map(\.text)
    }

    @Test(arguments: [
        ("A: one", "A: two"), ("timeout: 60s", "timeout: 120s"), ("timeout: 60s", "max_instances: 5"),
        ("timeout: 60s", "working_dir: /srv"),
        ("timeout: 60s", "timeout: 60s\n    depends_on: [auth]"), ("project: demo", "\"project\": 'demo' # comment"),
        ("{ path: /health }", "{\"path\": \"/health\"}"), ("project: demo\n", "prune: { keep: 2 }\nproject: demo\n"),
    ])
    func `how a service runs, and how it is written, may be changed`(old: String, new: String) throws {
        #expect(try Self.told(old, new).isEmpty)
    }

    @Test(arguments: [
        ("max_flaky: 2", "max_flaky: 90", "environments/local.yaml:2: `gates` was changed: it judges the fix (judge)"),
        (
            "waivers: []", "waivers: [{ match: '*' }]",
            "environments/local.yaml:4: `waivers` was changed: it judges the fix (judge)"
        ),
        (
            "project: demo", "project: other",
            "environments/local.yaml:1: `project` was changed: it judges the fix (judge)"
        ),
        (
            "suites: [backend-smoke]", "suites: []",
            "environments/local.yaml:10: `services.backend.suites` was changed: it judges the fix (judge)"
        ),
        ("/health", "/", "environments/local.yaml:9: `services.backend.health` was changed: it judges the fix (judge)"),
        (
            "timeout: 60s", "hooks: {}",
            "environments/local.yaml:8: `services.backend.hooks` was added: it judges the fix (judge)"
        ),
        (
            "timeout: 60s", "public: true",
            "environments/local.yaml:8: `services.backend.public` was added: it judges the fix (judge)"
        ),
        (
            "timeout: 60s", "ingress: all",
            "environments/local.yaml:8: `services.backend.ingress` was added: it judges the fix (judge)"
        ),
        (
            "timeout: 60s", "service_account: owner",
            "environments/local.yaml:8: `services.backend.service_account` was added: it judges the fix (judge)"
        ),
        (
            "timeout: 60s", "image: other/nginx",
            "environments/local.yaml:8: `services.backend.image` was added: it judges the fix (judge)"
        ),
        (
            "timeout: 60s", "sidecars: { proxy: { image: nginx } }",
            "environments/local.yaml:8: `services.backend.sidecars.proxy.image` was added: it judges the fix (judge)"
        ),
        ("waivers: []\n", "", "environments/local.yaml:4: `waivers` was taken away: it judges the fix (judge)"),
        ("project: demo", "project: demo\nloop: { allow: ['**'] }", nil),
    ])
    func `what judges may not`(old: String, new: String, told: String?) throws {
        let found = try Self.told(old, new)
        if let told { #expect(found == [told]) } else { #expect(found.contains { $0.contains("`loop` was added") }) }
    }

    @Test func `a service that goes takes its suites with it`() throws {
        let found = try Self.told("  backend:\n", "  other:\n")
        #expect(found.first == "environments/local.yaml:5: `services` was changed: it judges the fix (judge)")
    }
}
