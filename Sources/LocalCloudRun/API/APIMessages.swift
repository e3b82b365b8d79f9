package import JSON

/// One call of the API, as it came over HTTP.
package struct APIRequest: Hashable, Sendable {
    package var method: String
    /// Decoded, without the query.
    package var path: String
    package var query: [String: String]
    package var body: [UInt8]

    package init(method: String, path: String, query: [String: String] = [:], body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
    }
}

/// The answer to one call; JSON but for the console page.
package struct APIResponse: Hashable, Sendable {
    package var status: Int
    package var body: JSONValue
    /// Fields besides those that every answer has, by name in lower case.
    package var headers: [String: String] = [:]
    /// Sent instead of `body`.
    var page: WebPage?
    /// The connection is reset instead of answered (a fault that was asked for).
    var isReset = false

    static let reset = Self(status: 0, isReset: true)

    private init(status: Int, isReset: Bool) {
        self.status = status
        self.isReset = isReset
        body = .null
    }

    init(page: WebPage, headers: [String: String]) {
        status = 200
        body = .null
        self.page = page
        self.headers = headers
    }

    package init(status: Int = 200, body: JSONValue) {
        self.status = status
        self.body = body
    }
}

/// A text that a browser shows.
struct WebPage: Hashable, Sendable {
    var type: String
    var text: String
}

/// A refusal in the form of google.rpc.Status.
struct APIError: Error, Hashable, Sendable {
    /// google.rpc.Code, as far as this API uses it.
    enum Code: Int, Codable, Hashable, Sendable {
        case invalidArgument = 3
        case deadlineExceeded = 4
        case notFound = 5
        case alreadyExists = 6
        case permissionDenied = 7
        case failedPrecondition = 9
        case aborted = 10
        case internalError = 13
        case unavailable = 14

        var httpStatus: Int {
            switch self {
            case .invalidArgument, .failedPrecondition: 400
            case .permissionDenied: 403
            case .notFound: 404
            case .alreadyExists, .aborted: 409
            case .internalError: 500
            case .unavailable: 503
            case .deadlineExceeded: 504
            }
        }

        var name: String {
            switch self {
            case .invalidArgument: "INVALID_ARGUMENT"
            case .deadlineExceeded: "DEADLINE_EXCEEDED"
            case .notFound: "NOT_FOUND"
            case .alreadyExists: "ALREADY_EXISTS"
            case .permissionDenied: "PERMISSION_DENIED"
            case .failedPrecondition: "FAILED_PRECONDITION"
            case .aborted: "ABORTED"
            case .internalError: "INTERNAL"
            case .unavailable: "UNAVAILABLE"
            }
        }
    }

    var code: Code
    var message: String
    var details: [JSONValue] = []

    init(_ code: Code, _ message: String, details: [JSONValue] = []) {
        self.code = code
        self.message = message
        self.details = details
    }

    /// 400 with google.rpc.BadRequest, which names the fields.
    static func badRequest(_ violations: [FieldViolation]) -> Self {
        let list = violations.map { violation -> JSONValue in
            var shown: JSONValue = ["description": .string(violation.message)]
            if !violation.field.isEmpty { shown["field"] = .string(violation.field) }
            return shown
        }
        return Self(
            .invalidArgument, violations.map(\.message).joined(separator: "\n"),
            details: [["@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": .array(list)]])
    }

    /// `kind` as Google names it: `SERVICE`, `JOB`.
    static func missing(_ kind: String, _ id: String, in parent: Location) -> Self {
        Self(
            .notFound,
            "Resource '\(id)' of kind '\(kind)' in region '\(parent.location)' in project '\(parent.project)' does not exist."
        )
    }

    var response: APIResponse {
        var error: [String: JSONValue] = [
            "code": .integer(Int64(code.httpStatus)), "message": .string(message), "status": .string(code.name),
        ]
        if !details.isEmpty { error["details"] = .array(details) }
        return APIResponse(status: code.httpStatus, body: ["error": .object(error)])
    }
}

struct FieldViolation: Hashable, Sendable {
    /// Empty where the whole request is meant.
    var field: String
    var message: String
}
