/// Of an answer that was an error: who gave it, and what its headers say about why.
package struct RefusalEvidence: Codable, Hashable, Sendable {
    package enum Origin: String, Codable, Hashable, Sendable, CaseIterable {
        /// A page of Google's front end: the container saw nothing.
        case platform
        case application
    }

    package var answeredBy: Origin
    /// `WWW-Authenticate` (RFC 9110 section 11.6.1), at most 200 characters.
    package var challenge: String?

    package init(answeredBy: Origin, challenge: String? = nil) {
        self.answeredBy = answeredBy
        self.challenge = challenge
    }

    /// Nil for an answer that is no error.
    init?(status: Int, headers: [HeaderField], body: [UInt8], carriesIdentity: Bool) {
        guard status >= 400 else { return nil }
        let isPlatform = Answerer.isPlatform(headers: headers, body: body, carriesIdentity: carriesIdentity)
        self.init(
            answeredBy: isPlatform ? .platform : .application,
            challenge: headers["www-authenticate"].map { String($0.prefix(200)) })
    }

    init?(_ response: HTTPProbeResponse, carriesIdentity: Bool) {
        self.init(
            status: response.status, headers: response.headers, body: response.body, carriesIdentity: carriesIdentity)
    }
}
