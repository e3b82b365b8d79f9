package import Releases

extension CloudRunClient: RevisionLogs {
    package func entries(_ query: LogQuery) async throws -> [LogLine] {
        try await lifting("reading the log of `\(query.revision ?? query.service.name)`") {
            try await entries.entries(query)
        }
    }

    package func revisions(
        answering traces: Set<String>, of service: ServiceIdentity, since: String?
    ) async throws -> [String: Set<String>] {
        try await lifting("reading the request log of `\(service.name)`") {
            try await entries.revisions(answering: traces, service: service, since: since)
        }
    }
}
