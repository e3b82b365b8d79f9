import ArgumentParser

/// Where the local Cloud Run keeps its state and listens.
struct LocalOptions: ParsableArguments {
    struct Values {
        var state: String?
        var port: Int?
        var ingressPort: Int?
        var runtime: String?
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

    var values: Values { Values(state: state, port: port, ingressPort: ingressPort, runtime: runtime) }

    func validate() throws {
        for port in [port, ingressPort].compactMap(\.self) where !(1...65535).contains(port) {
            throw ValidationError("\(port) is not a port (1 to 65535)")
        }
    }
}
