import JSON
import Releases
import Transport

/// The local Cloud Run knows what each of its instances is answering.
struct LocalConnections: ConnectionCount {
    /// The API's base URL.
    let endpoint: String
    let http: HTTPClient

    func openConnections(
        of revision: String, service: ServiceIdentity, after time: Duration
    ) async throws -> OpenConnections? {
        // The newest lines of the log are no part of the question.
        let response = try await http.send(
            HTTPRequest("GET", endpoint + "/local/v1/overview?after=\(Int64.max)", timeout: .seconds(5)))
        guard response.status == 200, let overview = try? JSONValue(parsing: response.body) else { return nil }
        return Self.count(in: overview, revision: revision, service: service).map(OpenConnections.now)
    }

    /// Nil for a revision that is not there: somebody has deleted it.
    static func count(in overview: JSONValue, revision: String, service: ServiceIdentity) -> Int? {
        let mine = overview["services"]?.array?.first {
            $0["id"]?.string == service.name && $0["region"]?.string == service.region
                && $0["project"]?.string == service.project
        }
        guard let found = mine?["revisions"]?.array?.first(where: { $0["id"]?.string == revision }) else { return nil }
        return (found["instances"]?.array ?? []).reduce(0) { $0 + Int($1["inFlight"]?.integer ?? 0) }
    }
}
