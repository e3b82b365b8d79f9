import JSON
package import Releases

extension CloudRunClient {
    package func wait(for operation: OperationName, within deadline: Duration) async throws -> OperationEnd {
        try await lifting("waiting for operation `\(operation.value)`") {
            guard let waitURL = endpoints.operation(operation, wait: true), let url = endpoints.operation(operation)
            else { throw Failure(.internalError, "`\(operation.value)` is not the name of an operation") }
            let end = ContinuousClock.now + deadline
            var serverWaits = true
            var pause = Self.shortestPause
            while true {
                let left = end - .now
                guard left > .zero else { throw Failure(operation, notEndedWithin: deadline) }
                let asked = ContinuousClock.now
                let document: JSONValue
                do {
                    document =
                        serverWaits
                        ? try await serverWait(waitURL, within: min(left, Self.longestServerWait))
                        : try await rest.read(url, timeout: min(left, .seconds(30)))
                } catch GoogleError.status(let status) where serverWaits && Self.saysNoWait(status) {
                    serverWaits = false
                    continue
                } catch  where end - .now <= .zero {
                    // The request was cut short by the deadline.
                    throw Failure(operation, notEndedWithin: deadline)
                }
                guard let state = CloudRunOperation(document) else {
                    throw GoogleError.unreadable(what: "the operation", reason: "it has no name", isWrite: false)
                }
                if let outcome = state.outcome { return OperationEnd(outcome, service: Self.service(in: document)) }
                // `:wait` is best effort and may answer early; only a server that really waited is asked at once.
                if .now - asked < pause {
                    try await Task.sleep(for: min(pause, max(end - .now, .zero)))
                    pause = min(pause * 2, Self.longestPause)
                }
            }
        }
    }

    /// The service that a finished operation answers with; nil where it is about something else.
    private static func service(in operation: JSONValue) -> ServiceObservation? {
        guard let response = operation["response"], let identity = ServiceIdentity(response["name"]?.string ?? "")
        else { return nil }
        return ServiceDecoding.service(response, identity: identity, isPublic: false)
    }

    private static let shortestPause = Duration.milliseconds(50)
    private static let longestPause = Duration.seconds(1)
    private static let longestServerWait = Duration.seconds(10)

    /// Waiting changes nothing, so it may be asked again like any read.
    private func serverWait(_ url: String, within time: Duration) async throws -> JSONValue {
        let seconds = max(1, time.components.seconds)
        return try await rest.read(
            url, method: "POST", body: ["timeout": .string("\(seconds)s")],
            timeout: min(time, .seconds(seconds)) + .seconds(5))
    }

    /// The server has no `:wait`. A 404 may also mean that the operation is gone, which the plain GET then tells.
    private static func saysNoWait(_ status: GoogleStatus) -> Bool {
        [400, 404, 405, 501].contains(status.httpStatus)
    }
}

extension Failure {
    fileprivate init(_ operation: OperationName, notEndedWithin deadline: Duration) {
        self.init(
            .deadline, "Cloud Run did not finish within \(deadline.components.seconds) s",
            details: [.init("operation", operation.value)], hint: "stagectl resume", mayHaveHappened: true)
    }
}
