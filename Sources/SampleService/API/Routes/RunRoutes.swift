import NIOHTTP1
import Synchronization

/// Tools, and what agents do with an input.
extension Route {
    static let runs: [Route] = [
        .answering(.GET, "/api/tools", "What agents can use") { _, _ in
            .json(["tools": .texts(Tool.allCases.map(\.rawValue))])
        },
        .answering(.POST, "/api/tools/{id}", "Uses a tool", success: 200) { _, call in
            guard let tool = Tool(rawValue: call.id) else { return .error(.notFound, "no such tool") }
            do throws(Tool.Refusal) {
                return .json(["tool": .string(call.id), "result": try tool.use(call.document)])
            } catch {
                return .error(.unprocessableEntity, error.reason)
            }
        },
        .answering(.POST, "/api/agents/{id}/runs", "An agent works on an input") { application, call in
            guard let input = call.text("input") else { return .missing("input") }
            let names = call.document["stages"].map { $0.texts ?? [""] } ?? ["plan", "summarize"]
            let stages = names.compactMap(Run.Stage.init)
            guard stages.count == names.count, !stages.isEmpty else {
                return .error(.unprocessableEntity, "a stage is unknown, or there is none")
            }
            let holds = call.document["hold"]?.boolean ?? false
            return application.memory.withLock { memory in
                guard var agent = memory.agents[call.id] else { return Application.noAgent }
                guard stages.count <= agent.configuration.maximumSteps else {
                    return .error(.unprocessableEntity, "at most \(agent.configuration.maximumSteps) stages")
                }
                let run = memory.runs.add(agent: agent.id, input: input, stages: stages, holds: holds)
                if run.status == .completed { agent.completed += 1 }
                if run.status == .failed { agent.failed += 1 }
                agent.note("run_\(run.status.rawValue)")
                memory.agents[call.id] = agent
                return .json(run.json, status: .created).with(header: "location", "/api/runs/\(run.id)")
            }
        },
        .answering(.GET, "/api/agents/{id}/runs", "What an agent did, oldest first") { application, call in
            application.memory.withLock { memory in
                guard memory.agents[call.id] != nil else { return Application.noAgent }
                return .json(["runs": .array(memory.runs.of(agent: call.id).map(\.json))])
            }
        },
        .answering(.GET, "/api/runs/{id}", "One run") { application, call in
            application.memory.withLock { $0.runs[call.id] }.map { .json($0.json) } ?? noRun
        },
        .answering(.GET, "/api/runs/{id}/events", "What happened in a run, in order") { application, call in
            application.memory.withLock { $0.runs[call.id] }.map { .json(["events": .array($0.eventDocuments)]) }
                ?? noRun
        },
        .answering(.POST, "/api/runs/{id}/cancel", "Ends a run", success: 200) { application, call in
            application.memory.withLock { memory in
                guard var run = memory.runs[call.id] else { return noRun }
                guard run.cancel() else {
                    return .error(.conflict, "a run that is \(run.status.rawValue) cannot be cancelled")
                }
                memory.runs[call.id] = run
                return .json(run.json)
            }
        },
        Route(.GET, "/api/runs/{id}/stream", "The events of a run as they come; resumes after Last-Event-ID") {
            application, call in
            guard let run = application.memory.withLock({ $0.runs[call.id] }) else { return .response(noRun) }
            let events = run.events.enumerated().dropFirst(call.lastEventID)
            return .stream(
                StreamScript(
                    pieces: events.map { number, name in
                        StreamScript.event(name, id: number + 1, ["seq": .integer(number + 1), "run": .string(run.id)])
                    }, pauseMilliseconds: 10))
        },
        Route(.GET, "/api/agents/{id}/stream", "An answer word by word, as server-sent events or JSON Lines") {
            application, call in
            guard let agent = application.memory.withLock({ $0.agents[call.id] }) else {
                return .response(Application.noAgent)
            }
            let words = (call.request.query["input"] ?? "").split(separator: " ").prefix(500)
            guard !words.isEmpty else { return .response(.error(.badRequest, "`input` is missing")) }
            var script = StreamScript.words(words.map(String.init), agent: agent.name, asLines: call.prefersLines)
            script.pieces.removeFirst(min(call.lastEventID, script.pieces.count))
            return .stream(script)
        },
    ]

    private static let noRun = Response.error(.notFound, "no such run")
}

extension Call {
    /// How many events the client has already; 0 for none.
    fileprivate var lastEventID: Int {
        request.headers.first(name: "last-event-id").flatMap { Int($0) }.map { min(max($0, 0), 10_000) } ?? 0
    }

    fileprivate var prefersLines: Bool { request.headers.first(name: "accept") == "application/jsonl" }
}

extension StreamScript {
    /// Partial results, numbered from 1, and an end that says how many they were.
    fileprivate static func words(_ words: [String], agent: String, asLines: Bool) -> StreamScript {
        var documents = words.enumerated().map { number, word -> JSON in
            ["seq": .integer(number + 1), "text": .string(word), "agent": .string(agent)]
        }
        documents.append(["seq": .integer(words.count + 1), "done": true, "words": .integer(words.count)])
        let pieces = documents.enumerated().map { number, document in
            asLines
                ? document.serialized + "\n"
                : event(number < words.count ? "partial" : "done", id: number + 1, document)
        }
        var script = StreamScript(pieces: pieces, pauseMilliseconds: words.count > 50 ? 0 : 10)
        if asLines { script.contentType = "application/jsonl" }
        return script
    }
}
