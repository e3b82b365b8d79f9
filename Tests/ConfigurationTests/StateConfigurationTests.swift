import Configuration
import Testing

@Suite struct StateConfigurationTests {
    @Test func `where the file is silent the state is a file`() throws {
        #expect(try load(environment: minimal).get().state == nil)
        #expect(
            try load(environment: minimal + "state: { backend: sqlite }\n").get().state
                == StateSettings(backend: .sqlite))
    }

    @Test func `a bucket can be named, and where in it`() throws {
        let text = "state: { backend: gcs, bucket: our-state, prefix: shop/v1.2 }\n"
        #expect(
            try load(environment: minimal + text).get().state
                == StateSettings(backend: .gcs, bucket: "our-state", prefix: "shop/v1.2"))
    }

    @Test(arguments: [
        ("{ backend: gcs }", "backend `gcs` needs a `bucket`"),
        ("{ backend: sqlite, bucket: our-state }", "backend `sqlite` has no `bucket`"),
        ("{ backend: sqlite, prefix: x }", "backend `sqlite` has no `prefix`"),
    ])
    func `a bucket belongs to the backend that has one`(text: String, message: String) {
        let found = headlines(environment: minimal + "state: \(text)\n")
        #expect(found.count == 1 && found.allSatisfy { $0.contains(message) }, "\(found)")
    }

    @Test(arguments: [
        "{ bucket: our-state }", "{ backend: s3 }", "{ backend: gcs, bucket: gs://b }",
        "{ backend: gcs, bucket: our-state, prefix: /x }", "{ backend: gcs, bucket: our-state, prefix: x/ }",
        "{ backend: gcs, bucket: our-state, prefix: ../x }", "{ backend: gcs, bucket: our-state, prefix: 'a b' }",
    ])
    func `what cannot be is a finding`(text: String) {
        #expect(headlines(environment: minimal + "state: \(text)\n").count == 1)
    }

    @Test func `a URL names a bucket and a prefix`() {
        #expect(StateSettings(url: "gs://our-state") == StateSettings(backend: .gcs, bucket: "our-state", prefix: ""))
        #expect(
            StateSettings(url: "gs://our-state/a/b")
                == StateSettings(backend: .gcs, bucket: "our-state", prefix: "a/b"))
        for wrong in ["", "/tmp/state", "gs://", "gs://b/../c", "s3://our-state"] {
            #expect(StateSettings(url: wrong) == nil, "\(wrong)")
        }
    }
}
