import GoogleCloud
import Releases
import Testing

@testable import Commands

@Suite struct PreflightToolsTests {
    @Test(arguments: [
        ("20.10.24\n", "20.10.24"), ("podman version 4.3.1\n", "4.3.1"),
        ("buildah version 1.28.2 (image-spec 1.1.0-rc2, runtime-spec 1.0.2-dev)\n", "1.28.2"),
        ("Terraform v1.5.7\non linux_amd64\n", "1.5.7"), ("Docker version 28.0.1, build 068a01e", "28.0.1"),
    ])
    func `a version is found in whatever a program says`(text: String, version: String) {
        #expect(PreflightTools.version(in: text) == version)
    }

    @Test(arguments: ["", "no version here", "v", "."])
    func `what holds none gives none`(text: String) {
        #expect(PreflightTools.version(in: text) == nil)
    }

    @Test func `whoever is given a role is named by the form of the address`() {
        #expect(
            PolicyMember(principal: "ci@p.iam.gserviceaccount.com") == .serviceAccount("ci@p.iam.gserviceaccount.com"))
        #expect(PolicyMember(principal: "me@example.com") == .user("me@example.com"))
        #expect(PolicyMember(principal: nil) == .caller)
        #expect(PolicyMember(principal: "no address") == .caller)
    }
}
