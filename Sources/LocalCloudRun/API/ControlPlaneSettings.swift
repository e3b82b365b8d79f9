/// How one local Cloud Run differs from another.
package struct ControlPlaneSettings: Sendable {
    package var version: String
    /// The port in every host-routed URL; plain ports are given out from the next one upwards.
    package var ingressPort: Int
    /// Whether a stale etag in a PATCH is refused. Google's v2 API documents it, but was once seen to accept it.
    package var enforcesEtags: Bool

    package init(version: String, ingressPort: Int, enforcesEtags: Bool = true) {
        self.version = version
        self.ingressPort = ingressPort
        self.enforcesEtags = enforcesEtags
    }
}

/// Takes the routes after every change: the ingress, or a test.
protocol RouteSink: Sendable {
    /// Returns the plain ports that could not be opened.
    func publish(_ routes: Routes) async -> Set<Int>
}

extension Ingress: RouteSink {
    func publish(_ routes: Routes) async -> Set<Int> {
        Set(
            await apply(routes).compactMap { error in
                switch error {
                case .portTaken(_, let port), .couldNotListen(_, let port, _): port
                case .addressUnavailable: nil
                }
            })
    }
}
