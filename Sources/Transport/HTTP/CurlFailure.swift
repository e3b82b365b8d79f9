import Clibcurl

/// How a transfer ended that libcurl gave up, and what that says about the request.
struct CurlFailure {
    var code: CURLcode
    var text: String
    /// Bytes of the request that went out.
    var sentBytes: Int
    var host: String

    var transportError: TransportError {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            .couldNotResolve(host: host)
        case CURLE_OPERATION_TIMEDOUT:
            .timedOut(sent: sentBytes > 0)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT:
            .tls(reason: reason)
        case _ where sentBytes > 0:
            // Also an answer that is not HTTP, which libcurl calls an unsupported protocol.
            .connectionLost(reason: reason)
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_FUNCTION_ARGUMENT, CURLE_NOT_BUILT_IN:
            .invalidRequest(reason: reason)
        default:
            .couldNotConnect(reason: reason)
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
