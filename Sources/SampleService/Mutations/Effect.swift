/// What a mutation does. The kinds are general; what is broken, and where, is said by the tables of mutations.
enum Effect: Sendable {
    // The request, before the route sees it.

    /// A query parameter has another value; nil: it is not seen.
    case query(String, String?)
    /// The same for a header of the request.
    case requestHeader(String, String?)
    /// The same for a member of the body's object.
    case field(String, JSON?)
    /// The same for a segment of the path in braces.
    case parameter(String, String)
    /// Answers as if this user had asked; no token is needed any more.
    case user(String)

    // What is remembered.

    /// Answers, and remembers nothing of it.
    case forgets
    /// Answers from what was there when the service started.
    case stale
    /// Does twice what should be done once.
    case twice
    /// A defect that only the handler can have; it asks `call.isBroken(NAME)`. The last resort.
    case defect(String)

    // The answer.

    case status(Int)
    /// A header of the answer; nil: it is missing.
    case header(String, String?)
    case body(String)
    /// Text within the body.
    case text(String, String)
    /// `threads.0.title`; `*` for every element; empty for the whole document.
    case json(String, JSONChange)
    /// So many bytes more than there should be.
    case padding(Int)
    /// Milliseconds.
    case late(Int)
    /// The connection ends without an answer.
    case drops

    // An answer in pieces.

    case stream(StreamChange)

    // A WebSocket.

    /// Closes at once, with this code.
    case closes(Int)
    case subprotocol(String?)
    /// Messages of the service whose `type` is this; `*` for all.
    case message(String, MessageChange)

    enum StreamChange: Sendable {
        case loses(Int)
        case repeats(Int)
        case reverses
        /// Nothing comes after so many pieces, and the connection stays open.
        case stalls(Int)
        /// Ends after so many pieces.
        case ends(Int)
        case pauses(Int)
        case text(String, String)
    }

    enum MessageChange: Sendable {
        case lost
        case twice
        case late(Int)
        case closes(Int)
        case json(String, JSONChange)
    }
}
