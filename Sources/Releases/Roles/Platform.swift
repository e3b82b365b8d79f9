/// The place where services run: Google Cloud Run or the local one; a release cannot tell which.
///
/// Every function throws ``Failure``. A write returns the name of a long-running operation, so that the journal can
/// hold it before anybody waits.
package protocol Platform: Sendable {
    /// What serves now; nil when the service does not exist.
    ///
    /// - Parameter knownAccess: whether anybody may call it, where the caller knows; nil has it looked up, which is
    ///   a call of its own.
    func observe(_ service: ServiceIdentity, knownAccess: Bool?) async throws -> ServiceObservation?

    /// All revisions, newest first.
    func revisions(of service: ServiceIdentity) async throws -> [RevisionObservation]

    func revision(_ name: String, of service: ServiceIdentity) async throws -> RevisionObservation?

    /// Creates the service without public access, its first revision serving. Fails with `conflict` when it exists.
    func create(_ service: ServiceIdentity, change: ServiceChange) async throws -> OperationName

    /// Changes only what `change` names. A conflict is reported, never overwritten.
    func update(_ service: ServiceIdentity, change: ServiceChange) async throws -> OperationName

    /// Waits until the operation ended or the deadline passed; throws `deadline` for the latter.
    func wait(for operation: OperationName, within deadline: Duration) async throws -> OperationEnd

    /// Opens the service to everybody, or closes it.
    func setPublic(_ isPublic: Bool, of service: ServiceIdentity) async throws

    /// The last lines that this revision wrote, oldest first.
    func logs(of revision: String, service: ServiceIdentity, limit: Int) async throws -> [LogLine]

    /// A token with which the deployer may call a service that is not public.
    func identityToken(audience: String) async throws -> String
}

extension Platform {
    package func observe(_ service: ServiceIdentity) async throws -> ServiceObservation? {
        try await observe(service, knownAccess: nil)
    }
}

/// What a write changes; nil leaves a part alone.
package struct ServiceChange: Codable, Hashable, Sendable {
    package var template: RevisionTemplate?
    package var traffic: [TrafficTarget]?
    /// Replaces the service's annotations as a whole.
    package var annotations: [String: String]?
    /// What was seen when the change was decided; a different one on the platform is a conflict.
    package var etag: String?
    /// Generation that was seen; the write must produce the one after it.
    package var generation: Int64?
    /// Makes a revision even when the template is the same as the last one.
    package var forceNewRevision: Bool

    package init(
        template: RevisionTemplate? = nil, traffic: [TrafficTarget]? = nil, annotations: [String: String]? = nil,
        etag: String? = nil, generation: Int64? = nil, forceNewRevision: Bool = false
    ) {
        self.template = template
        self.traffic = traffic
        self.annotations = annotations
        self.etag = etag
        self.generation = generation
        self.forceNewRevision = forceNewRevision
    }
}

/// The full name of a long-running operation.
package struct OperationName: Codable, Hashable, Sendable {
    package var value: String

    package init(_ value: String) {
        self.value = value
    }
}

package struct OperationEnd: Hashable, Sendable {
    package var outcome: OperationOutcome
    /// The service as it was at that moment, where the operation says so. Who may call it is not part of that:
    /// `isPublic` is false.
    package var service: ServiceObservation?

    package init(_ outcome: OperationOutcome, service: ServiceObservation? = nil) {
        self.outcome = outcome
        self.service = service
    }
}

package enum OperationOutcome: Codable, Hashable, Sendable {
    case succeeded
    /// `code` is a gRPC status number.
    case failed(code: Int, message: String)
}
