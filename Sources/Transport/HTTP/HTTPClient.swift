import Synchronization

/// HTTP over libcurl: one background thread, started by the first request, and connections that are used again.
package final class HTTPClient: Sendable {
    private let loop = Mutex<CurlLoop?>(nil)
    /// For exchanges that go on: libcurl lets other requests to their host wait until one of them has ended, to see
    /// whether its connection takes several (measured with 7.88.1: a stream that stalls stopped every other check).
    private let openEnded = Mutex<CurlLoop?>(nil)

    private let userAgent: String
    private let network: NetworkSettings?

    /// `network` is the process's own environment where it is nil.
    package init(userAgent: String = "stagectl", network: NetworkSettings? = nil) {
        self.userAgent = userAgent
        self.network = network
    }

    deinit {
        loop.withLock { $0 }?.stop()
        openEnded.withLock { $0 }?.stop()
    }

    /// Sends one request and returns whatever status came back; a status is never an error here.
    ///
    /// Cancelling the task ends the exchange at once. A POST or PATCH is sent at most once, also over a connection
    /// that was used before; libcurl may send any other method again when such a connection turns out to be dead.
    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        if Task.isCancelled { throw .cancelled }
        let loop = request.isOpenEnded ? try Self.started(openEnded) : try Self.started(loop)
        let id = loop.nextID()
        let network = network ?? .process
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<CurlLoop.Outcome, Never>) in
                loop.submit(
                    CurlLoop.Job(id: id, request: request, userAgent: userAgent, network: network) {
                        continuation.resume(returning: $0)
                    })
                // The handler below ran before the job existed if the task was cancelled in between.
                if Task.isCancelled { loop.cancel(id) }
            }
        } onCancel: {
            loop.cancel(id)
        }
        return try result.get()
    }

    private static func started(_ loop: borrowing Mutex<CurlLoop?>) throws(TransportError) -> CurlLoop {
        let started = loop.withLock { current -> CurlLoop? in
            if current == nil { current = CurlLoop.start() }
            return current
        }
        guard let started else { throw .couldNotConnect(reason: "libcurl could not be initialised") }
        return started
    }
}
