import Clibcurl
import Synchronization

/// The thread that owns libcurl's multi handle and every transfer in it.
final class CurlLoop: Sendable {
    typealias Outcome = Result<HTTPResponse, TransportError>

    /// By reference: it is handed on several times, and a request has many parts.
    final class Job: Sendable {
        let id: UInt64
        let request: HTTPRequest
        let userAgent: String
        let network: NetworkSettings
        /// Called exactly once.
        let finish: @Sendable (Outcome) -> Void

        init(
            id: UInt64, request: HTTPRequest, userAgent: String, network: NetworkSettings,
            finish: @escaping @Sendable (Outcome) -> Void
        ) {
            self.id = id
            self.request = request
            self.userAgent = userAgent
            self.network = network
            self.finish = finish
        }
    }

    /// What other threads ask of the loop.
    private struct Inbox {
        var lastID: UInt64 = 0
        var jobs: [Job] = []
        var cancelled: [UInt64] = []
        var stopping = false
        /// libcurl was woken and the loop has not looked yet: one look finds everything.
        var isWoken = false
        /// The multi handle is gone, or about to be: it must not be woken any more.
        var closed = false
    }

    // SAFETY: only the loop's thread uses the handle, except for curl_multi_wakeup, which libcurl allows from any
    // thread and which is called under the inbox's lock while `closed` is false.
    private struct MultiHandle: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer
    }

    private static let globalInitialised = stagectl_global_init() == CURLE_OK

    private let inbox = Mutex(Inbox())
    private let multi: MultiHandle

    private init(_ multi: UnsafeMutableRawPointer) {
        self.multi = MultiHandle(pointer: multi)
    }

    static func start() -> CurlLoop? {
        guard globalInitialised, let multi = curl_multi_init() else { return nil }
        _ = stagectl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 64)
        let loop = CurlLoop(multi)
        guard WorkerThread.start({ loop.run() }) else {
            curl_multi_cleanup(multi)
            return nil
        }
        return loop
    }

    func nextID() -> UInt64 {
        inbox.withLock {
            $0.lastID += 1
            return $0.lastID
        }
    }

    func submit(_ job: Job) {
        let accepted = tell { $0.jobs.append(job) }
        if !accepted { job.finish(.failure(.cancelled)) }
    }

    /// No effect on a job that is finished.
    func cancel(_ id: UInt64) {
        tell { $0.cancelled.append(id) }
    }

    /// Ends every transfer and the thread.
    func stop() {
        tell { $0.stopping = true }
    }

    @discardableResult
    private func tell(_ change: (inout Inbox) -> Void) -> Bool {
        inbox.withLock { inbox in
            guard !inbox.closed, !inbox.stopping else { return false }
            change(&inbox)
            if !inbox.isWoken { curl_multi_wakeup(multi.pointer) }
            inbox.isWoken = true
            return true
        }
    }

    private func run() {
        let transfers = CurlTransfers(multi.pointer)
        while true {
            let (jobs, cancelled, stopping) = inbox.withLock { inbox in
                defer {
                    inbox.jobs = []
                    inbox.cancelled = []
                    inbox.isWoken = false
                    inbox.closed = inbox.stopping
                }
                return (inbox.jobs, inbox.cancelled, inbox.stopping)
            }
            for job in jobs { transfers.begin(job) }
            for id in cancelled { transfers.cancel(id) }
            if stopping { break }
            transfers.advance()
        }
        transfers.close()
        curl_multi_cleanup(multi.pointer)
    }
}
