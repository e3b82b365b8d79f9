/// Networks and names.
enum NetworkRules {
    /// Before any container runs.
    static let refusals: [DiagnosisRule] = [
        DiagnosisRule(
            "network-missing", .refused,
            [
                .reason("VPC_NETWORK_NOT_FOUND"),
                .statement("VPC", "(?i)VPC (?:network|subnetwork) '?([\\w/-]+)'? (?:was not found|does not exist)"),
            ]
        ) { seen in
            Explanation(
                "the VPC network that the service is to join was not found"
                    + (seen.text().isEmpty ? "" : ": \(seen.text())"),
                fix:
                    "correct the network of \(seen.name): network and subnet must be in the project and the region, and Cloud "
                    + "Run's service agent may use them",
                command: seen.project.isEmpty ? nil : "gcloud compute networks list --project \(seen.project)")
        },
        DiagnosisRule(
            "connector-missing", .refused,
            [
                .statement(
                    "onnector",
                    "(?i)VPC (?:Access )?connector '?([\\w./-]+)'? (?:was not found|does not exist|is not ready)"),
                .statement("onnector", "(?i)connector '?(projects/[\\w./-]+/connectors/[\\w-]+)'?"),
            ]
        ) { seen in
            Explanation(
                "the VPC connector `\(seen.text())` does not exist or is not ready",
                fix: "make it in the service's region, or let the service join the network directly",
                command: seen.project.isEmpty
                    ? nil
                    : "gcloud compute networks vpc-access connectors list --region \(seen.region) "
                        + "--project \(seen.project)")
        },
    ]

    /// What a running program meets. After the databases, whose errors end in the same words.
    static let connections: [DiagnosisRule] = [
        DiagnosisRule(
            "name-not-resolved", .named,
            [
                .line("getaddrinfo", "getaddrinfo (?:ENOTFOUND|EAI_AGAIN) ([\\w.-]+)"),
                .line("no such host", "lookup ([\\w.-]+)[^\\n]*: no such host"),
                .line("UnknownHostException", "UnknownHostException: ([\\w.-]+)"),
                .line("could not translate host name", "could not translate host name \"([^\"]+)\""),
                .line("Failed to resolve", "Failed to resolve '([^']+)'"),
                .line(
                    "Name or service not known", "\\(?\"?([\\w-]+(?:\\.[\\w-]+)+)?\"?[^\\n]*Name or service not known"),
                .line("ame or service not known", "host='([^']+)'"),
                .line("ame or service not known", "connecting to ([\\w.-]+):\\d+"),
                .line("Temporary failure in name resolution", "(?:host=|connecting to |host )[`'\"]?([\\w.-]+)"),
                .line("Temporary failure in name resolution"), .line("Name does not resolve"),
                .line("nodename nor servname provided"), .line("php_network_getaddresses"),
                .line("failed to lookup address information"), .line("Name has no usable address"),
                .line("host not found in upstream", "host not found in upstream \"([^\":]+)"),
                .line("Could not resolve host", "Could not resolve host: ([\\w.-]+)"),
                .line("Unknown MySQL server host", "Unknown MySQL server host '([^']+)'"),
                .line("getaddrinfo for", "getaddrinfo for ([\\w.-]+) failed"),
                .line(":nxdomain"), .line("NXDOMAIN"),
                .line("server misbehaving", "lookup ([\\w.-]+)[^\\n]*server misbehaving"),
                .line("getaddrinfo", "getaddrinfo: ([^\\n]{1,80})"),
            ]
        ) { seen in
            Explanation(
                "the name" + (seen.text().isEmpty ? "" : " `\(seen.text())`")
                    + " has no address where the service runs",
                fix: "correct it in the service's environment; a private name needs a VPC, and container names of "
                    + "docker-compose mean nothing here",
                command: "stagectl config show")
        },
        DiagnosisRule(
            "certificate-refused", .named,
            [
                .line("CERTIFICATE_VERIFY_FAILED", "certificate verify failed: ([^\\n(]{1,80})"),
                .line("certificate verify failed", "certificate verify failed:? ?\\(?([^\\n)]{0,80})"),
                .line("x509:", "x509: ([^\\n]{1,120})"),
                .line("PKIX path building failed", "\"?(https://[^\\s\"]+)\"?[^\\n]*PKIX path building failed"),
                .line("PKIX path building failed"),
                .line("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), .line("SELF_SIGNED_CERT_IN_CHAIN"),
                .line("DEPTH_ZERO_SELF_SIGNED_CERT"), .line("CERT_HAS_EXPIRED"),
                .line("unable to get local issuer certificate"), .line("certificate has expired"),
                .line("The remote certificate is invalid"),
                .line("invalid peer certificate", "invalid peer certificate: (\\w+)"),
                .line("self-signed certificate"), .line("self signed certificate"),
            ]
        ) { seen in
            Explanation(
                "the program does not trust the certificate of a server that it calls"
                    + (seen.text().isEmpty ? "" : ": \(seen.text())"),
                fix:
                    "put ca-certificates, or the authority that signed it, into the image; check that it has not expired",
                command: "stagectl build \(seen.name)")
        },
        DiagnosisRule(
            "connection-refused", .named,
            [
                .line("ECONNREFUSED", "ECONNREFUSED (\\S+)"),
                .line("connection refused", "dial tcp (\\S+): connect: connection refused"),
                .line(
                    "Connection refused", "(?:connect to|to|connecting to) \"?([\\w.:/-]+)\"?[^\\n]*Connection refused"),
                .line("onnection refused", "([\\w.-]+:\\d{2,5})\\b[^\\n]*[Cc]onnection refused"),
                .line("Connection refused"), .line("connection refused"), .line("actively refused"),
                .line("UNAVAILABLE: No connection established"),
            ]
        ) { seen in
            Explanation(
                "something that the program calls" + (seen.text().isEmpty ? "" : " (`\(seen.text())`)")
                    + " refuses connections",
                fix:
                    "check the address in the service's environment: inside a container, localhost is the container itself",
                command: "stagectl config show")
        },
        DiagnosisRule(
            "connection-timeout", .named,
            [
                .line("ETIMEDOUT", "ETIMEDOUT (\\S+)"), .line("i/o timeout", "dial tcp (\\S+): i/o timeout"),
                .line("ConnectTimeout", "ConnectTimeout[^\\n]*host='([^']+)'"), .line("connect timed out"),
                .line("onnection timed out", "([\\w.-]+:\\d{2,5})\\b[^\\n]*[Cc]onnection timed out"),
                .line("Connection timed out"), .line("connection timed out"), .line("UND_ERR_CONNECT_TIMEOUT"),
                .line("No route to host"), .line("Network is unreachable"),
            ]
        ) { seen in
            Explanation(
                "something that the program calls" + (seen.text().isEmpty ? "" : " (`\(seen.text())`)")
                    + " does not answer",
                fix:
                    "give the service a way to it (a VPC for private addresses, NAT for the outside) and let the firewall "
                    + "pass it",
                command: "stagectl config show")
        },
    ]
}
