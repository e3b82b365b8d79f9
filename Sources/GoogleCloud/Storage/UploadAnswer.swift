import JSON
import Transport

/// What an answer within a resumable upload says (cloud.google.com/storage/docs/performing-resumable-uploads).
enum UploadAnswer: Hashable {
    /// Everything is there; the object's metadata.
    case finished(JSONValue)
    /// So many bytes from the beginning are kept.
    case received(Int64)
    /// The server knows nothing of this session any more, or not what we know of it.
    case gone
    case unreadable(reason: String)

    /// - Parameter sent: bytes that the server can have at most.
    init(_ response: HTTPResponse, sent: Int64) {
        switch response.status {
        case 308:
            guard let range = response.headers["Range"] else {
                self = .received(0)
                return
            }
            // `bytes=0-42`: the last byte that is kept.
            guard range.hasPrefix("bytes=0-"), let last = Int64(range.dropFirst(8)), last >= 0, last < .max else {
                self = .unreadable(reason: "the range `\(range.prefix(80))`")
                return
            }
            // A server that has what was never sent has mixed something up: what it keeps is not our content.
            self = last < sent ? .received(last + 1) : .gone
        case 404, 410: self = .gone
        default:
            do {
                self = .finished(try JSONValue(parsing: response.body))
            } catch {
                self = .unreadable(reason: error.reason)
            }
        }
    }
}
