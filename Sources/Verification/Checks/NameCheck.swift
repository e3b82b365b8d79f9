/// What a name resolves to.
package struct NameCheck: Hashable, Sendable {
    package enum Family: String, Hashable, Sendable, CaseIterable {
        case ipv4, ipv6

        func includes(_ address: String) -> Bool { address.contains(":") == (self == .ipv6) }
    }

    /// Nil for the target's host.
    package var name: Template?
    /// False where the name must be unknown (a host that was taken out of service).
    package var exists: Bool
    /// Every address that comes is one of these; empty for any.
    package var allowed: [Template]
    package var families: [Family]
    package var belowMilliseconds: Int?
    package var timeoutMilliseconds: Int

    package init(
        name: Template? = nil, exists: Bool = true, allowed: [Template] = [], families: [Family] = [],
        belowMilliseconds: Int? = nil, timeoutMilliseconds: Int = 5000
    ) {
        self.name = name
        self.exists = exists
        self.allowed = allowed
        self.families = families
        self.belowMilliseconds = belowMilliseconds
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// Nil where the target's address has no host.
    package func host(in scope: CheckScope) throws(Template.Unresolved) -> String? {
        try name?.render(scope.values) ?? Authority(url: scope.baseURL)?.host
    }

    func measure(_ lookup: (any NameLookup)?, in scope: CheckScope) async -> Measurement {
        guard let lookup else { return Measurement(.error, summary: "this run cannot look up names") }
        do throws(Template.Unresolved) {
            guard let host = try host(in: scope) else {
                return Measurement(.error, summary: "`\(scope.baseURL)` has no host")
            }
            return try judge(
                await lookup.addresses(of: host, timeoutMilliseconds: timeoutMilliseconds), of: host, in: scope)
        } catch {
            return .unresolved(error)
        }
    }

    /// Pure.
    package func judge(
        _ outcome: NameLookupOutcome, of host: String, in scope: CheckScope
    ) throws(Template.Unresolved) -> Measurement {
        var evidence = Evidence(url: "dns:\(host)")
        switch outcome {
        case .failure(let failure): return .failure(failure, evidence: evidence)
        case .unknown(let milliseconds):
            evidence.addresses = []
            return Measurement(
                exists ? .failed : .passed, summary: "`\(host)` has no address",
                likely: exists
                    ? LikelyCause(
                        cause: "the record is missing, was not published yet, or an old answer is still kept",
                        fix: "look at the zone's records, and wait as long as their time to live") : nil,
                evidence: evidence, milliseconds: milliseconds)
        case .addresses(let addresses, let milliseconds):
            evidence.addresses = addresses
            let shown = addresses.prefix(8).joined(separator: ", ")
            var problems: [String] = []
            if !exists { problems.append("`\(host)` has the addresses \(shown), wanted none") }
            if !allowed.isEmpty {
                var wanted: Set<String> = []
                for template in allowed { wanted.insert(try template.render(scope.values).lowercased()) }
                let others = addresses.filter { !wanted.contains($0.lowercased()) }
                if !others.isEmpty {
                    problems.append(
                        "`\(host)` has the address \(others.joined(separator: ", ")), which is not one that is wanted")
                }
            }
            for family in families where !addresses.contains(where: family.includes) {
                problems.append("`\(host)` has no \(family.rawValue) address, only \(shown)")
            }
            if let belowMilliseconds, !(milliseconds < Double(belowMilliseconds)) {
                problems.append(
                    "the lookup took \(ServiceLevelObjectives.number(milliseconds.rounded())) ms, wanted less than "
                        + "\(belowMilliseconds) ms")
            }
            return Measurement(
                problems.isEmpty ? .passed : .failed,
                summary: problems.isEmpty ? shown : problems.joined(separator: "; "), evidence: evidence,
                milliseconds: milliseconds)
        }
    }
}
