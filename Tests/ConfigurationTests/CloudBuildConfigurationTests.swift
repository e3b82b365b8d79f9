import Configuration
import Testing

@Suite struct CloudBuildConfigurationTests {
    @Test func `where the file is silent the builder decides`() throws {
        #expect(try load(environment: minimal).get().cloudBuild == nil)
        let some = try load(environment: minimal + "cloud_build: { region: europe-west1 }\n").get()
        #expect(some.cloudBuild == CloudBuildConfiguration(region: "europe-west1"))
    }

    @Test func `everything can be said`() throws {
        let text = "cloud_build: { region: global, timeout: 1h, bucket: our-sources.example.com }\n"
        let all = try load(environment: minimal + text).get()
        #expect(
            all.cloudBuild
                == CloudBuildConfiguration(region: "global", timeoutSeconds: 3600, bucket: "our-sources.example.com"))
    }

    @Test(arguments: ["gs://b", "Bucket", "-b", "ab", "b/c", "b-", String(repeating: "b", count: 223)])
    func `a bucket has a bucket's name`(name: String) {
        #expect(headlines(environment: minimal + "cloud_build: { bucket: \"\(name)\" }\n").count == 1)
    }

    @Test(arguments: ["30s", "25h", "90500ms", "soon"])
    func `a timeout is from a minute to a day`(timeout: String) {
        #expect(headlines(environment: minimal + "cloud_build: { timeout: \(timeout) }\n").count == 1)
    }
}
