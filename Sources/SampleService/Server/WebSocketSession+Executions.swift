import NIOCore
import Synchronization

/// Executions over a WebSocket: begun, followed and cancelled with messages, events in order as they happen.
extension WebSocketSession {
    private static let eventPause = TimeAmount.milliseconds(4)

    func execute(_ message: JSON) {
        let plan: ExecutionPlan
        do throws(ExecutionPlan.Refusal) {
            plan = try ExecutionPlan(message)
        } catch {
            return send(["type": "error", "error": .string(error.reason)])
        }
        let moment = application.milliseconds
        let creation = application.memory.withLock {
            $0.executions.add(
                plan, agent: message["agent"]?.text ?? "agent-1", user: user, key: nil, now: moment, with: nil)
        }
        switch creation {
        case .created(let execution), .known(let execution):
            lastExecution = execution.id
            follow(execution.id, after: 0)
        case .tooMany: send(["type": "error", "error": "too many executions at once"])
        }
    }

    func followExecution(_ message: JSON) {
        guard let id = own(message) else { return }
        follow(id, after: message["after"]?.integer ?? 0)
    }

    func cancelExecution(_ message: JSON) {
        guard let id = own(message) else { return }
        if application.endExecution(id, at: application.milliseconds) == nil {
            send(["type": "error", "error": "it has ended"])
        }
    }

    private func own(_ message: JSON) -> String? {
        let id = message["execution"]?.text ?? lastExecution ?? ""
        if application.memory.withLock({ $0.executions[id]?.user }) == user { return id }
        send(["type": "error", "error": "no such execution"])
        return nil
    }

    private func follow(_ id: String, after position: Int) {
        guard isOpen, let loop = context?.eventLoop else { return }
        let (events, hasEnded) = application.news(of: id, after: max(0, position))
        for event in events { send(event) }
        if hasEnded { return }
        loop.assumeIsolated().scheduleTask(in: Self.eventPause) {
            self.follow(id, after: max(0, position) + events.count)
        }
    }
}
