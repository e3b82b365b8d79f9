import Clibcurl

/// How a transfer ended that libcurl gave up, and what that says about the request.
struct CurlFailure {
    var code: CURLcode
    var text: String
    /// Bytes of the request that went out.
    var sentBytes: Int
    var host: String
    /// OpenSSL's verdict on the certificate (`X509_V_ERR_…`), 0 if it had none.
    var verification = 0
    var proxy: Proxy?

    /// The connection ended in the middle of an answer.
    static func isLoss(_ code: CURLcode) -> Bool {
        switch code {
        case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_HTTP2_STREAM, CURLE_HTTP2: true
        default: false
        }
    }

    var transportError: TransportError {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            .couldNotResolve(host: host)
        case CURLE_OPERATION_TIMEDOUT where sentBytes == 0 && proxy != nil:
            .couldNotConnect(reason: "no connection in time\(route)")
        case CURLE_OPERATION_TIMEDOUT:
            .timedOut(sent: sentBytes > 0)
        case CURLE_PEER_FAILED_VERIFICATION:
            .tls(TLSFailure(Self.cause(verification), host: host, text: reason + route))
        case CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE:
            .tls(TLSFailure(.trustRoots, host: host, text: reason))
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT:
            .tls(TLSFailure(.handshake, host: host, text: reason + route))
        case _ where sentBytes > 0:
            // Also an answer that is not HTTP, which libcurl calls an unsupported protocol.
            .connectionLost(reason: reason + route)
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_FUNCTION_ARGUMENT, CURLE_NOT_BUILT_IN:
            .invalidRequest(reason: reason)
        default:
            .couldNotConnect(reason: reason + route)
        }
    }

    /// A proxy is often the one that is to blame; its name and password are nobody's business.
    private var route: String {
        proxy.map { " (through the proxy `\($0.shown)` of \($0.variable))" } ?? ""
    }

    /// By the numbers of OpenSSL's x509_vfy.h. libcurl compares the name itself, when the handshake has accepted the
    /// chain and before it asks for the verdict, which until then reads as 1.
    private static func cause(_ verification: Int) -> TLSFailure.Cause {
        switch verification {
        case 0, 1, 62, 64: .wrongName
        case 9: .notYetValid
        case 10: .expired
        case 18, 19: .selfSigned
        case 2, 20, 21: .unknownIssuer
        case 23: .revoked
        default: .handshake
        }
    }

    /// In the form of every other message: lower-case start, no final full stop.
    private var reason: String {
        var words = text[...]
        while let last = words.last, last == "." || last.isWhitespace { words.removeLast() }
        guard let first = words.first else { return "libcurl error \(code.rawValue)" }
        return first.lowercased() + words.dropFirst()
    }
}
