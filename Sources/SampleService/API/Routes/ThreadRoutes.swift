import NIOHTTP1
import Synchronization

/// Threads and their messages.
extension Route {
    static let threads: [Route] = [
        .answering(.GET, "/api/threads", "All threads") { application, _ in
            .json(["threads": .array(application.memory.withLock { $0.store.threads }.map(\.json))])
        },
        .answering(.POST, "/api/threads", "A new thread") { application, call in
            guard let title = call.text("title") else { return .missing("title") }
            return .json(application.memory.withLock { $0.store.addThread(title: title) }.json, status: .created)
        },
        .answering(.GET, "/api/threads/{id}", "One thread") { application, call in
            application.thread(call.id).map { .json($0.json) } ?? noThread
        },
        .answering(.GET, "/api/threads/{id}/messages", "A thread's messages") { application, call in
            application.thread(call.id).map { .json(["messages": .array($0.messages.map(\.json))]) } ?? noThread
        },
        .answering(.POST, "/api/threads/{id}/messages", "A new message") { application, call in
            guard let content = call.text("content") else { return .missing("content") }
            let message = application.memory.withLock {
                $0.store.addMessage(role: call.text("role") ?? "user", content: content, toThread: call.id)
            }
            return message.map { .json($0.json, status: .created) } ?? noThread
        },
    ]

    private static let noThread = Response.error(.notFound, "no such thread")
}

extension Application {
    fileprivate func thread(_ id: String) -> Store.Thread? {
        memory.withLock { $0.store.threads.first { $0.id == id } }
    }
}
