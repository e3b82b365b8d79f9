import Clibcurl

/// The transfers under way, and easy handles that wait to be used again; lives on the loop's thread.
final class CurlTransfers {
    private static let idleHandlesKept = 16

    private let multi: UnsafeMutableRawPointer
    private var active: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    private var idle: [UnsafeMutableRawPointer] = []
    private let certificates = ConnectionCertificates()

    init(_ multi: UnsafeMutableRawPointer) {
        self.multi = multi
    }

    func begin(_ job: CurlLoop.Job) {
        guard let easy = idle.popLast() ?? curl_easy_init() else {
            job.finish(.failure(.couldNotConnect(reason: "libcurl has no memory for a request")))
            return
        }
        let transfer = CurlTransfer(easy, job, certificates)
        if let fault = transfer.configure() {
            recycle(easy)
            job.finish(.failure(fault))
            return
        }
        guard curl_multi_add_handle(multi, easy) == CURLM_OK else {
            recycle(easy)
            job.finish(.failure(.couldNotConnect(reason: "libcurl did not take the request")))
            return
        }
        active[easy] = transfer
    }

    func cancel(_ id: UInt64) {
        guard let (easy, transfer) = active.first(where: { $0.value.job.id == id }) else { return }
        remove(easy)
        transfer.job.finish(.failure(.cancelled))
    }

    /// Lets libcurl work on what is ready, hands out what has ended, and waits for something to happen.
    func advance() {
        var running: Int32 = 0
        let code = curl_multi_perform(multi, &running)
        finishEnded()
        if code != CURLM_OK {
            // The multi handle is broken: whoever waits for it would wait for ever.
            failAll(.connectionLost(reason: String(cString: curl_multi_strerror(code))))
        }
        // libcurl shortens the wait to its own timers; curl_multi_wakeup ends it.
        curl_multi_poll(multi, nil, 0, 60_000, nil)
    }

    func close() {
        failAll(.cancelled)
        for easy in idle { curl_easy_cleanup(easy) }
        idle = []
    }

    private func finishEnded() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            var done: Int32 = 0
            let code = stagectl_message_result(message, &done)
            guard done != 0, let easy = message.pointee.easy_handle, let transfer = active[easy] else { continue }
            let outcome = transfer.makeOutcome(code)
            remove(easy)
            transfer.job.finish(outcome)
        }
    }

    private func failAll(_ error: TransportError) {
        for (easy, transfer) in active {
            remove(easy)
            transfer.job.finish(.failure(error))
        }
    }

    private func remove(_ easy: UnsafeMutableRawPointer) {
        curl_multi_remove_handle(multi, easy)
        active[easy] = nil
        recycle(easy)
    }

    /// Resets the handle, which also drops every pointer into its transfer.
    private func recycle(_ easy: UnsafeMutableRawPointer) {
        guard idle.count < Self.idleHandlesKept else {
            curl_easy_cleanup(easy)
            return
        }
        curl_easy_reset(easy)
        idle.append(easy)
    }
}
