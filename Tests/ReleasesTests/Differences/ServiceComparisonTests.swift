import Configuration
import JSON
import Testing

@testable import Releases

/// Configuration, last release and live service against each other.
@Suite struct ServiceComparisonTests {
    private static let identity = ServiceIdentity(project: "p", region: "r", name: "backend")
    private static let first = "backend-00001-abc"
    private static let second = "backend-00002-xyz"

    /// A service as its release left it, and nothing has changed since.
    private struct Story {
        var service = RevisionComparisonTests.service()
        var template = RevisionComparisonTests.revision()
        /// Another revision, made later; it serves where `serving` says so.
        var newer: JSONValue?
        var newerLabels: [String: String] = [:]
        var serving = ServiceComparisonTests.first
        var observation = ServiceObservation(
            identity: ServiceComparisonTests.identity, url: "u", generation: 1, observedGeneration: 1, traffic: [],
            annotations: [ReleaseAnnotation.run: "run-a", ReleaseAnnotation.revision: ServiceComparisonTests.first],
            isPublic: true, ingress: "all", invokers: ["allUsers"], scaling: [:],
            condition: Condition(state: .succeeded))
        var tags: [String: String] = [:]
        var overrides: [String] = []
        var knowsRelease = true

        var placement: Placement { Placement(service: service, identity: identity, key: "backend") }

        func differences() -> [ServiceDifference] {
            var observation = observation
            if observation.trafficStatuses.isEmpty {
                observation.trafficStatuses = [TrafficShare(revision: serving, percent: 100)]
            }
            observation.trafficStatuses += tags.map { TrafficShare(revision: $0.value, percent: 0, tag: $0.key) }
            observation.latestCreatedRevision = newer == nil ? first : second
            observation.latestReadyRevision = observation.latestCreatedRevision
            let ready = Condition(state: .succeeded)
            var revisions = [
                RevisionObservation(
                    name: first, image: "", labels: [ReleaseLabel.run: "run-a"], condition: ready,
                    template: TemplateReading(template, path: "revision"))
            ]
            if let newer {
                revisions.insert(
                    RevisionObservation(
                        name: second, image: "", labels: newerLabels, condition: ready,
                        template: TemplateReading(newer, path: "revision"),
                        creator: "ann@example.com"), at: 0)
            }
            return ServiceComparison(
                placement, facts: ServiceFacts(observation: observation, revisions: revisions),
                release: knowsRelease ? release : LastRelease(of: placement, observation, document: nil, journal: nil),
                overrides: overrides, urls: ["auth": "http://auth.test"]
            ).differences
        }

        private var release: LastRelease {
            var planned = PlannedService(
                placement: placement, decision: .deploy, isFirst: true, exists: false, baseline: nil, generation: nil,
                wasPublic: nil, tag: "c-aaaaaa", labels: [:], environment: service.environment)
            planned.service = RevisionComparisonTests.service()
            var result = ServiceResult(service: "backend", region: "r", outcome: .promoted)
            result.traffic = [TrafficEntry(revision: first, percent: 100, tag: "c-aaaaaa")]
            return LastRelease(run: "run-a", revision: first, result: result, planned: planned)
        }
    }

    private func fields(_ change: (inout Story) -> Void) -> [String] {
        var story = Story()
        change(&story)
        return story.differences().map(\.field)
    }

    private func only(_ change: (inout Story) -> Void) throws -> ServiceDifference {
        var story = Story()
        change(&story)
        let found = story.differences()
        #expect(found.count == 1, "\(found)")
        return try #require(found.first)
    }

    @Test func `what nobody has changed differs in nothing`() {
        #expect(fields { _ in } == [])
        #expect(fields { $0.knowsRelease = false } == [])
        #expect(fields { $0.tags = ["c-bbbbbb": Self.first] } == [], "a candidate's tag is a release's")
    }

    @Test func `a setting that was changed in the file waits for a deploy`() throws {
        let found = try only { $0.service.container.memory = "1Gi" }
        #expect(found.field == "memory" && found.configured == .value("1Gi"))
        #expect(found.released == .value("512Mi") && found.live == .value("512Mi"))
        #expect(found.origin == "the configuration, since the last release")
        #expect(found.command == "stagectl deploy backend")
        #expect(
            found.sentence
                == "`memory` is 512Mi as in the last release, and 1Gi in the configuration (by the configuration, since "
                + "the last release): stagectl deploy backend")
    }

    @Test func `a revision that somebody made and that serves is named with its maker`() {
        var story = Story()
        story.newer = RevisionComparisonTests.revision {
            $0["env"] = [["name": "A", "value": "s3cret"], ["name": "NEW", "value": "1"]]
            $0["image"] = .string("r/backend@\(RevisionComparisonTests.other)")
        }
        story.serving = Self.second
        let found = story.differences()
        #expect(found.map(\.field) == ["image", "env.A", "env.B", "env.NEW", "traffic"])
        let told = String(describing: found)
        #expect(!told.contains("s3cret"))
        #expect(found[1].configured == .value("(value 1)") && found[1].live == .value("(value 2)"))
        #expect(found[2].live == .absent && found[3].configured == .absent && found[3].released == .absent)
        #expect(found[0].live == .value(RevisionComparisonTests.other))
        #expect(found.prefix(4).allSatisfy { $0.origin?.hasPrefix("ann@example.com") == true && $0.revision == nil })
        #expect(found[4].command == "stagectl traffic set backend \(Self.first)=100")
        #expect(found[4].text == "the last release left `\(Self.first)` serving")
    }

    @Test func `a revision that somebody made and that does not serve is told by what it would change`() {
        var story = Story()
        story.newer = RevisionComparisonTests.revision {
            $0["resources"] = ["limits": ["cpu": "1000m", "memory": "1Gi"], "cpuIdle": true]
        }
        story.service.container.concurrency = 5
        let found = story.differences()
        #expect(found.map(\.field) == ["template", "memory", "concurrency"])
        #expect(found.allSatisfy { $0.command == "stagectl deploy backend" })
        #expect(found[1].revision == Self.second && found[1].live == .value("1Gi"))
        #expect(found[1].released == .value("512Mi"))
        #expect(found[1].text.contains("of \(Self.second), which does not serve,"))
        #expect(found[2].revision == nil)
    }

    @Test func `a template that was changed by hand keeps its labels, and is not the run's all the same`() {
        var story = Story()
        story.newer = RevisionComparisonTests.revision {
            $0["resources"] = ["limits": ["cpu": "1000m", "memory": "1Gi"], "cpuIdle": true]
        }
        story.newerLabels = [ReleaseLabel.run: "run-a"]
        #expect(story.differences().allSatisfy { $0.origin?.hasPrefix("ann@example.com") == true })
        #expect(story.differences().allSatisfy { $0.command == nil }, "a deploy would find nothing to do")
        story.newerLabels = [ReleaseLabel.run: "run-b"]
        #expect(story.differences().map(\.origin) == ["run run-b", "run run-b"])
    }

    @Test func `splits and tags by hand are the last release against what is`() throws {
        let split = try only {
            $0.observation.trafficStatuses = [
                TrafficShare(revision: Self.first, percent: 60), TrafficShare(revision: "old", percent: 40),
            ]
            $0.observation.lastChange = LastChange(by: "bob@example.com", at: "2026-01-02T03:04:05Z")
        }
        #expect(split.field == "traffic" && split.released == .value("\(Self.first) 100 %"))
        #expect(split.live == .value("\(Self.first) 60 %, old 40 %"))
        #expect(split.origin?.hasPrefix("bob@example.com") == true)
        let tag = try only { $0.tags = ["mine": Self.first] }
        #expect(tag.field == "tags.mine" && tag.released == .absent && tag.live == .value(Self.first))
        #expect(tag.command?.hasSuffix("update-traffic backend --project p --region r --remove-tags mine") == true)
    }

    @Test func `entry, access and the service's own instances are compared`() throws {
        let ingress = try only { $0.observation.ingress = "internal" }
        #expect(ingress.field == "ingress" && ingress.released == .value("all") && ingress.live == .value("internal"))
        let closed = try only {
            $0.observation.isPublic = false
            $0.observation.invokers = []
        }
        #expect(closed.field == "public" && closed.released == .value("true"))
        #expect(closed.command?.contains("add-iam-policy-binding backend ") == true)
        let invoker = try only { $0.observation.invokers = ["allUsers", "user:eve@example.com"] }
        #expect(invoker.field == "invokers.user:eve@example.com" && invoker.released == .absent)
        #expect(invoker.command?.contains("remove-iam-policy-binding backend ") == true)
        let sometimes = try only { $0.observation.invokers = ["allUsers", "user:eve@x.org (with a condition)"] }
        #expect(sometimes.command?.contains("--member=user:eve@x.org --role=roles/run.invoker --all") == true)
        let scaling = try only { $0.observation.scaling = ["minInstanceCount": "3"] }
        #expect(scaling.field == "scaling.minInstanceCount" && scaling.configured == .absent)
        #expect(scaling.command?.hasSuffix("--min=default") == true)
    }

    @Test func `what a release was given beside the files is one sentence, and each of its variables a difference`() {
        var story = Story()
        story.overrides = ["EXTRA"]
        story.template = RevisionComparisonTests.revision {
            $0["env"] = [
                ["name": "A", "value": "1"], ["name": "B", "value": "2"], ["name": "EXTRA", "value": "x"],
            ]
        }
        let found = story.differences()
        #expect(found.map(\.field) == ["env.EXTRA"] && found.map(\.sentence) == [nil])
        #expect(found.first?.origin == "`--set-env` of run run-a")
    }

    @Test func `a value that names another service is compared as the platform was told`() {
        func story(_ value: String) -> [String] {
            fields {
                $0.service.environment = [
                    ConfiguredVariable(name: "A", value: .literal("1")),
                    ConfiguredVariable(name: "B", value: .literal(value)),
                ]
                $0.template = RevisionComparisonTests.revision {
                    $0["env"] = [["name": "A", "value": "1"], ["name": "B", "value": "http://auth.test/x"]]
                }
            }
        }
        #expect(story("${services.auth.url}/x") == [])
        #expect(story("${services.auth.url}/y") == ["env.B"])
        #expect(story("${services.other.url}/y") == [], "nobody knows that one's URL here")
    }

    @Test func `what the configuration has no word for is told when it is new`() {
        var newer = RevisionComparisonTests.revision()
        newer["ambientNetworking"] = ["mode": "x"]
        #expect(
            fields {
                $0.newer = newer
                $0.serving = Self.second
            }.contains("revision.ambientNetworking"))
    }

    @Test func `a service that is not there is one difference`() {
        let comparison = ServiceComparison(Story().placement, facts: ServiceFacts(observation: nil))
        #expect(comparison.differences.map(\.text) == ["not deployed"])
    }

    @Test func `a release that went to a service that was there left its access as it was`() {
        var planned = PlannedService(
            placement: Story().placement, decision: .deploy, isFirst: false, exists: true, baseline: "b", generation: 1,
            wasPublic: false, tag: "", labels: [:], environment: [])
        var release = LastRelease(revision: Self.first, planned: planned)
        #expect(release.access.isPublic == false && release.access.invokers == nil)
        var before = Story().observation
        before.isPublic = false
        before.invokers = ["user:a@x.org"]
        release.before = before
        #expect(release.access.isPublic == false && release.access.invokers == ["user:a@x.org"])
        planned.isFirst = true
        release.planned = planned
        #expect(release.access.isPublic == true && release.access.invokers == ["allUsers", "user:a@x.org"])
    }
}
