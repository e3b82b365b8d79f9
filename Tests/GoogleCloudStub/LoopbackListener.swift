#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A listening socket on a free port of 127.0.0.1, for servers that tests write by hand. Whoever made it closes it.
package struct LoopbackListener: Sendable {
    package struct NoSocket: Error {}

    package let descriptor: Int32
    package let port: Int

    /// - Parameter backlog: connections that may wait to be accepted.
    package init(backlog: Int32) throws(NoSocket) {
        #if canImport(Glibc)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let listener = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard listener >= 0 else { throw NoSocket() }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listens = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, backlog) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard listens else {
            close(listener)
            throw NoSocket()
        }
        descriptor = listener
        port = Int(UInt16(bigEndian: address.sin_port))
    }
}
