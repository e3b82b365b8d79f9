import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension Ingress {
    /// The kernel's number says what a bind failed of.
    static func classify(_ error: any Error, host: String, port: Int) -> IngressError {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE: .portTaken(host: host, port: port)
        case EADDRNOTAVAIL, EAFNOSUPPORT: .addressUnavailable(host: host)
        default: .couldNotListen(host: host, port: port, reason: "\(error)")
        }
    }
}
