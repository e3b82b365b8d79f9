import NIOHTTP1

/// Pages of the role frontend, and their files.
extension Route {
    static let assets: [Route] = [
        .answering(.GET, "/login", "Where somebody signs in") { application, call in application.loginPage(call) },
        Route(.POST, "/login", "Signs in and goes on", success: 302) { application, call in application.signIn(call) },
        .answering(.GET, "/assets/{name}", "Style sheet, script, picture") { application, call in
            application.asset(call)
        },
        Route(.GET, "/account", "Whose token the backend knows, as a page") { application, call in
            application.page(call, of: "/api/me") { document in
                let user = Application.escaped(document["sub"]?.text ?? "")
                return "<h1>Account</h1>\n<p>Signed in as <strong>\(user)</strong></p>"
            }
        },
        Route(.GET, "/threads", "The backend's threads, as a page") { application, call in
            application.page(call, of: "/api/threads") { document in
                guard case .array(let threads)? = document["threads"] else { return "<p>No threads</p>" }
                let titles = threads.compactMap { $0["title"]?.text.map(Application.escaped) }
                return "<h1>Threads</h1>\n<ul>\n" + titles.map { "<li>\($0)</li>\n" }.joined() + "</ul>"
            }
        },
    ]
}

extension Application {
    static func page(_ title: String, _ content: String, status: HTTPResponseStatus = .ok) -> Response {
        var response = Response.text(
            """
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><title>\(title)</title><link rel="stylesheet" href="/assets/app.css"></head>
            <body>
            \(content)
            </body>
            </html>

            """, type: "text/html; charset=utf-8")
        response.status = status
        return response
    }

    fileprivate func loginPage(_ call: Call) -> Response {
        Self.loginPage(returningTo: Self.ownPath(call.request.query["return_to"]))
    }

    private static func loginPage(returningTo target: String, problem: String = "", status: HTTPResponseStatus = .ok)
        -> Response
    {
        page(
            "Sign in",
            """
            <h1>Sign in</h1>
            <p>\(problem)</p>
            <form method="post" action="/login">
            <input type="hidden" name="return_to" value="\(escaped(target))">
            <input name="user" autocomplete="username"><input name="password" type="password">
            <button>Sign in</button>
            </form>
            """, status: status)
    }

    /// Only back to this site: another address would make the page a springboard (CWE-601).
    private static func ownPath(_ wish: String?) -> String {
        guard let wish, wish.hasPrefix("/"), !wish.hasPrefix("//"), !wish.hasPrefix("/\\") else { return "/" }
        return wish
    }

    fileprivate func signIn(_ call: Call) -> Reply {
        let form = Form(String(decoding: call.request.body, as: UTF8.self))
        let target = Self.ownPath(form["return_to"])
        var request = call.request
        request.headers.replaceOrAdd(name: "content-type", value: "application/json")
        let credentials: JSON = ["user": .string(form["user"] ?? ""), "password": .string(form["password"] ?? "")]
        request.body = Array(credentials.serialized.utf8)
        let secure = call.request.isSecure ? "; Secure" : ""
        return .proxied(
            ProxiedRequest(service: .auth, target: "/api/auth/login", request: request) { answer in
                guard answer.status == .ok, let token = JSONParser.parse(answer.body)?["access_token"]?.text else {
                    let isDown = answer.status.code >= 500
                    return Self.loginPage(
                        returningTo: target,
                        problem: isDown ? "Please try again later." : "User name or password is not right.",
                        status: isDown ? .badGateway : .unauthorized)
                }
                return .redirect(target).with(
                    header: "set-cookie", "token=\(token); Path=/; Max-Age=900; HttpOnly; SameSite=Lax" + secure)
            })
    }

    fileprivate func asset(_ call: Call) -> Response {
        guard let asset = Asset.all.first(where: { $0.name == call.parameters["name"] }) else {
            return .error(.notFound, "no such file")
        }
        var response = Response(status: .ok, contentType: asset.type, body: asset.body)
            .with(header: "etag", asset.tag).with(header: "last-modified", Asset.lastModified)
            .with(header: "cache-control", "public, max-age=3600").with(header: "accept-ranges", "bytes")
        let headers = call.request.headers
        if Self.isUnchanged(asset, headers) {
            response.status = .notModified
            response.body = []
            return response
        }
        // A range of what has changed meanwhile is of no use (RFC 9110 section 13.1.5).
        let condition = headers.first(name: "if-range")
        guard let field = headers.first(name: "range"),
            condition == nil || condition == asset.tag || condition == Asset.lastModified
        else { return response }
        switch ByteRange(field, size: asset.body.count) {
        case .ignored: return response
        case .unsatisfiable:
            return Response.error(.rangeNotSatisfiable, "the file is shorter")
                .with(header: "content-range", "bytes */\(asset.body.count)")
        case .bytes(let range):
            response.status = .partialContent
            response.body = Array(asset.body[range])
            return response.with(
                header: "content-range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(asset.body.count)")
        }
    }

    /// `If-None-Match` counts before `If-Modified-Since` (RFC 9110 section 13.2.2); dates are compared as they stand,
    /// since a client sends back what it was given.
    fileprivate static func isUnchanged(_ asset: Asset, _ headers: HTTPHeaders) -> Bool {
        let tags = headers[canonicalForm: "if-none-match"]
        guard tags.isEmpty else {
            return tags.contains { $0 == "*" || $0 == asset.tag || $0 == "W/" + asset.tag }
        }
        return headers.first(name: "if-modified-since") == Asset.lastModified
    }

    /// A page that is made of what the backend answers to whoever asks.
    fileprivate func page(_ call: Call, of path: String, _ content: @escaping @Sendable (JSON) -> String) -> Reply {
        var request = call.request
        request.method = .GET
        request.body = []
        if request.bearerToken == nil, let token = request.cookie("token") {
            request.headers.replaceOrAdd(name: "authorization", value: "Bearer \(token)")
        }
        return .proxied(
            ProxiedRequest(service: .backend, target: path, request: request) { answer in
                switch answer.status.code {
                case 200...299: Self.page("stagectl sample", content(JSONParser.parse(answer.body) ?? .null))
                case 401: .redirect("/login?return_to=" + Form.encoded(call.request.path))
                default:
                    Self.page(
                        "Not now", "<h1>Not now</h1>\n<p>This page cannot be shown. Please try again.</p>",
                        status: .badGateway)
                }
            })
    }
}
