import NIOHTTP1
import Synchronization

/// Tokens, agents, threads and messages.
extension Application {
    /// Names, titles and messages that are longer are refused.
    private static let maximumText = 8192

    func createToken(_ request: Request) -> Response {
        guard let user = Self.field("user", of: request), user.utf8.count <= 128 else {
            return .error(.badRequest, "the body must be {\"user\": a text of 1 to 128 bytes}")
        }
        let moment = now
        guard memory.withLock({ $0.tokens.admits(request.client, now: moment) }) else { return Self.tooMany }
        return .json(
            ["token": .string(issuer.token(for: user, now: moment)), "type": "Bearer"], status: .created)
    }

    func me(_ user: String) -> Response {
        guard settings.faults.contains(.leakUser) else {
            return .json(["sub": .string(user), "email": .string("\(user)@example.com")])
        }
        let other = user == "alice" ? "bob" : "alice"
        return .json(["sub": .string(other), "email": .string("\(other)@example.com")])
    }

    func agents(_ request: Request, _ endpoint: Endpoint, _ parameters: [String]) -> Response {
        switch endpoint {
        case .createAgent:
            guard let name = Self.field("name", of: request) else { return Self.missing("name") }
            return .json(memory.withLock { $0.store.addAgent(name: name) }.json, status: .created)
        case .getAgent:
            let agent = memory.withLock { $0.store.agents.first { $0.id == parameters.first } }
            return agent.map { .json($0.json) } ?? .error(.notFound, "no such agent")
        default:
            return .json(["agents": .array(memory.withLock { $0.store.agents }.map(\.json))])
        }
    }

    func threads(_ request: Request, _ endpoint: Endpoint, _ parameters: [String]) -> Response {
        let id = parameters.first ?? ""
        switch endpoint {
        case .createThread:
            guard let title = Self.field("title", of: request) else { return Self.missing("title") }
            return .json(memory.withLock { $0.store.addThread(title: title) }.json, status: .created)
        case .getThread:
            return thread(id).map { .json($0.json) } ?? Self.noThread
        case .listMessages:
            return thread(id).map { .json(["messages": .array($0.messages.map(\.json))]) } ?? Self.noThread
        case .createMessage:
            guard let content = Self.field("content", of: request) else { return Self.missing("content") }
            let role = Self.field("role", of: request) ?? "user"
            let message = memory.withLock { $0.store.addMessage(role: role, content: content, toThread: id) }
            return message.map { .json($0.json, status: .created) } ?? Self.noThread
        default:
            return .json(["threads": .array(memory.withLock { $0.store.threads }.map(\.json))])
        }
    }

    private func thread(_ id: String) -> Store.Thread? {
        memory.withLock { $0.store.threads.first { $0.id == id } }
    }

    private static let noThread = Response.error(.notFound, "no such thread")

    private static func missing(_ name: String) -> Response {
        .error(.badRequest, "the body must be a JSON object with the text `\(name)`")
    }

    private static func field(_ name: String, of request: Request) -> String? {
        guard let text = JSONParser.parse(request.body)?[name]?.text, !text.isEmpty,
            text.utf8.count <= maximumText
        else { return nil }
        return text
    }
}
