import Configuration
import GoogleCloudStub
import JSON
import Releases
import Testing

@testable import GoogleCloud
@testable import Images

/// The whole builder against a stub of Cloud Storage, Cloud Build, Cloud Logging and a registry, which holds every
/// request against Google's discovery documents.
@Suite(.serialized) struct CloudBuildBuilderTests {
    @Test func `source is uploaded, built and logged, and the image is pinned by its digest`() async throws {
        try await CloudBuildFixture.with { fixture in
            let image = try await fixture.build(arguments: ["B": "$HOME", "A": "1"])
            let digest = "sha256:" + String(repeating: "ab", count: 32)
            #expect(image.reference.value == "127.0.0.1:\(fixture.stub.port)/services/backend@\(digest)")
            #expect(fixture.stub.buckets["p_cloudbuild"] == "p")
            let build = try #require(fixture.stub.builds.first)
            let tag = "127.0.0.1:\(fixture.stub.port)/services/backend:src-0123456789ab"
            #expect(
                build["steps"] == [
                    [
                        "id": "docker build", "name": "gcr.io/cloud-builders/docker",
                        "args": [
                            "build", "--platform", "linux/amd64", "--file", "Dockerfile", "--tag", .string(tag),
                            "--label", "dev.stagectl.service=backend", "--label",
                            "dev.stagectl.source=0123456789abcdef", "--build-arg", "A=1", "--build-arg", "B=$$HOME",
                            ".",
                        ],
                    ]
                ])
            #expect(build["images"] == [.string(tag)])
            #expect(build["timeout"] == "900s")
            #expect(build["queueTtl"] == "600s")
            let place = "p_cloudbuild/" + (build["source"]?["storageSource"]?["object"]?.string ?? "")
            let object = try #require(fixture.stub.objects[place])
            #expect(place == "p_cloudbuild/source/sha256-\(object.bytes.sha256).tar.gz")
            let lines = fixture.lines.all
            #expect(lines.suffix(3) == ["Step 1/1 : FROM scratch", "half a line", "DONE"])
            #expect(lines.contains { $0.hasPrefix("source: 2 entries, ") && $0.contains("gs://p_cloudbuild/source/") })
        }
    }

    @Test func `what was uploaded before is not sent again`() async throws {
        try await CloudBuildFixture.with { fixture in
            _ = try await fixture.build()
            _ = try await fixture.build()
            #expect(fixture.stub.count("POST", "/upload/") == 1)
            #expect(fixture.stub.builds.count == 2)
            try fixture.folder.write("app", "another\n")
            _ = try await fixture.build()
            #expect(fixture.stub.count("POST", "/upload/") == 2)
        }
    }

    @Test func `a region and a bucket of one's own are used`() async throws {
        try await CloudBuildFixture.with { fixture in
            fixture.stub.addBucket("ours", project: "somebody")
            let builder = fixture.builder(region: "europe-west1", bucket: "ours")
            _ = try await builder.build(fixture.request()) { _ in }
            #expect(fixture.stub.count("POST", "/v1/projects/p/locations/europe-west1/builds") == 1)
            #expect(fixture.stub.objects.keys.contains { $0.hasPrefix("ours/source/") })
        }
    }

    @Test(
        arguments: [
            ("USER_BUILD_STEP", Failure.Category.release, "failed in step `docker build` with exit code 1"),
            ("PUSH_NOT_AUTHORIZED", .permission, "may not push"),
            ("PUSH_IMAGE_NOT_FOUND", .release, "could not be pushed"),
            ("FETCH_SOURCE_FAILED", .permission, "could not fetch the source"),
        ])
    func `a build that fails says where and why`(
        type: String, category: Failure.Category, words: String
    ) async throws {
        try await CloudBuildFixture.with { fixture in
            fixture.stub.set {
                $0.statuses = ["WORKING", "FAILURE"]
                $0.log = ["", "COPY failed: no such file\n"]
                $0.failure = ["type": .string(type), "detail": "Build step failure"]
                $0.exitCode = 1
            }
            let failure = try await fixture.failure()
            #expect(failure.category == category)
            #expect(failure.summary.contains(words), "\(failure.summary)")
            #expect(failure.details.contains(.init("Cloud Build", "Build step failure")))
            #expect(failure.details.contains { $0.label == "build" })
            if category == .release { #expect(failure.details.contains(.init("output", "COPY failed: no such file"))) }
        }
    }

    @Test(
        arguments: [
            ("TIMEOUT", Failure.Category.deadline, "took longer than 900 s"), ("CANCELLED", .release, "was cancelled"),
            ("EXPIRED", .unavailable, "found no worker"), ("INTERNAL_ERROR", .unavailable, "inside Cloud Build"),
        ])
    func `every other end has its own words`(status: String, category: Failure.Category, words: String) async throws {
        try await CloudBuildFixture.with { fixture in
            fixture.stub.set { $0.statuses = ["WORKING", status] }
            let failure = try await fixture.failure()
            #expect(failure.category == category)
            #expect(failure.summary.contains(words), "\(failure.summary)")
        }
    }

    @Test func `a build that gave another image or no digest is no success`() async throws {
        try await CloudBuildFixture.with { fixture in
            fixture.stub.set { $0.digest = "latest" }
            let failure = try await fixture.failure()
            #expect(failure.summary.contains("gave no image"))
        }
    }

    @Test func `the log comes from Cloud Logging where its bucket may not be read`() async throws {
        try await CloudBuildFixture.with { fixture in
            fixture.stub.forbid("/b/logs/")
            fixture.stub.set { $0.log = ["", "Step 1/1\nStep 2/2\n", "DONE\n"] }
            _ = try await fixture.build()
            #expect(fixture.stub.count("POST", "/v2/entries:list") > 0)
            #expect(fixture.lines.all.suffix(3) == ["Step 1/1", "Step 2/2", "DONE"])
        }
    }

    @Test func `a build whose log nobody may read is built all the same`() async throws {
        try await CloudBuildFixture.with { fixture in
            fixture.stub.forbid("/b/logs/")
            fixture.stub.forbid("/v2/entries:list")
            _ = try await fixture.build()
            #expect(
                fixture.lines.all.contains("the build's log cannot be read here, see https://console.example/builds"))
        }
    }

    @Test func `holds and resolve ask the registry`() async throws {
        try await CloudBuildFixture.with { fixture in
            let image = try await fixture.build()
            #expect(try await fixture.builder.holds(image.reference))
            let other = image.reference.value.replacing("ab", with: "cd")
            #expect(try await fixture.builder.holds(ImageReference(other)) == false)
            #expect(try await fixture.builder.resolve(image.reference.value) == image.reference)
            #expect(try await fixture.builder.push(image) { _ in } == image.reference)
        }
    }

    @Test func `without a registry, without Google and with secrets it says so before anything is sent`() async throws {
        try await CloudBuildFixture.with { fixture in
            var homeless = fixture.request()
            homeless.repository = "backend"
            var secretive = fixture.request()
            secretive.source.secrets = [BuildSecret(id: "npm", origin: .environment("NPM"))]
            let elsewhere = CloudBuildBuilder(settings: nil, preparation: Preparation(), registry: RegistryAccess())
            let answers = await elsewhere.answers()
            #expect(!answers)
            for (builder, request, category) in [
                (fixture.builder, homeless, Failure.Category.configuration), (fixture.builder, secretive, .usage),
                (elsewhere, fixture.request(), .usage),
            ] {
                let failure = await #expect(throws: Failure.self) { _ = try await builder.build(request) { _ in } }
                #expect(failure?.category == category)
            }
            #expect(fixture.stub.asked.isEmpty)
        }
    }

    @Test(arguments: [
        ("my-project", "my-project_cloudbuild"), ("example.com:shop", "example_com_shop_cloudbuild"),
        ("google-demo", "elgoog-demo_cloudbuild"),
    ])
    func `the project's bucket has gcloud's name for it`(project: String, bucket: String) {
        #expect(CloudBuildSettings.bucket(of: project) == bucket)
    }
}
