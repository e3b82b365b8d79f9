import Transport
import Verification

/// HTTP checks over libcurl.
struct CurlHTTPProbe: HTTPProbe {
    let client: HTTPClient

    func send(_ request: HTTPProbeRequest) async -> HTTPProbeOutcome {
        if let refusal = request.headers.refusal(to: request.url) { return .failure(refusal) }
        let clock = ContinuousClock()
        let began = clock.now
        let headers = HTTPHeaders(request.headers.map { HTTPHeaders.Field($0.name, $0.value) })
        do {
            var sent = HTTPRequest(
                request.method, request.url, headers: headers, body: request.body,
                timeout: .milliseconds(request.timeoutMilliseconds),
                connectTimeout: .milliseconds(request.connectTimeoutMilliseconds),
                maximumBodyBytes: request.maximumBodyBytes)
            sent.requiresHTTP2 = request.requiresHTTP2
            sent.isOpenEnded = request.isOpenEnded
            sent.enough = request.enough
            sent.acceptsCompression = request.acceptsCompression
            sent.wantsCertificate = true
            let response = try await client.send(sent)
            let seen = Self.seen(response)
            guard response.isCut || response.isLost else { return .response(seen) }
            return .failure(
                ProbeFailure(
                    response.isCut ? .timeout : .lost,
                    response.isCut ? "the answer did not end in time" : "the connection ended before the answer did",
                    milliseconds: (clock.now - began).milliseconds, partial: seen))
        } catch {
            var failure = Self.failure(error)
            failure.milliseconds = (clock.now - began).milliseconds
            return .failure(failure)
        }
    }

    private static func seen(_ response: HTTPResponse) -> HTTPProbeResponse {
        var seen = HTTPProbeResponse(
            status: response.status, headers: fields(response.headers), body: response.body,
            phases: phases(response.timings), remoteAddress: response.remoteAddress,
            reusedConnection: response.reusedConnection, version: response.version,
            redirectTarget: response.redirectTarget)
        seen.arrivals = response.arrivals.map {
            Arrival(bytes: $0.bytes, milliseconds: Double($0.microseconds) / 1000)
        }
        seen.trailers = fields(response.trailers)
        seen.certificateFingerprint = response.certificate.flatMap(CertificateFingerprint.sha256(pem:))
        return seen
    }

    private static func fields(_ headers: HTTPHeaders) -> [HeaderField] {
        headers.fields.map { HeaderField($0.name, $0.value) }
    }

    private static func phases(_ timings: HTTPTimings) -> Phases {
        Phases(
            nameLookup: Double(timings.nameLookup) / 1000, connect: Double(timings.connect) / 1000,
            tls: Double(timings.tls) / 1000, firstByte: Double(timings.firstByte) / 1000,
            total: Double(timings.total) / 1000)
    }

    static func failure(_ error: TransportError) -> ProbeFailure {
        switch error {
        case .invalidRequest(let reason): ProbeFailure(.other, reason)
        case .couldNotConnect(let reason): ProbeFailure(.connect, reason)
        case .couldNotResolve(let host): ProbeFailure(.connect, "host `\(host)` cannot be resolved")
        case .tls(let failure): ProbeFailure(.tls, failure.reason)
        case .connectionLost(let reason): ProbeFailure(.lost, reason)
        case .timedOut: ProbeFailure(.timeout, "no answer in time")
        case .bodyTooLarge(let limit): ProbeFailure(.other, "the answer is larger than \(limit) bytes")
        case .headerTooLarge(let limit): ProbeFailure(.other, "the header of the answer is larger than \(limit) bytes")
        case .redirectRefused(let reason): ProbeFailure(.other, reason)
        case .cancelled: ProbeFailure(.other, "cancelled")
        }
    }
}
