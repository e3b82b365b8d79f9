import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The addresses of a name, by the resolver of this machine (getaddrinfo, RFC 3493 section 6.1).
package enum NameResolver {
    package enum Outcome: Hashable, Sendable {
        /// As text, IPv6 without brackets, each once.
        case addresses([String])
        /// There is no such name, or it has no address.
        case unknown
        case failed(reason: String)
    }

    /// Ends after `limit` whatever the resolver does; its thread comes back when that is done.
    package static func resolve(_ name: String, within limit: Duration) async -> Outcome {
        guard !name.isEmpty, name.utf8.count <= 253, !name.utf8.contains(0) else { return .unknown }
        return await Race.first(of: name, limit) ?? .failed(reason: "no answer in time")
    }

    static func lookup(_ name: String) -> Outcome {
        var hints = addrinfo()
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(name, nil, &hints, &list)
        guard code == 0 else {
            // EAI_NONAME and EAI_NODATA: the name was asked for, and has nothing.
            if code == EAI_NONAME || code == -5 { return .unknown }
            return .failed(reason: String(cString: gai_strerror(code)))
        }
        defer { freeaddrinfo(list) }
        var addresses: [String] = []
        var next = list
        while let entry = next {
            var text = [CChar](repeating: 0, count: 1025)
            let info = entry.pointee
            if getnameinfo(
                info.ai_addr, info.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
            {
                let address = text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
                if !addresses.contains(address) { addresses.append(address) }
            }
            next = info.ai_next
        }
        return addresses.isEmpty ? .unknown : .addresses(addresses)
    }
}

/// The first of a lookup, which cannot be stopped, and the time that it has.
private enum Race {
    static func first(of name: String, _ limit: Duration) async -> NameResolver.Outcome? {
        await withCheckedContinuation { continuation in
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let first = loop.makePromise(of: NameResolver.Outcome?.self)
            first.futureResult.whenComplete { continuation.resume(returning: (try? $0.get()) ?? nil) }
            let timer = loop.scheduleTask(in: .milliseconds(Int64(limit.clampedMilliseconds))) { first.succeed(nil) }
            let answer = NIOThreadPool.singleton.runIfActive(eventLoop: loop) { NameResolver.lookup(name) }
            answer.whenComplete { result in
                timer.cancel()
                // Later than the time limit it is too late: a promise takes one value.
                if case .success(let outcome) = result { first.succeed(outcome) } else { first.succeed(nil) }
            }
        }
    }
}
