/// One piece of work of an agent, of one user.
struct Execution: Sendable {
    enum Status: String, CaseIterable, Sendable {
        case queued, running, completed, failed, cancelled
        case timedOut = "timed_out"

        var isEnd: Bool { self != .queued && self != .running }
    }

    let id: String
    let user: String
    let agent: String
    var timeline: ExecutionTimeline

    /// When it ends, as far as is known now.
    var end: Int { timeline.events.last?.at ?? 0 }

    func status(at now: Int) -> Status {
        switch happened(by: now).last?.type {
        case "execution.created": .queued
        case "execution.completed": .completed
        case "execution.failed": .failed
        case "execution.cancelled": .cancelled
        case "execution.timed_out": .timedOut
        default: .running
        }
    }

    /// What has happened, as documents that are numbered from 1.
    func events(at now: Int) -> [JSON] {
        happened(by: now).enumerated().map { index, event in
            .object(
                [
                    .init(name: "seq", value: .integer(index + 1)), .init(name: "type", value: .string(event.type)),
                    .init(name: "execution", value: .string(id)),
                ] + event.data)
        }
    }

    func document(at now: Int) -> JSON {
        let happened = happened(by: now)
        var members: [JSON.Member] = [
            .init(name: "id", value: .string(id)), .init(name: "user", value: .string(user)),
            .init(name: "agent", value: .string(agent)),
            .init(name: "status", value: .string(status(at: now).rawValue)),
            .init(name: "events", value: .integer(happened.count)),
        ]
        members += happened.last?.data.filter { ["output", "error"].contains($0.name) } ?? []
        if status(at: now).isEnd, let first = happened.first, let last = happened.last {
            members.append(.init(name: "milliseconds", value: .integer(last.at - first.at)))
        }
        return .object(members)
    }

    private func happened(by now: Int) -> ArraySlice<ExecutionTimeline.Event> {
        timeline.events.prefix { $0.at <= now }
    }
}
