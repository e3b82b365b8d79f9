#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Which of the three samples this process plays.
enum Role: String, CaseIterable, Sendable {
    case auth, backend, frontend
}

/// Reads variables of the process; empty counts as absent.
struct ProcessEnvironment {
    func value(_ name: String) -> String? {
        guard let raw = getenv(name) else { return nil }
        let text = String(cString: raw)
        return text.isEmpty ? nil : text
    }
}

/// What the environment variables say, read once at the start.
struct Settings: Sendable {
    var role: Role
    var port: Int
    var service: String
    /// The revision that the responses name; another one under the fault `wrong-identity`.
    var revision: String
    var commit: String
    var greeting: String
    var jwtSecret: String
    /// The base address of the auth service as clients see it, and the one of its tokens.
    var issuer: String
    /// Of the clients of OAuth that can keep one.
    var clientSecret: String
    /// Pages of these origins may ask.
    var allowedOrigins: [String]
    var authURL: String?
    var backendURL: String?
    /// Requests per second and client on `/api/limited`.
    var requestsPerSecond: Int
    var faults: Set<Fault>
    var unknownFaults: [String]
    /// Whether a request may ask for a defect (`SAMPLE_MUTABLE=1`).
    var isMutable: Bool
    /// The defects that every answer has (`SAMPLE_MUTATION`).
    var mutations: [String]

    /// - Parameter arguments: those of the process. `--port N` is for a sidecar, which is told no `PORT`.
    init(environment: ProcessEnvironment, arguments: [String] = []) {
        let role = environment.value("SAMPLE_ROLE").flatMap(Role.init) ?? .backend
        let given = arguments.firstIndex(of: "--port").flatMap { arguments.dropFirst($0 + 1).first }
        let port = (given ?? environment.value("PORT")).flatMap { Int($0) } ?? 8080
        let revision = environment.value("K_REVISION") ?? "unknown"
        (faults, unknownFaults) = Fault.parse(environment.value("SAMPLE_FAULT") ?? "")
        isMutable = environment.value("SAMPLE_MUTABLE") == "1"
        mutations = (environment.value("SAMPLE_MUTATION") ?? "").split(separator: ",").map(String.init)
        self.role = role
        self.port = (1...65535).contains(port) ? port : 8080
        service = environment.value("K_SERVICE") ?? role.rawValue
        self.revision = faults.contains(.wrongIdentity) ? "\(service)-00000-old" : revision
        commit = environment.value("COMMIT") ?? "unknown"
        greeting = environment.value("GREETING") ?? "this is the sample \(role.rawValue)"
        jwtSecret = environment.value("JWT_SECRET") ?? "sample-only-secret"
        issuer = environment.value("ISSUER") ?? "https://auth.example.com"
        clientSecret = environment.value("OAUTH_CLIENT_SECRET") ?? "sample-only-client-secret"
        allowedOrigins = (environment.value("ALLOWED_ORIGINS") ?? "https://app.example.com")
            .split(separator: ",").map(String.init)
        authURL = environment.value("AUTH_URL")
        backendURL = environment.value("BACKEND_URL")
        let limit = environment.value("REQUESTS_PER_SECOND").flatMap { Int($0) } ?? 5
        requestsPerSecond = min(max(limit, 1), 10_000)
    }
}
