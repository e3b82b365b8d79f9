import Releases
import Synchronization
package import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Asks registries (OCI distribution spec v1.1, which Docker's registry API v2 is a part of): reads, and whether a push
/// would be let in. Layers are moved by the engines.
package final class RegistryClient: Sendable {
    package typealias Exchange = @Sendable (HTTPRequest) async throws(TransportError) -> HTTPResponse

    enum Actions: String, Hashable {
        case pull
        case push = "pull,push"
        /// Some token services know deleting as a part of pushing alone.
        case delete = "pull,push,delete"
    }

    private struct Scope: Hashable {
        var host: String
        var path: String
        var actions: Actions
    }

    private static let redirectLimit = 3

    private let exchange: Exchange
    private let logins: RegistryLogins
    /// The `Authorization` that worked last.
    private let known = Mutex<[Scope: String]>([:])

    package init(logins: RegistryLogins, exchange: @escaping Exchange) {
        self.logins = logins
        self.exchange = exchange
    }

    /// One request below the image's repository: signed as the registry's challenge asks, redirects followed without
    /// the signature. Any status but 401 and redirects comes back; 401 only when there is nothing more to show.
    ///
    /// - Throws: ``Failure``; `permission` where the token service says no.
    func send(
        _ method: String, _ url: String, at address: RegistryAddress, accepting types: [String] = [],
        for actions: Actions = .pull, maximumBytes: Int = 1 << 20
    ) async throws -> HTTPResponse {
        let scope = Scope(host: address.host, path: address.path, actions: actions)
        func ask(_ authorization: String?) async throws -> HTTPResponse {
            var headers = HTTPHeaders(types.map { .init("Accept", $0) })
            if let authorization { headers.append("Authorization", authorization) }
            return try await perform(
                HTTPRequest(method, url, headers: headers, maximumBodyBytes: maximumBytes), address)
        }
        var response = try await ask(known.withLock { $0[scope] })
        if response.status == 401, let challenge = RegistryChallenge(response.headers),
            let authorization = try await authorization(challenge, scope, address)
        {
            response = try await ask(authorization)
            known.withLock { $0[scope] = response.status == 401 ? nil : authorization }
        }
        return try await follow(response, method, address, types, maximumBytes)
    }

    /// An upload that was begun and is given up: its location may be relative.
    func cancelUpload(_ location: String?, at address: RegistryAddress) async {
        guard let location else { return }
        let origin = String(address.base.dropLast("/v2".count))
        let url = location.hasPrefix("/") ? origin + location : location
        guard url.hasPrefix(origin + "/") else { return }
        // Registries clear forgotten uploads by themselves: nothing is lost when this fails.
        _ = try? await send("DELETE", url, at: address, for: .push)
    }

    private func perform(_ request: HTTPRequest, _ address: RegistryAddress) async throws -> HTTPResponse {
        do throws(TransportError) {
            return try await exchange(request)
        } catch {
            throw try RegistryFailure.unreachable(address.host, error)
        }
    }

    // MARK: - Who asks

    private func authorization(
        _ challenge: RegistryChallenge, _ scope: Scope, _ address: RegistryAddress
    ) async throws -> String? {
        let login = try await logins.login(for: address.host)
        switch challenge {
        case .basic: return login.map { "Basic \($0.encoded)" }
        case .bearer(let realm, let service):
            return try await token(realm: realm, service: service, login: login, scope, address)
        }
    }

    /// Docker's token service (distribution: `docs/spec/auth/token.md`).
    private func token(
        realm: String, service: String?, login: RegistryLogin?, _ scope: Scope, _ address: RegistryAddress
    ) async throws -> String {
        // A password goes over TLS or stays on this machine, whatever a registry asks for.
        guard Self.mayFollow(realm, from: address) else {
            throw RegistryFailure.unreadable(address, what: "a token service without TLS: `\(realm.prefix(200))`")
        }
        var query = ["scope=" + Self.escaped("repository:\(scope.path):\(scope.actions.rawValue)")]
        if let service { query.append("service=" + Self.escaped(service)) }
        var headers = HTTPHeaders()
        if let login { headers.append("Authorization", "Basic \(login.encoded)") }
        let url = realm + (realm.contains("?") ? "&" : "?") + query.joined(separator: "&")
        let response = try await perform(
            HTTPRequest("GET", url, headers: headers, maximumBodyBytes: 1 << 20), address)
        switch response.status {
        case 200:
            struct Token: Decodable {
                var token: String?
                var access_token: String?
            }
            let answer = try? JSONDecoder().decode(Token.self, from: Data(response.body))
            guard let token = answer?.token ?? answer?.access_token, !token.isEmpty else {
                throw RegistryFailure.unreadable(address, what: "no token")
            }
            return "Bearer \(token)"
        case 400...499 where response.status != 429:
            throw RegistryFailure.refused(address, status: response.status, pushing: scope.actions == .push)
        default:
            throw RegistryFailure.unexpected(address, status: response.status)
        }
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                return String(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                return "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }.joined()
    }

    // MARK: - Where it went

    /// Registries keep blobs elsewhere and send the reader there, with a signature in the URL: ours is not sent along.
    private func follow(
        _ first: HTTPResponse, _ method: String, _ address: RegistryAddress, _ types: [String], _ maximumBytes: Int
    ) async throws -> HTTPResponse {
        var response = first
        for _ in 0..<Self.redirectLimit {
            guard [301, 302, 303, 307, 308].contains(response.status), ["GET", "HEAD"].contains(method),
                let target = response.redirectTarget
            else { return response }
            guard Self.mayFollow(target, from: address) else {
                throw RegistryFailure.unreadable(address, what: "a redirect without TLS")
            }
            let headers = HTTPHeaders(types.map { .init("Accept", $0) })
            response = try await perform(
                HTTPRequest(method, target, headers: headers, maximumBodyBytes: maximumBytes), address)
        }
        return response
    }

    private static func mayFollow(_ url: String, from address: RegistryAddress) -> Bool {
        if url.hasPrefix("https://") { return true }
        guard address.isLoopback, url.hasPrefix("http://") else { return false }
        let authority = url.dropFirst("http://".count).prefix { !"/?#".contains($0) }
        return !authority.contains("@") && RegistryAddress.isLoopback(host: authority)
    }
}
