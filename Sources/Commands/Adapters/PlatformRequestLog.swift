import Releases
import Verification

/// The request log of one service, as verification asks for it.
struct PlatformRequestLog: RequestLog {
    private let logs: any RevisionLogs
    private let service: ServiceIdentity
    /// Nothing older than this verification is looked through; the clocks of two machines may differ by a minute.
    private let since: String

    private static let slack = 120.0

    init(logs: any RevisionLogs, service: ServiceIdentity) {
        self.logs = logs
        self.service = service
        since = LogTimeText.rfc3339(LogTimeText.now() - Self.slack)
    }

    func revisions(answering traces: Set<String>) async throws -> [String: Set<String>] {
        do {
            return try await logs.revisions(answering: traces, of: service, since: since)
        } catch let failure as Failure where failure.category != .interrupted {
            throw RequestLogProblem(failure.summary)
        }
    }
}
