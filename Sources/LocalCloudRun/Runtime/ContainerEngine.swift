/// A container engine with Docker's command line, and where the two differ.
package enum ContainerEngine: String, CaseIterable, Sendable {
    case docker
    case podman

    /// Arguments that read gateway and subnet of the network on which containers run by default, one pair a line.
    var gatewayArguments: [String] {
        switch self {
        case .docker:
            [
                "network", "inspect", "bridge", "--format",
                "{{range .IPAM.Config}}{{.Gateway}} {{.Subnet}}{{println}}{{end}}",
            ]
        case .podman:
            [
                "network", "inspect", "podman", "--format",
                "{{range .Subnets}}{{.Gateway}} {{.Subnet}}{{println}}{{end}}",
            ]
        }
    }

    /// The IPv4 gateway in that answer. Docker leaves the gateway of its own default network out until it was set by
    /// hand; it is the first address of the subnet then.
    static func gateway(in output: String) -> String? {
        for line in output.split(whereSeparator: \.isNewline) {
            for word in line.split(whereSeparator: \.isWhitespace) {
                let parts = word.split(separator: "/", omittingEmptySubsequences: false)
                let octets = parts[0].split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
                guard octets.count == 4, !octets.contains(nil) else { continue }
                if parts.count == 1 { return String(word) }
                guard let last = octets[3], last < .max else { continue }
                return (octets.dropLast().compactMap { $0 } + [last + 1]).map(String.init).joined(separator: ".")
            }
        }
        return nil
    }

    /// What `--add-host` calls this machine. Podman knows `host-gateway` from 4.7 on only; before, the address itself
    /// is the way.
    func hostAddress(gateway: String?) -> String? {
        switch self {
        case .docker: "host-gateway"
        case .podman: gateway
        }
    }
}
