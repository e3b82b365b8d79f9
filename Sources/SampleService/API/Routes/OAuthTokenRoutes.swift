import NIOHTTP1
import Synchronization

/// The endpoints that clients ask themselves.
extension Application {
    func token(_ call: Call) -> Response {
        let defect = call.defect(OAuthDefect.self)
        do throws(OAuthFailure) {
            let form = try form(of: call, defect)
            let client = try authenticated(call, form, defect)
            guard let name = form["grant_type"] else { throw OAuthFailure(.invalidRequest, "`grant_type` is needed") }
            guard let grant = OAuthClient.Grant(rawValue: name) else {
                throw OAuthFailure(.unsupportedGrantType, "no such grant")
            }
            guard client.grants.contains(grant) || defect == .anyGrantForAnyClient else {
                throw OAuthFailure(.unauthorizedClient, "this client may not use this grant")
            }
            switch grant {
            case .code: return try exchange(form, client, call, defect)
            case .refresh: return try renew(form, client, call, defect)
            case .credentials:
                let scope = try scope(form["scope"], of: client, defect)
                let grant = Grants.Grant(id: RandomToken.make(), client: client.id, user: client.id, scope: scope)
                return answer(grant, nonce: nil, refreshes: false, call, defect)
            }
        } catch {
            return error.response
        }
    }

    fileprivate func exchange(
        _ form: Form, _ client: OAuthClient, _ call: Call, _ defect: OAuthDefect?
    ) throws(OAuthFailure) -> Response {
        guard let value = form["code"] else { throw OAuthFailure(.invalidRequest, "`code` is needed") }
        guard let code = memory.withLock({ $0.grants.take(value, now: call.now, defect) }) else {
            throw OAuthFailure(.invalidGrant, "the code is not valid")
        }
        guard code.grant.client == client.id || defect == .codeOfAnyClient else {
            throw OAuthFailure(.invalidGrant, "the code was made for another client")
        }
        guard code.redirect == form["redirect_uri"] || defect == .redirectNotCompared else {
            throw OAuthFailure(.invalidGrant, "`redirect_uri` is another one")
        }
        if let challenge = code.challenge, defect != .verifierIgnored {
            guard let verifier = form["code_verifier"] else {
                if defect == .verifierOptional { return answer(code.grant, nonce: nil, refreshes: true, call, defect) }
                throw OAuthFailure(.invalidGrant, "`code_verifier` is needed")
            }
            guard CodeChallenge.isVerifier(verifier) || defect == .shortVerifier else {
                throw OAuthFailure(.invalidRequest, "a verifier has 43 to 128 characters")
            }
            guard challenge.isMet(by: verifier) || defect == .shortVerifier else {
                throw OAuthFailure(.invalidGrant, "`code_verifier` does not fit")
            }
        }
        return answer(code.grant, nonce: code.nonce, refreshes: true, call, defect)
    }

    fileprivate func renew(
        _ form: Form, _ client: OAuthClient, _ call: Call, _ defect: OAuthDefect?
    ) throws(OAuthFailure) -> Response {
        guard let value = form["refresh_token"] else {
            throw OAuthFailure(.invalidRequest, "`refresh_token` is needed")
        }
        let asked = form["scope"]?.split(separator: " ").map(String.init)
        // What was refused has not used the token up.
        if let asked, let granted = memory.withLock({ $0.grants.grant(ofRefreshToken: value)?.scope }),
            !asked.allSatisfy(granted.contains), defect != .refreshWidensScope
        {
            throw OAuthFailure(.invalidScope, "more than was granted")
        }
        guard var grant = memory.withLock({ $0.grants.takeRefreshToken(value, defect) }),
            grant.client == client.id || defect == .refreshOfAnyClient
        else { throw OAuthFailure(.invalidGrant, "the refresh token is not valid") }
        grant.scope = asked ?? grant.scope
        return answer(grant, nonce: nil, refreshes: true, call, defect)
    }

    fileprivate func answer(
        _ grant: Grants.Grant, nonce: String?, refreshes: Bool, _ call: Call, _ defect: OAuthDefect?
    ) -> Response {
        let scope = grant.scope.joined(separator: " ")
        let token = issuer.token(
            for: grant.user, now: call.now, lifetime: Self.accessSeconds,
            more: [
                "iss": .string(settings.issuer), "client_id": .string(grant.client), "scope": .string(scope),
                "gid": .string(grant.id),
            ])
        var members: [JSON.Member] = [
            .init(name: "access_token", value: .string(token)),
            .init(name: "token_type", value: "Bearer"), .init(name: "expires_in", value: .integer(Self.accessSeconds)),
            .init(name: "scope", value: .string(scope)),
        ]
        if refreshes {
            members.append(
                .init(
                    name: "refresh_token", value: .string(memory.withLock { $0.grants.makeRefreshToken(for: grant) })))
        }
        if grant.scope.contains("openid") {
            var claims: [JSON.Member] = [
                .init(name: "iss", value: .string(settings.issuer)), .init(name: "sub", value: .string(grant.user)),
                .init(name: "aud", value: .string(defect == .idTokenForOthers ? "somebody" : grant.client)),
                .init(name: "iat", value: .integer(call.now)),
                .init(name: "exp", value: .integer(call.now + Self.accessSeconds)),
            ]
            if let nonce, defect != .nonceLost { claims.append(.init(name: "nonce", value: .string(nonce))) }
            if let token = signingKey.token(.object(claims)) {
                members.append(.init(name: "id_token", value: .string(token)))
            }
        }
        // RFC 6749 section 5.1.
        return Response.json(.object(members)).with(header: "cache-control", "no-store")
            .with(header: "pragma", "no-cache")
    }

    func introspect(_ call: Call) -> Response {
        let defect = call.defect(OAuthDefect.self)
        do throws(OAuthFailure) {
            let form = try form(of: call, defect)
            if defect != .anybodyIntrospects {
                guard try authenticated(call, form, defect).secret != nil else {
                    throw OAuthFailure(.invalidClient, "a client with a secret is needed")
                }
            }
            guard let token = form["token"] else { throw OAuthFailure(.invalidRequest, "`token` is needed") }
            guard let claims = liveClaims(of: token, call) else {
                return .json(["active": false])
            }
            let names = ["sub", "client_id", "scope", "exp", "iat", "iss"]
            let members = names.compactMap { name in claims[name].map { JSON.Member(name: name, value: $0) } }
            return .json(.object([.init(name: "active", value: true)] + members))
        } catch {
            return error.response
        }
    }

    /// Whatever the token is, the answer is 200: there is nothing that a client could do (RFC 7009 section 2.2).
    func revoke(_ call: Call) -> Response {
        let defect = call.defect(OAuthDefect.self)
        do throws(OAuthFailure) {
            let form = try form(of: call, defect)
            let client = try authenticated(call, form, defect)
            guard let token = form["token"] else { throw OAuthFailure(.invalidRequest, "`token` is needed") }
            let known = memory.withLock { $0.grants.grant(ofRefreshToken: token) }
            let claims = issuer.claims(of: token, now: call.now)
            let owner = known?.client ?? claims?["client_id"]?.text
            guard let grant = known?.id ?? claims?["gid"]?.text else {
                return .json([:])
            }
            if owner == client.id || defect == .anyClientRevokes {
                memory.withLock { $0.grants.end(grant) }
            }
            return .json([:])
        } catch {
            return error.response
        }
    }

    func userInfo(_ call: Call) -> Response {
        let defect = call.defect(OAuthDefect.self)
        let scope = call.request.bearerToken.flatMap { issuer.claims(of: $0, now: call.now)?["scope"]?.text } ?? ""
        let scopes = scope.split(separator: " ")
        // RFC 6750 section 3.1.
        guard scopes.contains("openid") || defect == .userInfoForAnyToken else {
            return Response.error(.forbidden, "the scope `openid` is needed")
                .with(header: "www-authenticate", "Bearer error=\"insufficient_scope\", scope=\"openid\"")
        }
        var members: [JSON.Member] = [.init(name: "sub", value: .string(call.user))]
        if scopes.contains("email") {
            members.append(.init(name: "email", value: .string("\(call.user)@example.com")))
        }
        return .json(.object(members))
    }

    fileprivate func form(of call: Call, _ defect: OAuthDefect?) throws(OAuthFailure) -> Form {
        guard call.request.mediaType == "application/x-www-form-urlencoded" else {
            throw OAuthFailure(.invalidRequest, "the body must be application/x-www-form-urlencoded")
        }
        let form = Form(String(decoding: call.request.body, as: UTF8.self))
        if form.hasRepetition, defect != .repetitionTaken {
            throw OAuthFailure(.invalidRequest, "a parameter is there twice")
        }
        return form
    }

    /// The client, by HTTP Basic or in the form; one without a secret by its name alone (RFC 6749 section 2.3).
    fileprivate func authenticated(
        _ call: Call, _ form: Form, _ defect: OAuthDefect?
    ) throws(OAuthFailure) -> OAuthClient {
        let basic = call.request.basicCredentials
        if basic != nil, form["client_secret"] != nil, defect != .twoWaysAtOnce {
            throw OAuthFailure(.invalidRequest, "a client shows who it is in one way")
        }
        let (id, secret) = basic.map { ($0.user, $0.password) } ?? (form["client_id"] ?? "", form["client_secret"])
        guard let client = clients.first(where: { $0.id == id }),
            client.secret == secret || defect == .anySecret || defect == .secretOptional && secret == nil
        else {
            throw OAuthFailure(.invalidClient, "client and secret do not fit", triedBasic: basic != nil)
        }
        return client
    }
}
