import Configuration
import JSON
import Releases
import Testing

@testable import GoogleCloud

/// Random settings → what Cloud Run is sent → import → YAML → the same settings are sent again.
@Suite struct ImportRoundTripTests {
    /// SplitMix64, so that a seed that was printed gives the same settings again.
    private struct SeededRandom: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static let texts = [
        "", "plain", "true", "5", "null", "~", "a: b", "# no comment", "\"quoted\"", "back\\slash", "two\nlines",
        "tab\there", "ünïcode ✔", "{ }", "[1]", "- item", "& anchor", "trailing ", " leading", "100%", "$HOME", "'",
    ]

    private static func template(_ random: inout SeededRandom) -> RevisionTemplate {
        func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &random) ? value : nil }
        func text() -> String { texts.randomElement(using: &random) ?? "" }
        func probe(_ longest: Int, isStartup: Bool) -> Probe {
            let period = Int.random(in: 1...20, using: &random)
            return Probe(
                kind: Bool.random(using: &random)
                    ? .tcp : .http(path: "/p\(Int.random(in: 0...9, using: &random))?a=b"),
                port: maybe(9001), initialDelaySeconds: maybe(Int.random(in: 1...longest, using: &random)),
                timeoutSeconds: maybe(1), periodSeconds: period,
                failureThreshold: maybe(Int.random(in: 1...9, using: &random)))
        }
        let size = [("1", "512Mi"), ("2", "4Gi"), ("1000m", "1Gi"), ("4", "2Gi")].randomElement(using: &random)
        let hasSize = Bool.random(using: &random)
        let variables = (0..<Int.random(in: 0...5, using: &random)).map { index in
            EnvironmentVariable(
                name: "V_\(index)",
                value: Int.random(in: 0...3, using: &random) == 0
                    ? .secret(name: "s-\(index)", version: Bool.random(using: &random) ? "latest" : "12")
                    : .literal(text()))
        }
        return RevisionTemplate(
            image: "us-docker.pkg.dev/p/r/x@sha256:" + String(repeating: "d", count: 64), labels: [:],
            container: ContainerSettings(
                port: Int.random(in: 1...9000, using: &random), cpu: hasSize ? size?.0 : nil,
                memory: hasSize ? size?.1 : nil, concurrency: maybe(Int.random(in: 1...1000, using: &random)),
                timeoutSeconds: maybe(Int.random(in: 1...3600, using: &random)),
                minInstances: maybe(Int.random(in: 1...3, using: &random)),
                maxInstances: maybe(Int.random(in: 3...1000, using: &random)),
                command: (0..<Int.random(in: 0...2, using: &random)).map { _ in text() },
                arguments: (0..<Int.random(in: 0...3, using: &random)).map { _ in text() },
                serviceAccount: maybe("run@p.iam.gserviceaccount.com"),
                startupProbe: maybe(probe(240, isStartup: true)), livenessProbe: maybe(probe(3600, isStartup: false))),
            environment: variables)
    }

    /// The service of a file, as a release would send it.
    private static func sent(_ service: Service) -> JSONValue {
        ServiceEncoding.template(
            RevisionTemplate(
                image: service.pinnedImage ?? "", labels: [:], container: service.container,
                environment: service.environment.map { variable in
                    switch variable.value {
                    case .literal(let text): EnvironmentVariable(name: variable.name, value: .literal(text))
                    case .secret(let name, let version):
                        EnvironmentVariable(name: variable.name, value: .secret(name: name, version: version))
                    }
                }))
    }

    @Test func `what was imported is sent again as it was`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(state: seed)
        for round in 0..<300 {
            let before = ServiceEncoding.template(Self.template(&random))
            let imported = ServiceImport(name: "x", service: ["template": before], revision: nil, isPublic: false)
            #expect(imported.notes.filter { $0.kind != .open } == [], "seed \(seed), round \(round)")
            let text = (["services:"] + imported.lines(indent: 2)).joined(separator: "\n")
            let file = "platform: local\nproject: p\nregion: us-central1\n" + text
            guard case .success(let document) = ConfigurationReader.read(Array(file.utf8), file: "f"),
                case .success((let environment, _)) = ConfigurationMerger.merge(
                    environment: "e", shared: .success(nil), own: .success(document), suites: [], variables: [:]),
                let service = environment.service("x")
            else {
                Issue.record("seed \(seed), round \(round):\n\(file)")
                return
            }
            let after = Self.sent(service)
            #expect(after == before, "seed \(seed), round \(round):\n\(file)")
            guard after == before else { return }
        }
    }
}
