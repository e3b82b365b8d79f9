import Loop

/// Who is turned away, what is not there, and what breaks in the program.
extension SixthWordings {
    static let refusals: [CauseKind: [Wording]] = [
        .callerNotInvoker: [
            Wording(403, kind: "http", "a page of the platform came with 403"),
            Wording(
                401, kind: "http",
                logs: [
                    [
                        "The request was not authenticated. Either allow unauthenticated invocations or set the proper Authorization header. Empty Authorization header value."
                    ]
                ]),
            Wording(
                "http: error: HTTP 403 Forbidden, body: Your client does not have permission to get URL {path} from this server"
            ),
            Wording("PERMISSION_DENIED: the caller needs roles/run.invoker on {service} (HTTP 403)"),
            Wording(403, kind: "ws", "the upgrade was turned down with 403"),
        ],
        .headersMissing: [
            Wording(
                401, kind: "http",
                logs: [
                    ["flask_jwt_extended.exceptions.NoAuthorizationError: Missing Authorization Header"],
                    ["hapi: Missing authentication"], [],
                ]),
            Wording(
                401, nil,
                logs: [
                    ["{\"message\":\"No API key found in request\",\"request_id\":\"{id}\"}"],
                    ["Status 401: request guard `ApiKey` failed: Missing"],
                    ["E_UNAUTHORIZED_ACCESS: Cannot access {path} without being logged in"],
                ]),
            Wording(
                "Status code was 401, expected 200, body {\"errors\":[{\"message\":\"You must be logged in\",\"extensions\":{\"code\":\"UNAUTHENTICATED\"}}]}"
            ),
            Wording("connect: unauthenticated: no bearer credentials were sent"),
            Wording(400, kind: "http", "answer: header X-Fleet-Tenant is mandatory"),
            Wording(401, kind: "ws", "the upgrade was turned down with 401"),
        ],
        .tokenRejected: [
            Wording(
                401, kind: "http",
                logs: [
                    ["itsdangerous.exc.SignatureExpired: Signature age {n} > 3600 seconds"],
                    ["koa-jwt: jwt issuer invalid. expected: https://idp.example.com"],
                    ["{\"error\":\"invalid_token\",\"error_description\":\"Token is not active\"}"],
                    ["Bearer was not authenticated. Failure message: IDX10205: Issuer validation failed."],
                ]),
            Wording(
                401, nil,
                logs: [
                    ["Token expired {n} minutes ago, user {user}"],
                    ["JWKS has no key of this kid, token of {user} refused"],
                    ["joken: claim \"aud\" did not pass validation"],
                ]),
            Wording("tonic: status: Unauthenticated, message: \"id token has expired\""),
            Wording(
                "Status code was 401, expected 200, body {\"message\":\"Invalid signature or expired session token\"}"),
            Wording("Jwt verification fails (401)"),
            Wording(close: 4401, kind: "ws", logs: [["bearer of {user} is past its expiry"]]),
        ],
        .accessDenied: [
            Wording(
                403, kind: "http",
                logs: [
                    ["AuthorizationException: E_AUTHORIZATION_FAILURE: Not authorized to perform this action"],
                    ["flask_principal.PermissionDenied: <Permission needs={Need(method='role', value='dispatcher')}>"],
                    ["Authorization was not successful, requirement DispatcherOnly"],
                ]),
            Wording(
                403, nil,
                logs: [
                    ["RBAC: access denied"], ["{user} tried to edit trip {n} of another company"],
                    ["Access-Control check: https://e2e.example.com is not an allowed origin"],
                    ["hapi: Insufficient scope"],
                ]),
            Wording("tonic: status: PermissionDenied, message: \"only dispatchers\""),
            Wording("Status code was 403, expected 200, body {\"detail\":\"drivers cannot see reports\"}"),
            Wording("http: error: HTTP 403 Forbidden, body {\"reason\":\"role dispatcher required\"}"),
        ],
        .unhandledException: [
            Wording(
                500, kind: "http",
                logs: [["[ERROR] app: Exception on {path} [GET]", "ZeroDivisionError: float division by zero"]]),
            Wording(
                500, kind: "http", logs: [["Unhandled exception: Exception: Missing hash key: \"driver\" (KeyError)"]]),
            Wording(500, nil, logs: [["unhandled exception: index 4 not in 0 .. 3 [IndexDefect]"]]),
            Wording(
                500, nil,
                logs: [
                    ["SEVERE: Unhandled exception in router", "java.lang.IllegalStateException: trip has no driver"]
                ]),
            Wording(
                500, kind: "http", logs: [[">> Handler panicked: index out of bounds: the len is 3 but the index is 7"]]
            ),
            Wording(
                500, nil,
                logs: [
                    [
                        "Fatal error: exception Not_found",
                        "Raised at Stdlib__Hashtbl.find in file \"hashtbl.ml\", line {line}",
                    ]
                ]),
            Wording(
                500, kind: "http",
                logs: [
                    ["Slim Application Error: Call to a member function plate() on null in /srv/src/Trips.php:{line}"]
                ]),
            Wording(500, nil, logs: [["ERROR: MethodError: no method matching +(::Nothing, ::Int64)"]]),
            Wording(
                close: 1011, kind: "ws",
                logs: [
                    [
                        "Failed to invoke hub method 'Join' due to an error on the server. ArgumentNullException: Value cannot be null."
                    ]
                ]),
        ],
        .routeMissing: [
            Wording(
                404, kind: "http", logs: [[], ["chi: no route for {route}"], ["Cannot {route}: E_ROUTE_NOT_FOUND"]]),
            Wording(
                404, nil,
                logs: [
                    ["Responding with 404 catcher, no matching routes for {route}"],
                    ["CakePHP MissingControllerException: Controller class Fleet could not be found"],
                    ["404 for {path}: nothing is mounted there"],
                ]),
            Wording(405, kind: "http", logs: [[]]),
            Wording("tonic: status: Unimplemented, message: \"\""),
            Wording("TRPCError: No procedure found on path \"trips.list\" (404)"),
            Wording("http: error: HTTP 404 Not Found, body: no Route matched with those values"),
        ],
        .configurationChanged: [
            Wording(
                500, kind: "http",
                logs: [
                    ["KeyError: 'MAP_TILE_VENDOR'"], ["System.ArgumentException: MAP_TILE_VENDOR 'x' is not supported"],
                    ["map tile vendor is not configured, see MAP_TILE_VENDOR"],
                ]),
            Wording(
                500, nil,
                logs: [
                    ["env: MAP_TILE_VENDOR: unknown value"],
                    ["E_INVALID_ENV_VARIABLES: MAP_TILE_VENDOR - must be one of osm, here"],
                ]),
            Wording("Status code was 500, expected 200, body {\"message\":\"mapTileVendor: no driver of that name\"}"),
        ],
        .secretChanged: [
            Wording(
                401, kind: "http",
                logs: [
                    ["itsdangerous.exc.BadSignature: Signature does not match"], ["JWT: signature mismatch for {user}"],
                    ["IDX10503: Signature validation failed."],
                ]),
            Wording(401, nil, logs: [["joken: signature_error"], ["koa-jwt: invalid signature"]]),
            Wording("tonic: status: Unauthenticated, message: \"bad signature\""),
            Wording(403, kind: "http", logs: [["HMAC of the webhook does not match"]]),
        ],
        .rateLimited: [
            Wording(429, kind: "http", logs: [[], ["{\"message\":\"API rate limit exceeded\"}"]]),
            Wording(
                429, nil,
                logs: [
                    ["flask-limiter: 10 per 1 second exceeded by {ip}"],
                    ["bandwidth of {user} used up for this minute"],
                ]),
            Wording(503, kind: "http", logs: [["too many requests from {ip}, shed"]]),
            Wording("connect: resource_exhausted: too many calls"),
            Wording("Error 1015: you are being rate limited"),
        ],
    ]
}
