import Loop

/// Who is turned away, what is not there, and what breaks in the program.
extension FourthWordings {
    static let refusals: [CauseKind: [Wording]] = [
        .callerNotInvoker: [
            Wording(
                403, kind: "http",
                logs: [
                    [
                        "The request was not authorized to invoke this service. Read more at https://cloud.google.com/run/docs/securing/authenticating Additional troubleshooting documentation can be found at: https://cloud.google.com/run/docs/troubleshooting#401"
                    ], [],
                ]),
            Wording(
                401, kind: "http",
                "the answer was 401, and an HTML page of 'Your client does not have permission to the requested URL'"),
            Wording(403, kind: "ws", "Unexpected server response: 403"),
            Wording(
                "AssertionError: expected 403 to equal 200, body: <h1>Error: Forbidden</h1> <h2>Your client does not have permission to get URL <code>{path}</code> from this server.</h2>"
            ),
            Wording(
                "rpc error: code = PermissionDenied desc = unexpected HTTP status code received from server: 403 (Forbidden); transport: received unexpected content-type \"text/html; charset=UTF-8\""
            ),
            Wording(
                403, nil,
                logs: [
                    [
                        "The request was not authenticated. Either allow unauthenticated invocations or set the proper Authorization header."
                    ]
                ]),
        ],
        .headersMissing: [
            Wording(
                401, kind: "http",
                logs: [
                    [
                        "o.s.s.w.a.Http403ForbiddenEntryPoint : Pre-authenticated entry point called. Rejecting access",
                        "InsufficientAuthenticationException: Full authentication is required to access this resource",
                    ], ["UnauthorizedError: No authorization token was found"],
                    ["Unauthorized: {path}", "Authentication credentials were not provided."], [],
                ]),
            Wording(
                401, nil,
                logs: [
                    [
                        "AuthenticationScheme: Bearer was challenged.",
                        "DenyAnonymousAuthorizationRequirement: Requires an authenticated user.",
                    ],
                    ["[error] Guardian: :unauthenticated, no token found in the request"],
                    ["Illuminate\\Auth\\AuthenticationException: Unauthenticated."],
                ]),
            Wording(400, kind: "http", "answer: Header of type `authorization` was missing", logs: [[]]),
            Wording(
                400, nil,
                logs: [
                    [
                        "Resolved [org.springframework.web.bind.MissingRequestHeaderException: Required request header 'X-Tenant-Id' for method parameter type String is not present]"
                    ]
                ]),
            Wording(
                "AssertionError: assert 422 == 200, {\"detail\":[{\"type\":\"missing\",\"loc\":[\"header\",\"x-tenant-id\"],\"msg\":\"Field required\"}]}"
            ),
            Wording("rpc error: code = Unauthenticated desc = missing metadata: authorization"),
            Wording(
                401, kind: "ws", "Unexpected server response: 401",
                logs: [["socket refused: handshake without Authorization header"]]),
            Wording("Expected: 200, Received: 401 {\"error\":\"You need to sign in or sign up before continuing.\"}"),
        ],
        .tokenRejected: [
            Wording(
                401, kind: "http",
                logs: [
                    [
                        "io.jsonwebtoken.ExpiredJwtException: JWT expired {ms} milliseconds ago at {time}Z. Current time: {time}Z."
                    ],
                    ["JWTExpired: \"exp\" claim timestamp check failed"],
                    ["jwt.exceptions.InvalidAudienceError: Audience doesn't match"],
                    ["auth: token has invalid claims: token is expired"],
                    [
                        "IDX10223: Lifetime validation failed. The token is expired. ValidTo (UTC): '{time}', Current time (UTC): '{time}'."
                    ],
                ]),
            Wording(
                401, nil,
                logs: [
                    ["JWTClaimValidationFailed: unexpected \"aud\" claim value"],
                    ["An error occurred while attempting to decode the Jwt: The iss claim is not valid"],
                    ["SigningKeyNotFoundError: Unable to find a signing key that matches '{id}'"],
                    [
                        "FirebaseAuthError: Firebase ID token has incorrect \"aud\" (audience) claim. Expected \"shop\" but got \"shop-dev\"."
                    ],
                ]),
            Wording(
                403, kind: "http",
                logs: [
                    ["Given token not valid for any token type", "code: token_not_valid"],
                    [
                        "IDX10214: Audience validation failed. Audiences: 'web'. Did not match: validationParameters.ValidAudience: 'api'"
                    ],
                ]),
            Wording(
                "auth/id-token-expired: Firebase ID token has expired. Get a fresh ID token from your client app and try again (401)"
            ),
            Wording("rpc error: code = Unauthenticated desc = token is not valid yet"),
            Wording(
                401, kind: "http", "answer: {\"message\":\"jwt malformed\"}",
                logs: [["JsonWebTokenError: jwt malformed"]]),
            Wording(close: 4401, kind: "ws", logs: [["closing socket {n}: ExpiredSignature"]]),
            Wording(
                "401 Unauthorized, www-authenticate: Bearer error=\"invalid_token\", error_description=\"Jwt expired at {time}Z\""
            ),
        ],
        .accessDenied: [
            Wording(
                403, kind: "http",
                logs: [
                    ["org.springframework.security.authorization.AuthorizationDeniedException: Access Denied"],
                    ["Forbidden: {path}", "You do not have permission to perform this action."],
                    ["Pundit::NotAuthorizedError (not allowed to update? this Order)"],
                    [
                        "Authorization failed. These requirements were not met: RolesAuthorizationRequirement:User.IsInRole must be true for one of the following roles: (Admin)"
                    ],
                ]),
            Wording(
                403, nil,
                logs: [
                    ["ForbiddenError: Cannot execute \"update\" on \"Order\""],
                    ["Illuminate\\Auth\\Access\\AuthorizationException: This action is unauthorized."],
                    ["casbin: enforce({user}, {path}, read) = false"],
                    ["user {user} lacks scope orders:write"],
                ]),
            Wording(
                403, kind: "http", "answer: Invalid CORS request",
                logs: [["Reject: 'https://admin.example.com' origin is not allowed"]]),
            Wording(
                403, kind: "ws", "Unexpected server response: 403",
                logs: [
                    [
                        "[error] Could not check origin for Phoenix.Socket transport. Origin of the request: https://e2e.example.com"
                    ]
                ]),
            Wording("rpc error: code = PermissionDenied desc = user {user} may not read invoices of another tenant"),
            Wording("CanCan::AccessDenied: You are not authorized to access this page. (403)"),
            Wording("expected 403 to be 200: {\"code\":\"insufficient_role\",\"required\":\"editor\"}"),
        ],
        .unhandledException: [
            Wording(
                500, kind: "http",
                logs: [
                    [
                        "Servlet.service() for servlet [dispatcherServlet] threw exception",
                        "java.lang.NullPointerException: Cannot invoke \"com.acme.Cart.total()\" because \"cart\" is null",
                        "\tat com.acme.CartController.show(CartController.java:{line})",
                    ]
                ]),
            Wording(
                500, kind: "http",
                logs: [
                    [
                        "TypeError: Cannot read properties of undefined (reading 'sku')",
                        "    at /app/src/orders.js:{line}:17",
                    ]
                ]),
            Wording(
                500, nil,
                logs: [
                    [
                        "NoMethodError (undefined method 'gross' for nil):",
                        "app/controllers/orders_controller.rb:{line}:in 'show'",
                    ]
                ]),
            Wording(
                500, kind: "http",
                logs: [
                    [
                        "http: panic serving {ip}:443: runtime error: invalid memory address or nil pointer dereference",
                        "goroutine {n} [running]:",
                    ]
                ]),
            Wording(
                500, nil,
                logs: [
                    [
                        "thread 'tokio-runtime-worker' panicked at src/cart.rs:{line}:9:",
                        "called `Option::unwrap()` on a `None` value",
                    ]
                ]),
            Wording(
                500, kind: "http",
                logs: [["production.ERROR: Undefined array key \"vat\" at /var/www/app/Cart.php:{line}"]]),
            Wording(
                500, nil,
                logs: [
                    [
                        "fail: Microsoft.AspNetCore.Server.Kestrel[13] Connection id \"{id}\", Request id \"{id}\": An unhandled exception was thrown by the application.",
                        "System.InvalidOperationException: Sequence contains no elements",
                    ]
                ]),
            Wording(
                500, kind: "http",
                logs: [
                    [
                        "** (FunctionClauseError) no function clause matching in Shop.Cart.total/1",
                        "    (shop 0.1.0) lib/shop/cart.ex:{line}",
                    ]
                ]),
            Wording(
                500, kind: "http",
                logs: [
                    [
                        "Exception in ASGI application", "  File \"/app/cart.py\", line {line}, in total",
                        "decimal.InvalidOperation: [<class 'decimal.ConversionSyntax'>]",
                    ]
                ]),
            Wording(
                close: 1011, kind: "ws",
                logs: [
                    [
                        "Unhandled exception in websocket handler",
                        "kotlin.UninitializedPropertyAccessException: lateinit property room has not been initialized",
                    ]
                ]),
            Wording(
                500, nil,
                logs: [
                    [
                        "org.postgresql.util.PSQLException: ERROR: null value in column \"vat\" of relation \"orders\" violates not-null constraint"
                    ]
                ]),
        ],
        .routeMissing: [
            Wording(404, kind: "http", logs: [[], ["No static resource {path}."], ["Not Found: {path}"]]),
            Wording(
                404, nil,
                logs: [
                    ["ActionController::RoutingError (No route matches [GET] \"{path}\"):"],
                    ["** (Phoenix.Router.NoRouteError) no route found for GET {path} (ShopWeb.Router)"],
                    [
                        "Request reached the end of the middleware pipeline without being handled by application code. Request path: GET {path}, Response status code: 404"
                    ],
                    [
                        "Symfony\\Component\\HttpKernel\\Exception\\NotFoundHttpException: The route {path} could not be found."
                    ],
                ]),
            Wording(
                405, kind: "http",
                logs: [
                    [
                        "Resolved [org.springframework.web.HttpRequestMethodNotSupportedException: Request method 'PUT' is not supported]"
                    ], [],
                ]),
            Wording("expected 404 to equal 200, body: Cannot GET {path}"),
            Wording("assert 404 == 200, body: 404 page not found"),
            Wording("rpc error: code = Unimplemented desc = unknown method GetInvoice for service shop.v1.Orders"),
            Wording("405: The GET method is not supported for route {path}. Supported methods: POST."),
        ],
    ]
}
