import Configuration
import Testing

@Suite struct HookTests {
    private func hooks(_ text: String, of service: String = "") throws -> [Hook] {
        let environment = try load(
            services: "services:\n  a:\n    image: a\n" + service, environment: minimal + text,
            variables: ["SET": "x"]
        ).get()
        return environment.hooks(of: try #require(environment.service("a")))
    }

    @Test func `a command and a webhook are read with everything that they say`() throws {
        let hooks = try hooks(
            """
            hooks:
              ticket:
                at: [before-candidate, after-traffic]
                run: [scripts/ticket, --check]
                folder: tools
                env: { A: text, B: { env: OTHER }, C: { file: secrets/c }, D: { secret: d, version: "3" } }
                timeout: 2m
                on_failure: warn
                idempotent: true
              channel:
                at: [on-failed]
                webhook: { url: { secret: projects/p/secrets/hook }, format: stagectl }

            """)
        #expect(
            hooks == [
                Hook(
                    name: "ticket", moments: [.beforeCandidate, .afterTraffic],
                    effect: .command(["scripts/ticket", "--check"]), folder: "tools",
                    environment: [
                        .init(name: "A", value: .literal("text")),
                        .init(name: "B", value: .reference(.environment("OTHER"))),
                        .init(name: "C", value: .reference(.file("secrets/c"))),
                        .init(name: "D", value: .reference(.secret(name: "d", version: "3"))),
                    ], timeoutSeconds: 120, isRequired: false, isIdempotent: true),
                Hook(
                    name: "channel", moments: [.onFailed],
                    effect: .webhook(
                        Webhook(url: .secret(name: "projects/p/secrets/hook", version: "latest"), format: .stagectl)),
                    timeoutSeconds: 10),
            ])
    }

    @Test func `a service's hook replaces the environment's of the same name`() throws {
        let hooks = try hooks(
            "hooks:\n  one: { at: [before-traffic], shell: exit 1 }\n  two: { at: [before-traffic], shell: exit 2 }\n",
            of: "    hooks:\n      one: { at: [before-traffic], shell: exit 3 }\n")
        #expect(hooks.map(\.name) == ["two", "one"])
        #expect(hooks.last?.effect == .command(["/bin/sh", "-c", "exit 3"]))
    }

    @Test(arguments: [
        ("{ run: [a] }", "at"), ("{ at: [], run: [a] }", "at"),
        ("{ at: [before-lunch], run: [a] }", "`before-traffic`"),
        ("{ at: [before-traffic] }", "`run`"), ("{ at: [before-traffic], run: [a], shell: b }", "shell"),
        ("{ at: [before-traffic], run: [] }", "run"),
        ("{ at: [before-traffic], webhook: { url: { env: U } } }", "a webhook never holds one up"),
        ("{ at: [on-held], webhook: { url: https://hooks.example/x } }", "a mapping"),
        ("{ at: [on-held], webhook: { url: { env: U, file: f } } }", "file"),
        ("{ at: [on-held], webhook: { url: { env: U, version: \"2\" } } }", "`version` belongs to `secret`"),
        ("{ at: [on-held], webhook: { url: { secret: s, version: newest } } }", "`version` is not"),
        ("{ at: [on-held], webhook: { url: { env: U } }, timeout: 31s }", "at most 30s"),
        ("{ at: [on-held], webhook: { url: { env: U } }, folder: x }", "`folder` belongs to a command"),
        ("{ at: [on-held], run: [a], on_failure: fail }", "nothing can fail it any more"),
        ("{ at: [before-traffic], run: [a, \"${env.SET}\"] }", "written down with the plan"),
        ("{ at: [before-traffic], shell: \"${env.SET}\" }", "written down with the plan"),
        ("{ at: [before-traffic], run: [a], env: { A: \"${env.SET}\" } }", "written down with the plan"),
        ("{ at: [before-traffic], run: [a], folder: /etc }", "folder"),
        ("{ at: [before-traffic], run: [a], timeout: 2h }", "timeout"),
    ])
    func `what cannot be is found, in an environment and in a service`(hook: String, words: String) {
        let own = headlines(environment: minimal + "hooks:\n  h: \(hook)\n", variables: ["SET": "x"])
        #expect(own.joined(separator: "\n").contains(words), "\(own)")
        let service = headlines(
            services: "services:\n  a:\n    image: a\n    hooks:\n      h: \(hook)\n", variables: ["SET": "x"])
        #expect(service.joined(separator: "\n").contains(words), "\(service)")
    }

    @Test func `monitoring of an analysis is off but where it is asked for`() throws {
        func monitoring(_ text: String) throws -> Bool? {
            try load(
                services: "services:\n  a: { image: a, strategy: { kind: canary, analysis: { \(text) } } }\n",
                environment: minimal
            ).get().service("a")?.strategy?.analysis.monitoring
        }
        #expect(try monitoring("profile: quick") == nil)
        #expect(try monitoring("monitoring: true") == true)
    }
}
