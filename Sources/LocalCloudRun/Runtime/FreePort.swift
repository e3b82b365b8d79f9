import NIOCore
import NIOPosix

/// A loopback port on which nobody listens. Another program may take it before it is used; the kernel hands numbers
/// out at random, so that is rare, and the instance then fails its probe with the program's own message.
enum FreePort {
    static func find() async throws(RuntimeError) -> Int {
        do {
            let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(host: "127.0.0.1", port: 0).get()
            let port = channel.localAddress?.port
            try await channel.close()
            if let port { return port }
        } catch {
            throw .couldNotStart(reason: "no free port on 127.0.0.1: \(error)")
        }
        throw .couldNotStart(reason: "no free port on 127.0.0.1")
    }
}
