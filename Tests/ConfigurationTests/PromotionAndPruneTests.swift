import Configuration
import Testing

@Suite struct PromotionAndPruneTests {
    private func gate(_ text: String) throws -> PromotionGate? {
        try load(environment: minimal + "gates: { promotion: \(text) }\n").get().gates.promotion
    }

    @Test func `where the file is silent a week is not too old, and what a program sees must be the same`() throws {
        #expect(try load(environment: minimal).get().gates.promotion == nil)
        #expect(PromotionGate().maximumAgeSeconds == 604_800 && PromotionGate().environments == nil)
        #expect(PromotionGate().sameSettings == [.env, .port, .command, .probes])
        #expect(try gate("{ max_age: 24h }") == PromotionGate(maximumAgeSeconds: 86_400))
        #expect(
            try gate("{ from: [staging], same: [] }") == PromotionGate(environments: ["staging"], sameSettings: []))
        #expect(try gate("{ same: [cpu, env] }")?.sameSettings == [.cpu, .env])
    }

    @Test(arguments: [
        "{ max_age: 0s }", "{ max_age: 24 }", "{ from: [] }", "{ from: [Staging] }", "{ same: [values] }",
        "{ same: env }", "{ age: 1h }",
    ])
    func `a gate that cannot be is a finding`(_ text: String) {
        #expect(headlines(environment: minimal + "gates: { promotion: \(text) }\n").count == 1, "\(text)")
    }

    @Test func `a service's policy goes before its environment's, key by key, over the usual`() throws {
        let services = "services: { a: { image: a, prune: { keep_revisions: 2, images: delete } }, b: { image: b } }\n"
        let environment = try load(
            services: services, environment: minimal + "prune: { keep_revisions: 5, older_than: 1h, tags: keep }\n"
        ).get()
        let (one, other) = (try #require(environment.service("a")), try #require(environment.service("b")))
        #expect(
            PrunePolicy(of: one, in: environment)
                == PrunePolicy(
                    keepRevisions: 2, olderThanSeconds: 3600, rollbackTargets: 3, tags: .keep, images: .delete))
        #expect(
            PrunePolicy(of: other, in: environment)
                == PrunePolicy(keepRevisions: 5, olderThanSeconds: 3600, tags: .keep, images: .keep))
        let silent = try load(services: services, environment: minimal).get()
        #expect(try PrunePolicy(of: #require(silent.service("b")), in: silent) == PrunePolicy())
    }

    @Test(arguments: [
        "{ keep_revisions: -1 }", "{ rollback_targets: 0 }", "{ older_than: 7d }", "{ tags: all }", "{ images: yes }",
    ])
    func `a policy that cannot be is a finding`(_ text: String) {
        #expect(headlines(environment: minimal + "prune: \(text)\n").count == 1, "\(text)")
    }
}
