/// What shows that a check really measured something: the last attempt in full, and a line for each attempt.
package struct Evidence: Codable, Hashable, Sendable {
    package struct Attempt: Codable, Hashable, Sendable {
        package var status: Int?
        package var milliseconds: Double
        /// Nil when this attempt was as wanted.
        package var problem: String?

        package init(status: Int? = nil, milliseconds: Double, problem: String? = nil) {
            self.status = status
            self.milliseconds = milliseconds
            self.problem = problem
        }
    }

    package var url: String?
    package var status: Int?
    /// Which revision answered, as far as the answer says.
    package var revision: String?
    /// `request-log` where the platform's log says so and not the answer.
    package var witness: String?
    package var remoteAddress: String?
    /// When the check began, in seconds since 1970.
    package var startedAt: Double?
    /// Requests to the target that were seen from outside while the check ran; nil where nobody counted.
    package var requests: Int?
    /// Of these, those in the time of one test of an external runner, where its report says when it ran.
    package var ownRequests: Int?
    package var phases: Phases?
    package var reusedConnection: Bool?
    /// Bytes of the body or of all messages.
    package var bytes: Int?
    /// Messages or events that came.
    package var messages: Int?
    package var closeCode: Int?
    /// Of an answer that was an error and not wanted.
    @Rare package var refusal: RefusalEvidence?
    /// What a WebSocket server chose.
    package var subprotocol: String?
    @Rare package var connections: ConnectionEvidence?
    @Rare package var reconnections: ReconnectionEvidence?
    @Rare package var stream: StreamEvidence?
    package var tlsVersion: TLSVersion?
    /// How a call of gRPC ended, by the name of its code, and what the server said about it.
    package var grpcStatus: String?
    package var grpcMessage: String?
    /// The health that a gRPC server last told.
    package var servingStatus: String?
    /// The image that was run, by the engine's own id.
    package var image: String?
    /// What a program ended with.
    package var exitCode: Int?
    /// What became of the execution of a Cloud Run job.
    @Rare package var job: JobEvidence?
    /// What a name resolved to; empty where it has no address.
    package var addresses: [String]?
    /// Of checks that make many requests.
    @Rare package var samples: SampleEvidence?
    /// SHA-256 of the server's certificate.
    package var certificateFingerprint: String?
    /// Sent as `traceparent`; the service's logs can be found by it.
    package var traceID: String?
    package var attempts: [Attempt]

    package init(url: String? = nil, traceID: String? = nil) {
        self.url = url
        self.traceID = traceID
        attempts = []
    }

    /// A program's or a job's own word is all there is, without an answer or an entry of the request log.
    var isOfProgramAlone: Bool {
        exitCode != nil && status == nil && revision == nil && (requests ?? 0) == 0
    }

    /// Whether something outside this program answered.
    package var showsAnAnswer: Bool {
        status != nil || closeCode != nil || (messages ?? 0) > 0 || (requests ?? 0) > 0
            || tlsVersion != nil || exitCode != nil || addresses != nil || job != nil
    }
}
