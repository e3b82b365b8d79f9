import JSON
import Releases

@testable import GoogleCloud

/// The call sites of a resumable upload and of the bucket that it goes to. An upload may meet six troubles without any
/// progress between them, and begin four sessions.
extension CallSite {
    private static let bucket: JSONValue = ["name": "b", "projectNumber": "42"]

    private static func upload(_ rest: RESTClient, _ base: String) async throws {
        // The content whose digest `object` has.
        let content = Array("foo".utf8)
        let source = UploadSource(bytes: 3, md5: "rL0Y20zC+Fzt72VPzMSk2A==", contentType: "text/plain") {
            offset, count in
            Array(content.dropFirst(Int(offset)).prefix(count))
        }
        _ = try await storage(rest, base).upload(
            source, as: "o", in: "b", ifGeneration: 0, partTimeout: rest.retry.writeTimeout, deadline: .seconds(60))
    }

    /// The session's address is on the server that was asked for it.
    private static func session(_ request: LoopbackServer.Request) -> [String] {
        guard request.method == "POST",
            let host = request.text.split(separator: "\r\n").first(where: { $0.lowercased().hasPrefix("host:") })
        else { return [] }
        return ["Location: http://\(host.dropFirst(5).drop { $0 == " " })/session/1"]
    }

    private static func isPart(_ request: LoopbackServer.Request) -> Bool { request.text.contains(": bytes 0-2/3\r\n") }

    private static func isQuestion(_ request: LoopbackServer.Request) -> Bool {
        request.text.contains(": bytes */3\r\n")
    }

    static let uploads: [CallSite] = [
        // Seven beginnings: the last one's trouble is one too many.
        CallSite(
            name: "upload begin", strikes: { $0.method == "POST" }, healthy: { _ in object }, headers: session,
            understood: [412], attempts: 7, isRaw: true, call: upload),
        // After each part that is in trouble the server is asked, and has nothing: that is the next trouble.
        CallSite(
            name: "upload part", kind: .part, strikes: isPart, healthy: { _ in object }, headers: session,
            status: { isQuestion($0) ? 308 : 200 }, understood: [412], whenMissing: .unavailable, sentWhenMissing: 4,
            attempts: 4, decodes: false, call: upload),
        // The part's own trouble is the first, so that the sixth question is the seventh. Where the session is gone each
        // time, two troubles belong to each.
        CallSite(
            name: "upload question", kind: .lookAfterWrite, strikes: isQuestion, healthy: { _ in object },
            headers: session, status: { isPart($0) ? 503 : 200 }, understood: [412], whenMissing: .unavailable,
            sentWhenMissing: 3, attempts: 6, decodes: false, call: upload),
    ]

    static let buckets: [CallSite] = [
        CallSite(
            name: "bucket get", strikes: { $0.method == "GET" && !$0.path.contains("?project=") },
            healthy: { $0.path.contains("?project=") ? ["items": [bucket]] : bucket }, bare: .tolerated,
            // Forbidden is what a bucket of somebody else is; the list tells.
            understood: [403, 404], call: { try await storage($0, $1).ensureBucket("b", of: "p") }),
        CallSite(
            name: "bucket create", kind: .write, strikes: { $0.method == "POST" },
            healthy: { $0.method == "GET" && $0.path.contains("?project=") ? ["items": [bucket]] : bucket },
            status: { $0.method == "GET" && !$0.path.contains("?project=") ? 404 : 200 }, bare: .tolerated,
            understood: [409], settlesDoubt: true, call: { try await storage($0, $1).ensureBucket("b", of: "p") }),
        CallSite(
            name: "bucket list", strikes: { $0.path.contains("?project=") },
            healthy: { $0.path.contains("?project=") ? ["items": [bucket]] : bucket },
            // A list without the bucket.
            whenEmpty: .failed(.permission, inDoubt: false),
            call: { try await storage($0, $1).ensureBucket("b", of: "p") }),
    ]
}
