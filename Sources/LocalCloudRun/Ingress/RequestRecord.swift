/// One request that has ended, as the request log tells it.
package struct RequestRecord: Hashable, Sendable {
    /// Full resource name.
    package var service: String
    /// Full resource name; nil for a request that reached no revision.
    package var revision: String?
    package var instance: String?
    package var method: String
    package var url: String
    /// The caller spoke HTTP/2.
    package var isHTTP2 = false
    package var status: Int
    package var milliseconds: Double
    /// Bytes of head and body, as they were on the wire but for their framing.
    package var requestSize: Int
    package var responseSize: Int
    package var remoteAddress: String
    package var userAgent: String?
    package var referer: String?
    package var traceparent: String?
    /// What the platform itself has to say, where it answered in the container's place.
    package var message: String?

    package init(
        service: String, revision: String?, instance: String? = nil, method: String, url: String, status: Int,
        milliseconds: Double, requestSize: Int = 0, responseSize: Int = 0, remoteAddress: String,
        userAgent: String? = nil, referer: String? = nil, traceparent: String?, message: String? = nil
    ) {
        self.service = service
        self.revision = revision
        self.instance = instance
        self.method = method
        self.url = url
        self.status = status
        self.milliseconds = milliseconds
        self.requestSize = requestSize
        self.responseSize = responseSize
        self.remoteAddress = remoteAddress
        self.userAgent = userAgent
        self.referer = referer
        self.traceparent = traceparent
        self.message = message
    }
}
