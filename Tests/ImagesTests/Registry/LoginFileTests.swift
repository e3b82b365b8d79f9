import JSON
import Releases
import Testing

@testable import Images

struct LoginFileTests {
    private let login = RegistryLogin(user: "oauth2accesstoken", password: "ya29:x")

    private func file(_ text: String) throws -> LoginFile { LoginFile(try JSONValue(parsing: text)) }

    @Test func `a login is found under every name that docker writes`() throws {
        for name in ["r.dev", "https://r.dev", "https://r.dev/v2/", "http://r.dev/"] {
            let file = try file(#"{"auths":{"\#(name)":{"auth":"\#(login.encoded)"}}}"#)
            #expect(file.login(for: "r.dev") == login, "\(name)")
            #expect(file.login(for: "other.dev") == nil)
        }
        let hub = try file(#"{"auths":{"https://index.docker.io/v1/":{"username":"u","password":"p"}}}"#)
        #expect(hub.login(for: "docker.io") == RegistryLogin(user: "u", password: "p"))
        #expect(try file(#"{"auths":{"r.dev":{"auth":"%%%"}}}"#).login(for: "r.dev") == nil)
    }

    @Test func `our login goes before the user's, and every other stays`() throws {
        let before = try file(
            """
            {"auths":{"https://r.dev":{"auth":"b2xkOm9sZA=="},"other.dev":{"auth":"YTpi"}},
             "credHelpers":{"r.dev":"gcloud","x.dev":"pass"},"currentContext":"remote","psFormat":"x"}
            """)
        let after = before.adding(["r.dev": login], for: .podman)
        #expect(after.login(for: "r.dev") == login)
        #expect(after.login(for: "other.dev") == RegistryLogin(user: "a", password: "b"))
        #expect(after.helper(for: "r.dev") == nil)
        #expect(after.helper(for: "x.dev") == "pass")
        #expect(after.json["currentContext"] == "remote")
        #expect(after.json["credHelpers"] == ["x.dev": "pass"])
    }

    @Test func `docker's store is passed over by an empty helper, which podman must not see`() throws {
        let before = try file(#"{"credsStore":"desktop"}"#)
        #expect(before.adding(["r.dev": login], for: .docker).json["credHelpers"] == ["r.dev": ""])
        #expect(before.adding(["r.dev": login], for: .buildah).json["credHelpers"] == nil)
        #expect(LoginFile().adding(["r.dev": login], for: .docker).json["credHelpers"] == nil)
    }

    @Test func `the file that an engine reads first wins`() throws {
        let first = try file(#"{"auths":{"r.dev":{"auth":"YTpi"}}}"#)
        let second = try file(#"{"auths":{"r.dev":{"auth":"Yzpk"},"o.dev":{"auth":"Yzpk"}},"credsStore":"pass"}"#)
        let both = first.over(second)
        #expect(both.login(for: "r.dev")?.user == "a")
        #expect(both.login(for: "o.dev")?.user == "c")
        #expect(both.helper(for: "r.dev") == "pass")
    }

    @Test func `the engines' own files are where their manuals say`() {
        let logins = RegistryLogins { name in ["HOME": "/h", "XDG_RUNTIME_DIR": "/run/user/1"][name] }
        #expect(logins.files(of: .docker) == ["/h/.docker/config.json"])
        #expect(
            logins.files(of: .podman) == [
                "/run/user/1/containers/auth.json", "/h/.config/containers/auth.json", "/h/.docker/config.json",
            ])
        let given = RegistryLogins { name in ["REGISTRY_AUTH_FILE": "/f", "DOCKER_CONFIG": "/d"][name] }
        #expect(given.files(of: .buildah) == ["/f"])
        #expect(given.files(of: .docker) == ["/d/config.json"])
    }

    @Test func `a helper is asked as docker asks it`() async throws {
        let folder = try Folder()
        try folder.write("config.json", #"{"credHelpers":{"r.dev":"stagectl-test-missing"}}"#)
        let logins = RegistryLogins { name in name == "DOCKER_CONFIG" ? folder.path : nil }
        #expect(try await logins.login(for: "r.dev") == nil, "a helper that is not there knows nothing")
        try folder.write("config.json", #"{"auths":{"r.dev":{"auth":"YTpi"}}}"#)
        #expect(try await logins.login(for: "r.dev") == RegistryLogin(user: "a", password: "b"))
    }

    @Test func `without a token, the user's own login must do, or it is about permission`() async throws {
        let folder = try Folder()
        let missing = ScriptedLogins(failure: .init(.permission, "no Google credentials"))
        let logins = RegistryLogins(shortLived: missing) { $0 == "DOCKER_CONFIG" ? folder.path : nil }
        let failure = await #expect(throws: Failure.self) { try await logins.login(for: "us-docker.pkg.dev") }
        #expect(failure?.category == .permission)
        #expect(try await logins.shortLivedLogins(for: ["us-docker.pkg.dev"], required: nil).isEmpty)
        try folder.write("config.json", #"{"auths":{"us-docker.pkg.dev":{"auth":"YTpi"}}}"#)
        #expect(try await logins.login(for: "us-docker.pkg.dev")?.user == "a")
        #expect(
            try await logins.shortLivedLogins(for: ["us-docker.pkg.dev"], required: "us-docker.pkg.dev").isEmpty)
    }
}
