import Clibcurl

/// One exchange: its options, what has come in so far, and its outcome.
final class CurlTransfer {
    /// Below libcurl's own bound (300 KiB since 8.3), so that the reason is the same everywhere.
    static let maximumHeaderBytes = 256 << 10

    let job: CurlLoop.Job
    let easy: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var sentBytes = 0
    private var headers = ResponseHead(maximumBytes: maximumHeaderBytes)
    private var body: [UInt8] = []
    private var bodyIsTooLarge = false
    private var addressIsRefused = false
    private var proxy: Proxy?
    private var hasEnough = false
    private var arrivals = ArrivalLog()
    private let certificates: ConnectionCertificates
    private var certificate: String?

    init(_ easy: UnsafeMutableRawPointer, _ job: CurlLoop.Job, _ certificates: ConnectionCertificates) {
        self.easy = easy
        self.job = job
        self.certificates = certificates
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    /// Sets every option; returns why the request cannot be sent at all.
    func configure() -> TransportError? {
        let request = job.request
        guard let url = URLParts(request.url) else {
            return .invalidRequest(reason: "`\(request.url.prefix(200))` is not a URL")
        }
        guard url.scheme == "http" || url.scheme == "https" else {
            return .invalidRequest(reason: "`\(url.scheme)` is not a scheme that can be requested, only http and https")
        }
        guard HTTPSyntax.isToken(request.method) else {
            return .invalidRequest(reason: "`\(request.method.prefix(80))` is not a method")
        }
        if let fault = HTTPSyntax.findFault(in: request.headers) { return .invalidRequest(reason: fault) }
        setString(CURLOPT_URL, request.url)
        setString(CURLOPT_PROTOCOLS_STR, "http,https")
        setLong(CURLOPT_FOLLOWLOCATION, 0)
        if request.requiresHTTP2 {
            setLong(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE))
            // libcurl would take a connection of HTTP/1.1 that is there for such a request, too.
            setLong(CURLOPT_FRESH_CONNECT, 1)
            setLong(CURLOPT_FORBID_REUSE, 1)
        } else {
            setLong(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
            // Requests at the same time share a connection that takes several (HTTP/2).
            if !request.isOpenEnded { setLong(CURLOPT_PIPEWAIT, 1) }
        }
        if request.wantsCertificate { setLong(CURLOPT_CERTINFO, 1) }
        setLong(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if request.acceptsCompression { setString(CURLOPT_ACCEPT_ENCODING, "gzip, deflate") }
        if request.connectsOnly { setLong(CURLOPT_CONNECT_ONLY, 1) }
        setLong(CURLOPT_NOSIGNAL, 1)
        // Removing a transfer would otherwise wait for its name look-up to end.
        setLong(CURLOPT_QUICK_EXIT, 1)
        setLong(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        setLong(CURLOPT_TIMEOUT_MS, request.timeout.clampedMilliseconds)
        setLong(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout.clampedMilliseconds)
        if let path = request.unixSocket {
            // libcurl reports a path that does not fit into a socket address as a host that cannot be resolved.
            guard !path.isEmpty, path.utf8.count < 104, !path.utf8.contains(0) else {
                return .invalidRequest(reason: "`\(path.prefix(200))` cannot be the path of a socket")
            }
            setString(CURLOPT_UNIX_SOCKET_PATH, path)
        }
        if let fault = setNetwork(url) { return fault }
        arrivals = ArrivalLog()
        setMethodAndBody(request)
        setHeaders(request)
        setCallbacks()
        return nil
    }

    func makeOutcome(_ code: CURLcode) -> CurlLoop.Outcome {
        if bodyIsTooLarge { return .failure(.bodyTooLarge(limit: job.request.maximumBodyBytes)) }
        if headers.isTooLarge { return .failure(.headerTooLarge(limit: Self.maximumHeaderBytes)) }
        if addressIsRefused {
            return .failure(
                .redirectRefused(reason: "a redirect leads into a network that its origin is not part of"))
        }
        let isCut = code == CURLE_OPERATION_TIMEDOUT && job.request.isOpenEnded && long(CURLINFO_RESPONSE_CODE) > 0
        let isLost = job.request.isOpenEnded && long(CURLINFO_RESPONSE_CODE) > 0 && CurlFailure.isLoss(code)
        guard code == CURLE_OK || hasEnough || isCut || isLost else {
            let text = String(cString: errorText)
            let failure = CurlFailure(
                code: code, text: text.isEmpty ? String(cString: curl_easy_strerror(code)) : text,
                // What was said to a proxy before the connection stood is no part of the request.
                sentBytes: offset(CURLINFO_PRETRANSFER_TIME_T) > 0 ? long(CURLINFO_REQUEST_SIZE) : 0,
                host: URLParts(job.request.url)?.host ?? "", verification: long(CURLINFO_SSL_VERIFYRESULT),
                proxy: proxy)
            return .failure(failure.transportError)
        }
        var timings = HTTPTimings()
        timings.nameLookup = offset(CURLINFO_NAMELOOKUP_TIME_T)
        timings.connect = offset(CURLINFO_CONNECT_TIME_T)
        timings.tls = offset(CURLINFO_APPCONNECT_TIME_T)
        timings.firstByte = offset(CURLINFO_STARTTRANSFER_TIME_T)
        timings.total = offset(CURLINFO_TOTAL_TIME_T)
        var response = HTTPResponse(
            status: long(CURLINFO_RESPONSE_CODE), headers: headers.headers, body: body, timings: timings,
            remoteAddress: remoteAddress, reusedConnection: long(CURLINFO_NUM_CONNECTS) == 0,
            version: version, redirectTarget: string(CURLINFO_REDIRECT_URL))
        response.trailers = headers.trailers
        response.isCut = isCut
        response.isLost = isLost
        response.arrivals = arrivals.all
        response.certificate = certificate
        return .success(response)
    }

    // MARK: - Options

    private func setNetwork(_ url: URLParts) -> TransportError? {
        // libcurl would read the same variables; what is decided here is also what an error names. An empty name
        // means none.
        setString(CURLOPT_NOPROXY, "")
        switch job.request.unixSocket == nil ? job.network.proxies.route(to: url) : .direct {
        case .direct:
            setString(CURLOPT_PROXY, "")
        case .unusable(let variable):
            return .couldNotConnect(reason: "`\(variable)` does not name a proxy")
        case .through(let proxy):
            self.proxy = proxy
            setString(CURLOPT_PROXY, proxy.shown)
            if let user = proxy.user { setString(CURLOPT_PROXYUSERNAME, user) }
            if let password = proxy.password { setString(CURLOPT_PROXYPASSWORD, password) }
        }
        if let file = job.network.trustedFile { setString(CURLOPT_CAINFO, file) }
        if let folder = job.network.trustedFolder { setString(CURLOPT_CAPATH, folder) }
        return nil
    }

    private func setMethodAndBody(_ request: HTTPRequest) {
        let body = request.body ?? []
        switch request.method {
        case "GET" where body.isEmpty:
            setLong(CURLOPT_HTTPGET, 1)
            return
        case "HEAD":
            setLong(CURLOPT_NOBODY, 1)
            return
        default:
            break
        }
        let hasBody = request.body != nil || ["POST", "PUT", "PATCH"].contains(request.method)
        if hasBody {
            setLong(CURLOPT_POST, 1)
            _ = stagectl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        }
        setString(CURLOPT_CUSTOMREQUEST, request.method)
        guard hasBody else { return }
        let mayRepeat = request.method != "POST" && request.method != "PATCH"
        if mayRepeat || body.isEmpty {
            body.withUnsafeBytes { bytes in
                if body.isEmpty {
                    setString(CURLOPT_COPYPOSTFIELDS, "")
                } else {
                    _ = stagectl_set_pointer(
                        easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
                }
            }
        }
        // libcurl sends a request again when a connection that it used before ends without an answer; the server may
        // have acted on it all the same. A body that it reads from a callback cannot be rewound, so it gives up
        // instead; where there is no body, a new connection rules it out.
        if !mayRepeat && body.isEmpty { setLong(CURLOPT_FRESH_CONNECT, 1) }
    }

    private func setHeaders(_ request: HTTPRequest) {
        // No field but the ones asked for: libcurl would add its own `Expect` and form `Content-Type`.
        var lines = ["Expect:"]
        if request.headers["Content-Type"] == nil { lines.append("Content-Type:") }
        if request.headers["User-Agent"] == nil { lines.append("User-Agent: \(job.userAgent)") }
        for field in request.headers.fields {
            lines.append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        for line in lines {
            if let longer = curl_slist_append(headerList, line) { headerList = longer }
        }
        _ = stagectl_set_pointer(easy, CURLOPT_HTTPHEADER, headerList)
    }

    private func setCallbacks() {
        let me = Unmanaged.passUnretained(self).toOpaque()
        setConnectionCheck(me)
        _ = stagectl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        _ = stagectl_set_pointer(easy, CURLOPT_HEADERDATA, me)
        _ = stagectl_set_callback(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, transfer in
            CurlTransfer.at(transfer)?.takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }
        _ = stagectl_set_pointer(easy, CURLOPT_WRITEDATA, me)
        _ = stagectl_set_callback(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, transfer in
            CurlTransfer.at(transfer)?.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }
        _ = stagectl_set_pointer(easy, CURLOPT_READDATA, me)
        _ = stagectl_set_callback(easy, CURLOPT_READFUNCTION) { bytes, size, count, transfer in
            CurlTransfer.at(transfer)?.giveBody(UnsafeMutableRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }
    }

    /// `CURLOPT_PREREQFUNCTION`: whatever a name was resolved to, nothing is sent to where it must not go.
    private func setConnectionCheck(_ me: UnsafeMutableRawPointer) {
        guard job.request.wantsCertificate || job.request.allowedScopes != nil && proxy == nil else { return }
        _ = stagectl_set_before_request(
            easy,
            { transfer, address, _, port, ownPort in
                guard let transfer = CurlTransfer.at(transfer), let address else { return CURL_PREREQFUNC_ABORT }
                let remote = String(cString: address)
                transfer.noteCertificate(of: "\(ownPort) \(remote) \(port)")
                return transfer.mayTalk(to: remote) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
            }, me)
    }

    /// libcurl tells the certificate to the transfer that made the connection; the others look it up by the connection.
    private func noteCertificate(of connection: String) {
        guard job.request.wantsCertificate else { return }
        if let own = ConnectionCertificates.own(easy) { certificates[connection] = own }
        certificate = certificates[connection]
    }

    private func mayTalk(to address: String) -> Bool {
        guard job.request.allowedScopes != nil, proxy == nil else { return true }
        guard let allowed = job.request.allowedScopes, let scope = IPAddress(address)?.scope, allowed.contains(scope)
        else {
            addressIsRefused = true
            return false
        }
        return true
    }

    // MARK: - Callbacks; a return value other than the count ends the transfer

    private static func at(_ pointer: UnsafeMutableRawPointer?) -> CurlTransfer? {
        pointer.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
        headers.take(bytes) ? bytes.count : 0
    }

    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard body.count + bytes.count <= job.request.maximumBodyBytes else {
            bodyIsTooLarge = true
            return 0
        }
        body.append(contentsOf: bytes)
        if job.request.isOpenEnded { arrivals.note(body.count) }
        hasEnough = job.request.enough.contains { body.suffix($0.count) == $0[...] }
        return hasEnough ? 0 : bytes.count
    }

    private func giveBody(_ room: UnsafeMutableRawBufferPointer) -> Int {
        guard let body = job.request.body, sentBytes < body.count else { return 0 }
        let count = min(room.count, body.count - sentBytes)
        body[sentBytes..<sentBytes + count].withUnsafeBytes { room.copyMemory(from: $0) }
        sentBytes += count
        return count
    }
}
