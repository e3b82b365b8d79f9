import NIOHTTP1
import Synchronization

/// Threads and their messages. Who sends a token owns what they make, and nobody else sees it.
extension Route {
    static let threads: [Route] = [
        .answering(.GET, "/api/threads", "Threads, by page", access: .tokenIfSent) { application, call in
            let query = call.request.query
            guard let limit = call.number("limit", default: 500, in: 1...500) else { return badLimit }
            var threads = application.memory.withLock { $0.threads.visible(to: call.user) }
            if let words = query["q"] { threads = threads.filter { $0.title.contains(words) } }
            if query["order"] == "desc" { threads.reverse() }
            if let after = query["after"] {
                guard let index = threads.firstIndex(where: { $0.id == after }) else {
                    return .error(.badRequest, "`after` is no thread of this list")
                }
                threads.removeFirst(index + 1)
            }
            let page = threads.prefix(limit)
            return .json([
                "threads": .array(page.map(\.json)),
                "next": page.count < threads.count ? page.last.map { .string($0.id) } ?? .null : .null,
            ])
        },
        .answering(.POST, "/api/threads", "A new thread, with its first messages", access: .tokenIfSent) {
            application, call in
            guard let title = call.text("title") else { return .missing("title") }
            let contents = call.document["messages"]?.texts ?? []
            let thread = application.memory.withLock { memory in
                let thread = memory.threads.add(title: title, owner: call.user)
                for content in contents.prefix(Thread.capacity) {
                    _ = memory.threads.addMessage(content, role: "user", to: thread.id)
                }
                return memory.threads.thread(thread.id, visibleTo: call.user) ?? thread
            }
            return .json(thread.json, status: .created).with(header: "location", "/api/threads/\(thread.id)")
        },
        .answering(.GET, "/api/threads/{id}", "One thread", access: .tokenIfSent) { application, call in
            application.thread(call).map { .json($0.json) } ?? noThread
        },
        .answering(.PATCH, "/api/threads/{id}", "Another title", access: .tokenIfSent) { application, call in
            guard let title = call.text("title") else { return .missing("title") }
            guard var thread = application.thread(call) else { return noThread }
            thread.title = title
            application.memory.withLock { $0.threads.replace(thread) }
            return .json(thread.json)
        },
        .answering(.DELETE, "/api/threads/{id}", "Removes a thread", access: .tokenIfSent, success: 204) {
            application, call in
            guard application.thread(call) != nil else { return noThread }
            application.memory.withLock { $0.threads.remove(call.id) }
            return .empty
        },
        .answering(.GET, "/api/threads/{id}/messages", "A thread's messages, by page", access: .tokenIfSent) {
            application, call in
            guard let thread = application.thread(call) else { return noThread }
            let query = call.request.query
            guard let limit = call.number("limit", default: Thread.capacity, in: 1...Thread.capacity),
                let after = call.number("after", default: 0, in: 0...Int.max)
            else { return badLimit }
            var messages = thread.messages
            if query["order"] == "desc" { messages.reverse() }
            if after > 0 {
                messages = messages.filter { query["order"] == "desc" ? $0.number < after : $0.number > after }
            }
            if let role = query["role"] { messages = messages.filter { $0.role == role } }
            let page = messages.prefix(limit)
            return .json([
                "messages": .array(page.map(\.json)),
                "next": page.count < messages.count ? page.last.map { .integer($0.number) } ?? .null : .null,
            ])
        },
        .answering(
            .POST, "/api/threads/{id}/messages", "A new message; with `reply`, the assistant answers",
            access: .tokenIfSent
        ) { application, call in
            guard let content = call.text("content") else { return .missing("content") }
            let role = call.text("role") ?? "user"
            guard ["user", "assistant", "system"].contains(role) else {
                return .error(.unprocessableEntity, "`role` must be user, assistant or system")
            }
            guard application.thread(call) != nil else { return noThread }
            let key = call.request.headers.first(name: "idempotency-key")
            let message = application.memory.withLock { memory in
                let message = memory.threads.addMessage(content, role: role, to: call.id, key: key)
                if call.document["reply"]?.boolean == true {
                    _ = memory.threads.addMessage("you said: \(content)", role: "assistant", to: call.id)
                }
                return message
            }
            if let message { application.tell(call.id, message) }
            return message.map { .json($0.json, status: .created) } ?? noThread
        },
        .answering(
            .DELETE, "/api/threads/{id}/messages/{message}", "Removes a message", access: .tokenIfSent, success: 204
        ) { application, call in
            guard var thread = application.thread(call),
                let index = thread.messages.firstIndex(where: { $0.id == call.parameters["message"] })
            else { return noThread }
            thread.messages.remove(at: index)
            application.memory.withLock { $0.threads.replace(thread) }
            return .empty
        },
        .answering(.GET, "/api/search", "Messages that hold some words", access: .tokenIfSent) { application, call in
            guard let words = call.request.query["q"], !words.isEmpty else {
                return .error(.badRequest, "`q` is missing")
            }
            let threads = application.memory.withLock { $0.threads.visible(to: call.user) }
            let found = threads.flatMap { thread in
                thread.messages.filter { $0.content.contains(words) }.map { message -> JSON in
                    ["thread": .string(thread.id), "content": .string(message.content)]
                }
            }
            return .json(["results": .array(Array(found.prefix(100))), "total": .integer(found.count)])
        },
    ]

    private static let noThread = Response.error(.notFound, "no such thread")
    private static let badLimit = Response.error(.badRequest, "`limit` or `after` is out of bounds")
}

extension Application {
    fileprivate func thread(_ call: Call) -> Thread? {
        memory.withLock { $0.threads.thread(call.id, visibleTo: call.user) }
    }
}
