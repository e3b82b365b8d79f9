import Clibcurl

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

    /// What libcurl tells of the server of a transfer that made its connection itself.
    static func own(_ easy: UnsafeMutableRawPointer) -> String? {
        var list: UnsafeMutablePointer<curl_certinfo>?
        guard stagectl_get_certificates(easy, &list) == CURLE_OK, let list, list.pointee.num_of_certs > 0 else {
            return nil
        }
        // The server's own comes first; each is a list of `Name:value`.
        var line = list.pointee.certinfo[0]
        while let current = line {
            let text = String(cString: current.pointee.data)
            if text.hasPrefix("Cert:") { return String(text.dropFirst(5)) }
            line = current.pointee.next
        }
        return nil
    }
}
