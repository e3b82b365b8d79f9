/// Which redirects are followed, and what of the request goes along. libcurl's own following is not used: it hands
/// `X-Serverless-Authorization` and any other field of ours to another host (measured with 7.88).
package struct Redirects: Hashable, Sendable {
    /// More than this in a row are a loop or a game.
    package var maximum = 5

    package init() {}

    /// Everything else may be a secret, and stays with the origin that it was meant for.
    private static let harmless: Set<String> = [
        "accept", "accept-encoding", "accept-language", "cache-control", "if-modified-since", "if-none-match", "range",
        "user-agent",
    ]

    /// What comes after an answer.
    enum Step: Hashable, Sendable {
        /// The answer is the last one.
        case end
        case follow(HTTPRequest)
        case refuse(reason: String)
    }

    /// - Parameters:
    ///   - request: what was sent, and `response` what came back.
    ///   - followed: how many redirects led to `request`.
    func step(after request: HTTPRequest, _ response: HTTPResponse, followed: Int) -> Step {
        guard [301, 302, 303, 307, 308].contains(response.status), let target = response.redirectTarget else {
            return .end
        }
        guard request.method == "GET" || request.method == "HEAD" else { return .end }
        guard followed < maximum else { return .refuse(reason: "more than \(maximum) redirects in a row") }
        guard let from = URLParts(request.url), let to = URLParts(target) else {
            return .refuse(reason: "the target of a redirect is not a URL")
        }
        let name = "`\(to.scheme)://\(to.authority)`"
        if to.hasUserInfo { return .refuse(reason: "a redirect to \(name) brings a user name of its own") }
        guard to.scheme == "https" || (to.scheme == "http" && to.isLoopback) else {
            return .refuse(reason: "a redirect to \(name) would not be secure")
        }
        let origin = Self.scope(of: from, connectedTo: response.remoteAddress)
        if let scope = Self.scope(of: to), scope != .everywhere, scope != origin {
            return .refuse(reason: "a redirect to \(name) leads into a network that its origin is not part of")
        }
        var next = request
        next.url = target
        next.body = nil
        next.unixSocket = nil
        if from.origin != to.origin {
            next.headers.fields.removeAll { !Self.harmless.contains($0.name.lowercased()) }
        }
        // A name is looked at again when its address is known.
        next.allowedScopes = [.everywhere]
        if let origin { next.allowedScopes?.insert(origin) }
        return .follow(next)
    }

    /// Nil for a name whose address is not known yet.
    private static func scope(of url: URLParts, connectedTo address: String? = nil) -> IPAddress.Scope? {
        if url.isLoopback { return .thisMachine }
        if let literal = IPAddress(url.host) { return literal.scope }
        // Google's metadata server by its names, which a proxy would look up for us.
        let name = url.host.withoutTrailingDot
        if name == "metadata" || name == "metadata.google.internal" { return .link }
        guard let address else { return nil }
        let host = address.hasPrefix("[") ? address.dropFirst().prefix { $0 != "]" } : address.prefix { $0 != ":" }
        return IPAddress(String(host))?.scope
    }
}

extension HTTPClient {
    /// Like `send`, and follows redirects of a read; `timeout` is for each request.
    ///
    /// - Throws: `redirectRefused` for a redirect that is not safe to follow.
    package func send(_ request: HTTPRequest, following redirects: Redirects) async throws(TransportError)
        -> HTTPResponse
    {
        var request = request
        var followed = 0
        while true {
            let response = try await send(request)
            switch redirects.step(after: request, response, followed: followed) {
            case .end: return response
            case .refuse(let reason): throw .redirectRefused(reason: reason)
            case .follow(let next): request = next
            }
            followed += 1
        }
    }
}
