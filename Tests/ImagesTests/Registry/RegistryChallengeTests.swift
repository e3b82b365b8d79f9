import Testing
import Transport

@testable import Images

struct RegistryChallengeTests {
    private func challenge(_ fields: String...) -> RegistryChallenge? {
        RegistryChallenge(HTTPHeaders(fields.map { .init("Www-Authenticate", $0) }))
    }

    @Test func `a token service has a realm and a service`() {
        #expect(
            challenge(#"Bearer realm="https://r.dev/v2/token",service="r.dev",scope="repository:a:pull,push""#)
                == .bearer(realm: "https://r.dev/v2/token", service: "r.dev"))
        #expect(challenge("bearer  realm=https://r.dev") == .bearer(realm: "https://r.dev", service: nil))
        #expect(challenge(#"Bearer realm="a\"b", x"#) == .bearer(realm: "a\"b", service: nil))
    }

    @Test func `the token service goes before a password`() {
        #expect(
            challenge("Basic realm=x", #"Bearer realm="https://r.dev""#)
                == .bearer(realm: "https://r.dev", service: nil))
        #expect(challenge("Basic realm=x") == .basic)
    }

    @Test(arguments: ["", "Digest realm=x", "Bearer", "Bearer service=x", "Bearer realm", "Bearer \"", "Bearer ==,,"])
    func `what nobody understands is no challenge`(field: String) {
        #expect(challenge(field) == nil)
    }
}
