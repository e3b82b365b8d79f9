// Which C module owns `sigset_t` depends on who includes its header first.
import Clibcurl

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A thread for calls that block, which must stay off the cooperative pool.
enum WorkerThread {
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Signals that another thread handles; blocked SIGPIPE also turns a write to a dead peer into plain EPIPE.
    private static let blockedSignals = [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD]

    /// Starts a detached thread; false when the system has no more threads to give.
    static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let work = Unmanaged.passRetained(Work(body))
        #if canImport(Glibc)
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, { WorkerThread.enter($0) }, work.toOpaque())
        #else
        var thread: pthread_t?
        let code = pthread_create(&thread, nil, { WorkerThread.enter($0) }, work.toOpaque())
        #endif
        guard code == 0 else {
            work.release()
            return false
        }
        #if canImport(Glibc)
        pthread_detach(thread)
        #else
        if let thread { pthread_detach(thread) }
        #endif
        return true
    }

    private static func enter(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in blockedSignals { sigaddset(&signals, signal) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        if let argument {
            Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        }
        return nil
    }
}
