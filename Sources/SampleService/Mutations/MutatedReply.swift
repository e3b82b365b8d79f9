import NIOHTTP1
import Synchronization

/// A reply, and the defects that it gets when it is written.
struct MutatedReply: Sendable {
    var reply: Reply
    var mutations: [Mutation]
    /// Told to whoever is asked on the way.
    var names: [String] = []
    /// Which route answered; empty for none.
    var route = ""
    /// Whose request it was part of.
    var trace = ""

    init(_ reply: Reply, _ mutations: [Mutation] = []) {
        self.reply = reply
        self.mutations = mutations
    }

    /// Of all kinds of answers.
    private var effects: [Effect] { mutations.filter { $0.status == nil }.flatMap(\.effects) }

    var lateMilliseconds: Int {
        effects.reduce(0) { if case .late(let more) = $1 { $0 + more } else { $0 } }
    }

    var drops: Bool { effects.contains { if case .drops = $0 { true } else { false } } }

    /// What a session of a WebSocket has to do wrong.
    var socketEffects: [Effect] { effects }

    func changed(_ response: Response) -> Response {
        var changed = response
        for mutation in mutations where mutation.status.map({ $0 == Int(response.status.code) }) ?? true {
            for effect in mutation.effects { changed.apply(effect) }
        }
        return changed
    }

    /// Headers of the answer as they leave, those included that every answer has.
    func change(_ headers: inout HTTPHeaders, of status: HTTPResponseStatus) {
        for mutation in mutations where mutation.status.map({ $0 == Int(status.code) }) ?? true {
            for case .header(let name, let value) in mutation.effects {
                if let value { headers.replaceOrAdd(name: name, value: value) } else { headers.remove(name: name) }
            }
        }
    }

    var streamChanges: [Effect.StreamChange] {
        effects.compactMap { if case .stream(let change) = $0 { change } else { nil } }
    }

    func changed(_ script: StreamScript) -> StreamScript {
        var script = script
        for case .stream(let change) in effects { script.apply(change) }
        return script
    }
}

extension Response {
    fileprivate mutating func apply(_ effect: Effect) {
        switch effect {
        case .status(let code): status = HTTPResponseStatus(statusCode: code)
        case .body(let text): body = Array(text.utf8)
        case .text(let old, let new):
            body = Array(String(decoding: body, as: UTF8.self).replacing(old, with: new).utf8)
        case .padding(let count): body += [UInt8](repeating: 0x20, count: count)
        case .json(let path, let change):
            guard let document = JSONParser.parse(body) else { return }
            body = Array((document.changed(at: path, change).serialized + "\n").utf8)
        default: break
        }
    }
}

extension StreamScript {
    fileprivate mutating func apply(_ change: Effect.StreamChange) {
        switch change {
        case .loses(let index) where pieces.indices.contains(index): pieces.remove(at: index)
        case .repeats(let index) where pieces.indices.contains(index): pieces.insert(pieces[index], at: index)
        case .reverses: pieces.reverse()
        case .stalls(let count): stallsAfter = count
        case .ends(let count): pieces = Array(pieces.prefix(count))
        case .pauses(let milliseconds): pauseMilliseconds = milliseconds
        case .text(let old, let new): pieces = pieces.map { $0.replacing(old, with: new) }
        case .loses, .repeats: break
        }
    }
}

extension Application {
    /// The reply of a route under these mutations.
    func mutatedReply(to original: Call, _ route: Route, _ mutations: [Mutation]) -> MutatedReply {
        var call = original
        let effects = mutations.flatMap(\.effects)
        for effect in effects { call.apply(effect) }
        // All of it happens on the one event loop, so that nobody else's change is lost.
        let before = memory.withLock { $0 }
        if effects.contains(where: { if case .stale = $0 { true } else { false } }) {
            memory.withLock { $0 = firstMemory }
        }
        if effects.contains(where: { if case .twice = $0 { true } else { false } }) { _ = reply(to: call, route) }
        var answer = MutatedReply(reply(to: call, route), mutations)
        for effect in effects {
            switch effect {
            case .forgets, .stale: memory.withLock { $0 = before }
            case .subprotocol(let name):
                guard case .webSocket(var opening) = answer.reply else { continue }
                opening.subprotocol = name
                answer.reply = .webSocket(opening)
            case .status(let code):
                // What would be a stream or a socket is refused.
                switch answer.reply {
                case .stream, .following, .webSocket:
                    answer.reply = .response(.error(HTTPResponseStatus(statusCode: code), "refused"))
                case .response, .upstream, .proxied, .collected, .hangUp: continue
                }
            default: break
            }
        }
        answer.names = call.request.mutationNames
        return answer
    }
}

extension Call {
    fileprivate mutating func apply(_ effect: Effect) {
        switch effect {
        case .query(let name, let value): request.query[name] = value
        case .requestHeader(let name, let value):
            request.headers.remove(name: name)
            if let value { request.headers.add(name: name, value: value) }
        case .field(let name, let value):
            guard let document = JSONParser.parse(request.body) else { return }
            request.body = Array(document.changed(at: name, value.map { .set($0) } ?? .removed).serialized.utf8)
        case .parameter(let name, let value): parameters[name] = value
        case .user(let name): user = name
        case .defect(let name): defects.insert(name)
        default: break
        }
    }
}
