import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension Channel {
    /// Ends a connection with RST, as a machine that has gone does: with a linger of zero seconds closing sends that
    /// instead of FIN.
    func reset() -> EventLoopFuture<Void> {
        guard let socket = self as? any SocketOptionProvider else { return close() }
        return socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).flatMap { self.close() }
    }
}
