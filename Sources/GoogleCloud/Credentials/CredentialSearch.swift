/// Where credentials were looked for, in Application Default Credentials' order, and what came of it
/// (cloud.google.com/docs/authentication/application-default-credentials; a token that was handed over comes first).
package struct CredentialSearch: Hashable, Sendable {
    package enum Place: String, Hashable, Sendable, CaseIterable {
        /// `STAGECTL_ACCESS_TOKEN`
        case accessToken
        /// `GOOGLE_APPLICATION_CREDENTIALS`
        case credentialFile
        /// gcloud's own file.
        case wellKnownFile
        case metadataServer

        package var name: String {
            switch self {
            case .accessToken: "STAGECTL_ACCESS_TOKEN"
            case .credentialFile: "GOOGLE_APPLICATION_CREDENTIALS"
            case .wellKnownFile: "gcloud auth application-default login"
            case .metadataServer: "metadata server"
            }
        }
    }

    package enum Outcome: Hashable, Sendable {
        case used(CredentialSummary)
        case notThere(why: String)
        /// It is there, and cannot be used: the search ends here, as what somebody set up is what they mean.
        case broken(CredentialFault)
        /// One before it was used, or is broken.
        case notAsked
    }

    package struct Entry: Hashable, Sendable {
        package var place: Place
        /// A path or an address, where there is one.
        package var location: String?
        package var outcome: Outcome

        /// One line for a person, without the place.
        package var text: String {
            switch outcome {
            case .used(let summary):
                "used: " + [summary.kind, summary.principal].compactMap(\.self).joined(separator: " ")
            case .notThere(let why): "not there: \(why)"
            case .broken(let fault): "broken: \(fault.reason)"
            case .notAsked: "not asked: an earlier one decides"
            }
        }
    }

    /// One for each place, in order.
    package var entries: [Entry]

    package var used: Entry? {
        entries.first { if case .used = $0.outcome { true } else { false } }
    }

    package var broken: (entry: Entry, fault: CredentialFault)? {
        for entry in entries { if case .broken(let fault) = entry.outcome { return (entry, fault) } }
        return nil
    }
}

/// Looks for credentials; finds the first that are there, without asking anybody for a token.
struct CredentialFinder: Sendable {
    struct Found: Sendable {
        var search: CredentialSearch
        var issuer: (any TokenIssuer)?
        var metadata: MetadataServer?
    }

    var surroundings: CredentialSurroundings
    var endpoint: TokenEndpoint
    /// For the tokens that impersonating accounts need.
    var sourceTokens: TokenCache

    /// As long as a command without any credentials waits before it says so. On the machines that have a metadata
    /// server it answers within milliseconds.
    static let patience = RetryPolicy(
        attempts: 3, firstDelay: .milliseconds(100), longestDelay: .milliseconds(500), deadline: .seconds(3))

    private typealias Look = (location: String?, outcome: CredentialSearch.Outcome)

    func find() async -> Found {
        var found = Found(search: CredentialSearch(entries: []))
        var isDecided = false
        for place in CredentialSearch.Place.allCases {
            let look = isDecided ? (nil, .notAsked) : await self.look(at: place, &found)
            found.search.entries.append(.init(place: place, location: look.location, outcome: look.outcome))
            if case .notThere = look.outcome { continue }
            isDecided = true
        }
        return found
    }

    private func look(at place: CredentialSearch.Place, _ found: inout Found) async -> Look {
        do throws(CredentialFault) {
            switch place {
            case .accessToken:
                guard let token = surroundings.value(place.name) else { return (nil, .notThere(why: "it is not set")) }
                found.issuer = try HandedOverToken(token, variables: surroundings)
            case .credentialFile:
                guard let path = surroundings.value(place.name) else { return (nil, .notThere(why: "it is not set")) }
                return file(path, &found)
            case .wellKnownFile:
                guard let path = surroundings.wellKnownFile else {
                    return (nil, .notThere(why: "neither CLOUDSDK_CONFIG nor HOME is set"))
                }
                guard CredentialFile.exists(path) else { return (path, .notThere(why: "`\(path)` does not exist")) }
                return file(path, &found)
            case .metadataServer:
                return try await metadataServer(&found)
            }
        } catch {
            return (nil, .broken(error))
        }
        return (nil, found.issuer.map { .used($0.summary) } ?? .notAsked)
    }

    private func file(_ path: String, _ found: inout Found) -> Look {
        do throws(CredentialFault) {
            let issuer = try CredentialFile.issuer(at: path, surroundings: surroundings, tokens: sourceTokens)
            found.issuer = issuer
            return (path, .used(issuer.summary))
        } catch {
            return (path, .broken(error))
        }
    }

    private func metadataServer(_ found: inout Found) async throws(CredentialFault) -> Look {
        // The one value that google-auth knows.
        if surroundings.value("NO_GCE_CHECK") == "true" { return (nil, .notThere(why: "NO_GCE_CHECK is true")) }
        let server = try MetadataServer(surroundings)
        var probe = endpoint
        probe.retry = Self.patience
        probe.timeout = .seconds(1)
        if let why = await server.absence(through: probe), !surroundings.isOnGoogleHardware {
            return (server.host, .notThere(why: why))
        }
        found.issuer = server
        found.metadata = server
        return (server.host, .used(server.summary))
    }
}
