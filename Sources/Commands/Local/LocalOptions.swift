import ArgumentParser
import Configuration

/// Where the local Cloud Run keeps its state and listens.
struct LocalOptions: ParsableArguments {
    struct Values {
        var state: String?
        var port: Int?
        var ingressPort: Int?
        var runtime: String?
        var etag: EtagMode?
        var idleTime: String?
    }

    @Option(help: "State folder (else $STAGECTL_LOCAL_STATE, else local/ in the state of stagectl).")
    var state: String?

    @Option(help: "Port of the API (else $STAGECTL_LOCAL_PORT, else 7080).")
    var port: Int?

    @Option(
        name: .customLong("ingress-port"), help: "Port of the services (else $STAGECTL_LOCAL_INGRESS_PORT, else 7090).")
    var ingressPort: Int?

    @Option(help: "docker, podman, process or auto (else $STAGECTL_LOCAL_RUNTIME).")
    var runtime: String?

    @Option(
        help: "What happens to a write with a stale etag: strict refuses it, lax takes it (else $STAGECTL_LOCAL_ETAG).")
    var etag: EtagMode?

    @Option(
        name: .customLong("idle-time"),
        help: "How long a service without requests keeps its last instance (else $STAGECTL_LOCAL_IDLE_TIME, else 15m).")
    var idleTime: String?

    var values: Values {
        Values(
            state: state, port: port, ingressPort: ingressPort, runtime: runtime, etag: etag, idleTime: idleTime)
    }

    func validate() throws {
        for port in [port, ingressPort].compactMap(\.self) where !(1...65535).contains(port) {
            throw ValidationError("\(port) is not a port (1 to 65535)")
        }
        if let port, port == ingressPort { throw ValidationError("\(port) cannot be both ports") }
        if let idleTime, DurationText.milliseconds(idleTime) == nil {
            throw ValidationError("\(idleTime) is not a length of time, such as 30s or 15m")
        }
    }
}

/// Google documents that an etag "may be used to detect modification conflict" (AIP-154: a mismatch is ABORTED); the
/// API was once seen to take a stale one all the same, and a client must hold out against both.
enum EtagMode: String, CaseIterable, ExpressibleByArgument {
    case strict, lax
}
