import JSON
import Releases
package import Transport

/// Looks at a Google project through its APIs; reads only, each look bounded in time.
package struct GoogleInspection: Sendable {
    /// For one look, a repetition included: a release waits for the slowest of them.
    private static let patience = Duration.seconds(8)

    let endpoints: InspectionEndpoints
    let rest: RESTClient

    package init(endpoints: InspectionEndpoints, tokens: any AccessTokens, http: HTTPClient) {
        self.init(
            endpoints: endpoints,
            rest: RESTClient(
                tokens: tokens,
                retry: RetryPolicy(attempts: 2, deadline: Self.patience, readTimeout: .seconds(5)), limits: .process
            ) { request throws(TransportError) in try await http.send(request) })
    }

    init(endpoints: InspectionEndpoints, rest: RESTClient) {
        self.endpoints = endpoints
        self.rest = rest
    }

    /// The answer of one look; nil from `decode` is an answer that makes no sense.
    func look<Value: Sendable>(
        _ url: String, method: String = "GET", body: JSONValue? = nil, _ decode: (JSONValue) -> Value?
    ) async -> Inspected<Value> {
        do {
            let document = try await rest.read(url, method: method, body: body)
            return decode(document).map(Inspected.found)
                ?? .undetermined(.unreachable("the answer cannot be understood"))
        } catch let error as GoogleError {
            return Self.outcome(of: error)
        } catch let failure as Failure {
            return .undetermined(
                failure.category == .permission ? .notAuthenticated(failure.summary) : .unreachable(failure.summary))
        } catch {
            return .undetermined(.unreachable("interrupted"))
        }
    }

    private static func outcome<Value>(of error: GoogleError) -> Inspected<Value> {
        guard case .status(let status) = error else {
            return .undetermined(.unreachable(Failure(error, during: "the look").summary))
        }
        let message = status.message.withoutFullStop
        switch status.httpStatus {
        case 401: return .undetermined(.notAuthenticated(message))
        case 403 where status.reason == "SERVICE_DISABLED":
            return .undetermined(.apiDisabled(status.metadata["service"] ?? "the API"))
        case 403: return .undetermined(.notPermitted(message))
        case 404: return .missing
        default: return .undetermined(.unreachable("\(status.httpStatus) \(message)"))
        }
    }
}

extension JSONValue {
    /// Those of one member: none where it is left out, as Google's JSON leaves out what is empty; nil where there is
    /// something else in its place, which says nothing of what there is.
    func elements(_ member: String) -> [JSONValue]? {
        object.flatMap { $0[member].map(\.array) ?? [] }
    }
}
