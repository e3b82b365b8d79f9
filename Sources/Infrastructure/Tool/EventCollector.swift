import Synchronization

/// What the lines of a running Terraform have told so far.
final class EventCollector: Sendable {
    struct State {
        var version = ""
        var findings: [InfrastructureFinding] = []
        /// Of lines that are no events: whoever prints past the protocol often says why it failed.
        var lastLines: [String] = []
        var progress: TerraformProgress
    }

    private let collected: Mutex<State>
    private let onEvent: TerraformRoot.EventHandler?

    init(_ onEvent: TerraformRoot.EventHandler?, progress: TerraformProgress = TerraformProgress(total: 0)) {
        self.onEvent = onEvent
        collected = Mutex(State(progress: progress))
    }

    var state: State { collected.withLock { $0 } }

    func take(_ line: String) {
        guard let event = TerraformEvent(line: line) else {
            guard !line.allSatisfy(\.isWhitespace) else { return }
            collected.withLock { $0.lastLines = Array(($0.lastLines + [line]).suffix(20)) }
            return
        }
        collected.withLock { state in
            state.progress.take(event)
            switch event {
            case .version(let version): state.version = version
            case .finding(let finding): state.findings.append(finding)
            default: break
            }
        }
        onEvent?(event)
    }
}

/// Reads a file that another process is writing, line by line.
final class FileTail: Sendable {
    private struct Position {
        var offset = 0
        var rest: [UInt8] = []
    }

    private let path: String
    private let position = Mutex(Position())

    init(_ path: String) {
        self.path = path
    }

    /// Hands over every line that has been ended since the last call.
    func read(_ handle: (String) -> Void) {
        let lines = position.withLock { position -> [String] in
            guard let bytes = RootFiles.contents(path, from: position.offset), !bytes.isEmpty else { return [] }
            position.offset += bytes.count
            position.rest += bytes
            guard let end = position.rest.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
            let whole = position.rest[..<end].split(separator: UInt8(ascii: "\n"))
            position.rest.removeSubrange(...end)
            return whole.map { String(decoding: $0, as: UTF8.self) }
        }
        for line in lines { handle(line) }
    }

    /// Hands over a last line without an end.
    func finish(_ handle: (String) -> Void) {
        let rest = position.withLock { position -> [UInt8] in
            defer { position.rest = [] }
            return position.rest
        }
        if !rest.isEmpty { handle(String(decoding: rest, as: UTF8.self)) }
    }
}
