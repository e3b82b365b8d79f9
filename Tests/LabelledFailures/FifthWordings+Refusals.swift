import Loop

/// Who is turned away, what is not there, and what breaks in the program.
extension FifthWordings {
    static let refusals: [CauseKind: [Wording]] = [
        .callerNotInvoker: [
            Wording(403, kind: "http", "the answer is 403, with server: Google Frontend and no body of the service"),
            Wording(
                401, kind: "http",
                logs: [
                    [
                        "The request was not authenticated. Either allow unauthenticated invocations or set the proper Authorization header."
                    ]
                ]),
            Wording(403, kind: "ws", "handshake refused: 403"),
            Wording(
                "curl: (22) The requested URL returned error: 403, page: Your client does not have permission to get URL {path} from this server."
            ),
            Wording(
                "status code was: 403, expected: 200, response: <html><head><title>403 Forbidden</title></head><body><h1>Error: Forbidden</h1><h2>Your client does not have permission to get URL"
            ),
            Wording("caller e2e@example.iam.gserviceaccount.com lacks run.routes.invoke on {service}, answered 403"),
        ],
        .headersMissing: [
            Wording(
                401, kind: "http",
                logs: [
                    ["Abort.401: Unauthorized, no user in request.auth"],
                    ["io.quarkus.security.UnauthorizedException: anonymous identity tried to access {path}"],
                    ["HTTPException: no authorization included in request"], [],
                ]),
            Wording(
                401, nil,
                logs: [
                    ["Full authentication needed: A Token was not found in the TokenStorage."],
                    ["missing or malformed jwt: request header is empty"],
                    ["buddy.auth: unauthenticated request to {path} refused"],
                ]),
            Wording(400, kind: "http", "answer: missing required header x-device-id"),
            Wording(403, nil, logs: [["guard: Header `x-api-key` is required but absent"]]),
            Wording("status code was: 401, expected: 200, body {\"message\":\"JWT Token not found\"}"),
            Wording("status code was: 401, expected: 200, body: Please log in first"),
            Wording(401, kind: "ws", "handshake refused: 401", logs: [["upgrade without a session cookie"]]),
        ],
        .tokenRejected: [
            Wording(
                401, kind: "http",
                logs: [
                    ["JWTError: exp claim verification failed: expired"],
                    [
                        "JWT rejected due to invalid claims. Additional details: [[1] The JWT is no longer valid - the evaluation time is on or after the Expiration Time]"
                    ],
                    ["JwtTokenExpired: token ({id}) expired"],
                    ["#error {:cause \"Token is expired ({n})\", :data {:type :validation, :cause :exp}}"],
                    ["JWT: exp claim check failed ({n}<{n}) at /app/lib/Media/Auth.pm line {line}."],
                ]),
            Wording(
                401, nil,
                logs: [
                    ["Expired JWT Token"], ["JWT authentication: issuer https://old-idp.example.com is not accepted"],
                    ["introspection of the access token says active: false"], ["JWTAudienceMismatch [\"web\"]"],
                    ["oauth2: cannot fetch a key for kid {id}"],
                ]),
            Wording(
                403, kind: "http",
                logs: [
                    ["JWTClaims audience [web] does not contain api"],
                    ["bearer token was issued in the future, clock skew?"],
                ]),
            Wording("status code was: 401, expected: 200, body {\"code\":401,\"message\":\"Invalid JWT Token\"}"),
            Wording(
                "status code was: 401, expected: 200, www-authenticate: Bearer realm=\"media\", error=\"invalid_token\""
            ),
            Wording(close: 4401, kind: "ws", logs: [["session {id}: access token ran out, closing"]]),
            Wording(401, kind: "http", "answer: token has been revoked", logs: [["token {id} is on the blocklist"]]),
        ],
        .accessDenied: [
            Wording(
                403, kind: "http",
                logs: [
                    ["io.quarkus.security.ForbiddenException: user {user} does not hold any of the roles [editor]"],
                    ["Access Denied by controller annotation @IsGranted(\"ROLE_ADMIN\")"],
                    ["ability: {user} cannot :destroy Comment"],
                    ["Authorization policy 'CanEdit' was not met by {user}"],
                ]),
            Wording(
                403, nil,
                logs: [
                    ["Abort.403: {user} is not a member of this workspace"],
                    ["opa: decision for {user} GET {path} is deny"],
                    ["voter AlbumVoter voted DENIED for attribute EDIT"],
                    ["play.filters.cors.CORSFilter: Invalid CORS request; Origin=Some(https://e2e.example.com)"],
                ]),
            Wording(
                403, kind: "ws", "handshake refused: 403",
                logs: [["cowboy: origin https://e2e.example.com is not in the list of origins"]]),
            Wording("status code was: 403, expected: 200, body {\"message\":\"requires scope playlists:write\"}"),
            Wording("grpcurl: ERROR: Code: PermissionDenied Message: {user} does not own this playlist"),
            Wording("Failed asserting that 403 matches expected 200. body: you don't have sufficient rights"),
        ],
        .unhandledException: [
            Wording(
                500, kind: "http",
                logs: [
                    ["HTTP Request to {path} failed, error id: {uuid}", "java.lang.ArithmeticException: / by zero"]
                ]),
            Wording(500, kind: "http", logs: [["Fatal error: Index out of range: file App/Charts.swift, line {line}"]]),
            Wording(
                500, nil,
                logs: [
                    [
                        "Can't locate object method \"title\" via package \"Media::Track\" at lib/Media/Charts.pm line {line}."
                    ]
                ]),
            Wording(
                500, kind: "http",
                logs: [
                    [
                        "clojure.lang.ExceptionInfo: No implementation of method: :render of protocol",
                        "\tat media.views$render.invoke(views.clj:{line})",
                    ]
                ]),
            Wording(
                500, nil,
                logs: [
                    [
                        "! @{id} - Internal server error, for ({route}) ->",
                        "scala.MatchError: None (of class scala.None$)",
                    ]
                ]),
            Wording(
                500, nil,
                logs: [
                    [
                        "Ranch listener http had connection process exit with reason: {badmatch,undefined} and stacktrace",
                        "[{media_charts,top,2,[{file,\"src/media_charts.erl\"},{line,{line}}]}]",
                    ]
                ]),
            Wording(
                500, kind: "http",
                logs: [
                    [
                        "terminate called after throwing an instance of 'std::out_of_range'",
                        "  what():  vector::_M_range_check",
                    ]
                ]),
            Wording(
                500, nil,
                logs: [
                    [
                        "Uncaught PHP Exception TypeError: \"App\\Entity\\Track::setTitle(): Argument #1 must be of type string, null given\" at Track.php line {line}"
                    ]
                ]),
            Wording(
                500, kind: "http",
                logs: [
                    [
                        "Prelude.head: empty list",
                        "CallStack (from HasCallStack): error, called at src/Charts.hs:{line}",
                    ]
                ]),
            Wording(
                500, kind: "http",
                logs: [
                    [
                        "Unhandled exception: Null check operator used on a null value",
                        "#0      ChartService.top (package:media/chart_service.dart:{line})",
                    ]
                ]),
            Wording(
                close: 1011, kind: "ws",
                logs: [["error: Uncaught (in promise) RangeError: Invalid array length at file:///app/ws.ts:{line}"]]),
        ],
        .routeMissing: [
            Wording(
                404, kind: "http",
                logs: [
                    [], ["RESTEASY003210: Could not find resource for full path: http://{service}{path}"],
                    ["Abort.404: Not Found, no route for {route}"],
                ]),
            Wording(
                404, nil,
                logs: [
                    ["No route found for \"{route}\""], ["Sinatra::NotFound: {path}"],
                    ["warning: {path} matched no handler, 404 of the fallback"],
                    ["Page Not Found: {path}"],
                ]),
            Wording(
                405, kind: "http", logs: [[], ["Method [PUT] not allowed for URI [{path}]. Allowed methods: [GET]"]]),
            Wording("status code was: 404, expected: 200, body: Sinatra doesn't know this ditty."),
            Wording("status code was: 405, expected: 200, allow: GET, HEAD"),
            Wording("grpcurl: ERROR: Code: Unimplemented Message: Method not found: media.v1.Charts/Top"),
            Wording("Failed asserting that 404 matches expected 200. body: Action not found for request {route}"),
        ],
    ]
}
