import Images
import Releases
import Testing
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A registry of Debian's `docker-registry` on a port of its own, with a log of every request; perhaps behind a
/// password.
final class TestRegistry: Sendable {
    static let user = "oauth2accesstoken"
    static let password = "short-lived-canary-9f31"
    /// bcrypt of the password above, which `htpasswd -Bbn` made: docker-registry takes nothing else.
    private static let passwords = "oauth2accesstoken:$2y$05$n/1YodOkC7ElOJiQRbOv8euOxmEnXhM0osgwj/opMUAhyBl284KUW\n"

    static let isInstalled: Bool = {
        let isThere = ChildProcess.locate("docker-registry") != nil
        if !isThere { print("skipped: docker-registry is not installed") }
        return isThere
    }()

    let host: String
    private let folder: Folder
    private let process: Int32

    init(protected: Bool) async throws {
        folder = try Folder()
        let port = try Self.freePort()
        host = "127.0.0.1:\(port)"
        try folder.write("passwords", Self.passwords)
        let access = "auth: { htpasswd: { realm: test, path: \(folder.path)/passwords } }\n"
        try folder.write(
            "config.yml",
            """
            version: 0.1
            log: { level: info }
            storage:
              filesystem: { rootdirectory: \(folder.path)/data }
            http: { addr: "\(host)" }
            \(protected ? access : "")
            """)
        process = try ChildProcess.spawnDetached(
            CommandLine(["docker-registry", "serve", "\(folder.path)/config.yml"]),
            standardOutput: "\(folder.path)/log")
        let http = HTTPClient()
        let url = "http://\(host)/v2/"
        try await waitUntil("registry \(host) answers") {
            (try? await http.send(HTTPRequest("GET", url))) != nil
        }
    }

    deinit { kill(process, SIGTERM) }

    /// Requests that move layers or manifests into it: `POST`, `PATCH` and `PUT` of uploads.
    var uploads: Int {
        get throws {
            let log = try folder.readAll("log")
            return log.split(whereSeparator: \.isNewline).count { line in
                line.contains("/blobs/uploads/") && ["\"POST ", "\"PATCH ", "\"PUT "].contains { line.contains($0) }
            }
        }
    }

    static func freePort() throws -> Int {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let worked = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard worked else { throw Failure(.internalError, "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// Logins that a test decides on.
struct ScriptedLogins: RegistryCredentials {
    var logins: [String: RegistryLogin] = [:]
    var failure: Failure?

    func login(for host: String) async throws -> RegistryLogin? {
        if let failure { throw failure }
        return logins[host]
    }
}

/// Looks again and again; fails after the deadline.
func waitUntil(
    _ what: String, within deadline: Duration = .seconds(120), _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + deadline
    while try await !condition() {
        guard ContinuousClock.now < end else { throw Failure(.deadline, "waited in vain: \(what)") }
        try await Task.sleep(for: .milliseconds(20))
    }
}

func registryAccess(_ logins: ScriptedLogins = ScriptedLogins(), home: String = "/nonexistent") -> RegistryAccess {
    RegistryAccess(
        logins: RegistryLogins(shortLived: logins) { name in
            // The logins of whoever runs the tests are not theirs.
            ["HOME": home, "XDG_RUNTIME_DIR": home][name]
        })
}
