import Configuration

/// A server's TLS by itself: what it agrees on, what it refuses, and its certificate.
package struct TLSCheck: Hashable, Sendable {
    /// Nil for the target's.
    package var host: Template?
    package var port: Int?
    package var expectation: TLSExpectation
    /// Versions that the server must not speak.
    package var refused: [TLSVersion]
    package var timeoutMilliseconds: Int

    package init(
        host: Template? = nil, port: Int? = nil, expectation: TLSExpectation = TLSExpectation(),
        refused: [TLSVersion] = [], timeoutMilliseconds: Int = 5000
    ) {
        self.host = host
        self.port = port
        self.expectation = expectation
        self.refused = refused
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// Nil where the target's address has no host.
    package func request(in scope: CheckScope) throws(Template.Unresolved) -> TLSProbeRequest? {
        let target = Authority(url: scope.baseURL)
        let usual = target.map { $0.isSecure ? $0.port : 443 }
        guard let host = try host?.render(scope.values) ?? target?.host else { return nil }
        return TLSProbeRequest(
            host: host, port: port ?? (self.host == nil ? usual : nil) ?? 443,
            timeoutMilliseconds: timeoutMilliseconds)
    }

    func measure(_ probe: (any TLSProbe)?, in scope: CheckScope) async -> Measurement {
        guard let probe else { return Measurement(.error, summary: "this run cannot look at TLS") }
        do throws(Template.Unresolved) {
            guard let request = try request(in: scope) else {
                return Measurement(.error, summary: "`\(scope.baseURL)` has no host")
            }
            let usual = await probe.inspect(request)
            var others: [TLSVersion: TLSProbeOutcome] = [:]
            for version in refused {
                var request = request
                request.onlyVersion = version
                others[version] = await probe.inspect(request)
            }
            return judge(usual, others, of: request)
        } catch {
            return .unresolved(error)
        }
    }

    /// Pure; `others` is what came of offering one version alone.
    package func judge(
        _ usual: TLSProbeOutcome, _ others: [TLSVersion: TLSProbeOutcome], of request: TLSProbeRequest
    ) -> Measurement {
        var evidence = Evidence(url: "tls://\(request.host):\(request.port)")
        switch usual {
        case .failure(let failure):
            var measurement = Measurement.failure(failure, evidence: evidence)
            // That TLS fails is what was asked.
            if failure.kind == .tls { measurement.outcome = .failed }
            return measurement
        case .secured(let seen):
            evidence.remoteAddress = seen.remoteAddress
            evidence.tlsVersion = seen.version
            evidence.certificateFingerprint = seen.fingerprint
            var problems = expectation.problems(of: seen)
            for (version, outcome) in others.sorted(by: { $0.key < $1.key }) {
                switch outcome {
                case .secured: problems.append("the server speaks TLS \(version.rawValue), wanted it refused")
                case .failure(let failure) where failure.kind == .tls || failure.kind == .lost: continue
                case .failure(let failure):
                    problems.append(
                        "it could not be seen whether TLS \(version.rawValue) is refused: \(failure.sentence)")
                }
            }
            let days = Int((Double(seen.secondsLeft) / 86_400).rounded(.down))
            return Measurement(
                problems.isEmpty ? .passed : .failed,
                summary: problems.isEmpty
                    ? "TLS \(seen.version.rawValue), \(Counted.text(days, "day")) left"
                    : problems.joined(separator: "; "),
                evidence: evidence, milliseconds: seen.milliseconds)
        }
    }
}
