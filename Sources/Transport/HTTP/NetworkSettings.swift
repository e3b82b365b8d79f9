#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What the environment says about the way to other machines, by the variables that curl's users know.
package struct NetworkSettings: Hashable, Sendable {
    package var proxies: ProxyRules
    /// A PEM file of the certificates that are trusted instead of the system's.
    package var trustedFile: String?
    /// A folder of such, with names as `openssl rehash` makes them.
    package var trustedFolder: String?

    package init(environment: [String: String] = [:]) {
        proxies = ProxyRules(environment: environment)
        // As the curl command has it: CURL_CA_BUNDLE beats both of OpenSSL's own.
        if let bundle = environment.nonEmpty("CURL_CA_BUNDLE") {
            trustedFile = bundle
        } else {
            trustedFile = environment.nonEmpty("SSL_CERT_FILE")
            trustedFolder = environment.nonEmpty("SSL_CERT_DIR")
        }
    }

    /// Of this process, read when it is first asked for.
    package static let process: NetworkSettings = {
        var environment: [String: String] = [:]
        for name in ["CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"] + ProxyRules.variables {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        return NetworkSettings(environment: environment)
    }()
}

extension [String: String] {
    func nonEmpty(_ name: String) -> String? {
        guard let value = self[name], !value.isEmpty else { return nil }
        return value
    }
}
