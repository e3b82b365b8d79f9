/// The certificates of the connections that were made, by the ports and addresses of their two ends: a connection that
/// is used again shakes no hands. Lives on the loop's thread.
final class ConnectionCertificates {
    /// A certificate in PEM form has about 2 KiB.
    private static let most = 256

    private var known: [String: String] = [:]

    subscript(connection: String) -> String? {
        get { known[connection] }
        set {
            // Which of them are still in use, libcurl does not tell; those that are come without a fingerprint then.
            if known.count >= Self.most { known.removeAll() }
            known[connection] = newValue
        }
    }
}
