import NIOHTTP1
import Synchronization

/// OAuth 2.0 and OpenID Connect, of the role auth: what a client reads first, and where it sends its user.
extension Route {
    static let oauth: [Route] = [
        .answering(.GET, "/.well-known/openid-configuration", "OpenID Connect Discovery") { application, _ in
            application.metadata()
        },
        .answering(.GET, "/.well-known/oauth-authorization-server", "RFC 8414") { application, _ in
            application.metadata()
        },
        .answering(.GET, "/.well-known/jwks.json", "Keys of ID tokens") { application, _ in
            Response.json(application.signingKey.jwks).with(header: "cache-control", "public, max-age=300")
        },
        .answering(.GET, "/oauth/authorize", "Sends the user back with a code", success: 302) { application, call in
            application.authorize(call)
        },
        .answering(.POST, "/oauth/token", "Tokens", success: 200) { application, call in application.token(call) },
        .answering(.POST, "/oauth/introspect", "Whether a token is good (RFC 7662)", success: 200) {
            application, call in application.introspect(call)
        },
        .answering(.POST, "/oauth/revoke", "Ends a token (RFC 7009)", success: 200) { application, call in
            application.revoke(call)
        },
        .answering(.GET, "/oauth/userinfo", "Who the token is for", access: .token) { application, call in
            application.userInfo(call)
        },
    ]
}

extension Application {
    fileprivate func metadata() -> Response {
        let issuer = settings.issuer
        return Response.json([
            "issuer": .string(issuer),
            "authorization_endpoint": .string(issuer + "/oauth/authorize"),
            "token_endpoint": .string(issuer + "/oauth/token"),
            "introspection_endpoint": .string(issuer + "/oauth/introspect"),
            "revocation_endpoint": .string(issuer + "/oauth/revoke"),
            "userinfo_endpoint": .string(issuer + "/oauth/userinfo"),
            "jwks_uri": .string(issuer + "/.well-known/jwks.json"),
            "scopes_supported": ["openid", "profile", "email", "jobs:read", "jobs:write"],
            "response_types_supported": ["code"],
            "grant_types_supported": .array(OAuthClient.Grant.allCases.map { .string($0.rawValue) }),
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "authorization_response_iss_parameter_supported": true,
        ]).with(header: "cache-control", "public, max-age=300")
    }

    /// RFC 6749 section 4.1.1. Where client or redirect are not known, nobody is sent anywhere.
    fileprivate func authorize(_ call: Call) -> Response {
        let defect = call.defect(OAuthDefect.self)
        let query = call.request.query
        guard let client = clients.first(where: { $0.id == query["client_id"] }) else {
            return OAuthFailure(.invalidClient, "no such client").page
        }
        guard let redirect = query["redirect_uri"], client.redirects(to: redirect, defect) else {
            return OAuthFailure(.invalidRequest, "this redirect is not registered").page
        }
        // `iss` tells a client of several services which one this was (RFC 9207).
        var back = [("iss", settings.issuer)]
        if let state = query["state"] { back.append(("state", state)) }
        do throws(OAuthFailure) {
            let code = try code(for: client, redirect: redirect, query, call, defect)
            return Self.redirect(to: redirect, [("code", code)] + back)
        } catch {
            if error.code == .loginRequired, query["prompt"] != "none" {
                let here = Form.encoded("/oauth/authorize?" + call.request.queryText)
                return .redirect("/login?return_to=" + here)
            }
            return Self.redirect(
                to: redirect, [("error", error.code.rawValue), ("error_description", error.description)] + back)
        }
    }

    fileprivate func code(
        for client: OAuthClient, redirect: String, _ query: [String: String], _ call: Call, _ defect: OAuthDefect?
    ) throws(OAuthFailure) -> String {
        if Form(call.request.queryText).hasRepetition, defect != .repetitionTaken {
            throw OAuthFailure(.invalidRequest, "a parameter is there twice")
        }
        guard query["response_type"] == "code" else {
            throw OAuthFailure(.unsupportedResponseType, "only `code` is supported")
        }
        guard client.grants.contains(.code) else { throw OAuthFailure(.unauthorizedClient, "not this client") }
        let challenge = query["code_challenge"].flatMap { CodeChallenge($0) }
        if query["code_challenge"] != nil || client.secret == nil, defect != .challengeOptional {
            guard challenge != nil else { throw OAuthFailure(.invalidRequest, "`code_challenge` is needed") }
        }
        if challenge != nil, query["code_challenge_method"] != "S256" {
            throw OAuthFailure(.invalidRequest, "`code_challenge_method` must be S256")
        }
        let scope = try scope(query["scope"], of: client, defect)
        guard let user = signedIn(call) else { throw OAuthFailure(.loginRequired, "nobody is signed in") }
        let code = Grants.Code(
            value: RandomToken.make(),
            grant: .init(id: RandomToken.make(), client: client.id, user: user, scope: scope),
            redirect: redirect, challenge: challenge, nonce: query["nonce"],
            expiresAt: call.now + Grants.codeSeconds)
        memory.withLock { $0.grants.add(code) }
        return code.value
    }

    /// What was asked for, all of which the client may have; everything where nothing was asked for.
    func scope(_ text: String?, of client: OAuthClient, _ defect: OAuthDefect?) throws(OAuthFailure) -> [String] {
        guard let text else { return client.scopes }
        let asked = text.split(separator: " ").map(String.init)
        if let unknown = asked.first(where: { !client.scopes.contains($0) }), defect != .anyScope {
            throw OAuthFailure(.invalidScope, "this client may not have `\(unknown)`")
        }
        return asked
    }

    /// By token or by cookie.
    fileprivate func signedIn(_ call: Call) -> String? {
        if let token = call.request.bearerToken { return liveClaims(of: token, call)?["sub"]?.text }
        guard let id = call.request.cookie("session") else { return nil }
        return memory.withLock { memory in
            memory.accounts.session(id).flatMap { $0.isRevoked ? nil : $0.user }
        }
    }

    fileprivate static func redirect(to address: String, _ fields: [(String, String)]) -> Response {
        let query = fields.map { Form.encoded($0.0) + "=" + Form.encoded($0.1) }.joined(separator: "&")
        return .redirect(address + (address.contains("?") ? "&" : "?") + query)
    }
}

extension OAuthFailure {
    /// For the person in front of the browser, whom nothing sends back.
    fileprivate var page: Response {
        .json(["error": .string(code.rawValue), "error_description": .string(description)], status: .badRequest)
    }
}

/// What can be wrong inside of the rules of OAuth.
enum OAuthDefect: String, CaseIterable, Sendable {
    case redirectByPrefix = "oauth.redirect-by-prefix"
    case redirectByHost = "oauth.redirect-by-host"
    case redirectAnywhere = "oauth.redirect-anywhere"
    case repetitionTaken = "oauth.repetition-taken"
    case challengeOptional = "oauth.challenge-optional"
    case anyScope = "oauth.any-scope"
    case anyGrantForAnyClient = "oauth.any-grant-for-any-client"
    case codeReusable = "oauth.code-reusable"
    case codeOfAnyClient = "oauth.code-of-any-client"
    case redirectNotCompared = "oauth.redirect-not-compared"
    case verifierIgnored = "oauth.verifier-ignored"
    case verifierOptional = "oauth.verifier-optional"
    case shortVerifier = "oauth.short-verifier"
    case refreshReusable = "oauth.refresh-reusable"
    case refreshOfAnyClient = "oauth.refresh-of-any-client"
    case refreshWidensScope = "oauth.refresh-widens-scope"
    case idTokenForOthers = "oauth.id-token-for-others"
    case nonceLost = "oauth.nonce-lost"
    case anybodyIntrospects = "oauth.anybody-introspects"
    case anyClientRevokes = "oauth.any-client-revokes"
    case userInfoForAnyToken = "oauth.user-info-for-any-token"
    case twoWaysAtOnce = "oauth.two-ways-at-once"
    case anySecret = "oauth.any-secret"
    case secretOptional = "oauth.secret-optional"
}
