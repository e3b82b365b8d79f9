#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Sees one child through on a thread of its own: feeds it, reads it, ends its group when it must.
struct Supervisor: ~Copyable {
    typealias LineHandler = @Sendable (OutputStream, String) -> Void

    private enum Phase {
        case running
        /// It was asked to end.
        case terminating(killAt: ContinuousClock.Instant)
        /// The group has SIGKILL; who does not die even of that (a hung disk) is not waited for.
        case killed(giveUpAt: ContinuousClock.Instant)
    }

    /// How long output is still read after the child has ended while a grandchild holds its pipe open.
    private static let linger: Duration = .milliseconds(250)

    private let command: CommandLine
    private let events: EventPipe
    private let child: pid_t
    private let startedAt = ContinuousClock.now
    private var input: Pipe
    private var inputOffset = 0
    private var output: OutputCollector
    private var error: OutputCollector
    private var phase = Phase.running
    private var timedOut = false
    private var exitCode: Int32?
    private var exitedAt: ContinuousClock.Instant?
    private var meter: ProcessGroupMeter?

    static func run(
        _ command: CommandLine, _ program: String, _ events: EventPipe, _ onLine: LineHandler?
    ) -> ChildProcess.Outcome {
        guard let input = Pipe(), let output = Pipe(), let error = Pipe() else {
            return .failure(.couldNotStart(program: program, reason: ChildProcess.describe(errno)))
        }
        var file: Int32?
        if let path = command.outputFile {
            let opened = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            guard opened >= 0 else {
                let reason = "`\(path)` cannot be written: \(ChildProcess.describe(errno))"
                return .failure(.couldNotStart(program: program, reason: reason))
            }
            file = opened
        }
        defer { if let file { close(file) } }
        let streams = Spawn.Streams(
            input: command.input.isEmpty ? nil : input.readEnd, output: file ?? output.writeEnd,
            error: file ?? error.writeEnd)
        switch Spawn.start(command, program, streams) {
        case .failure(let failure):
            return .failure(failure)
        case .success(let child):
            if !command.survivesThisProcess { LiveChildren.add(child) }
            if command.endsWithThisProcess { LifeLine.ofProcess.add(child) }
            var supervisor = Supervisor(
                command, events, child, input: input,
                output: OutputCollector(output, .output, command.outputLimit, onLine),
                error: OutputCollector(error, .error, command.outputLimit, onLine))
            return .success(supervisor.supervise())
        }
    }

    private init(
        _ command: CommandLine, _ events: EventPipe, _ child: pid_t, input: consuming Pipe,
        output: consuming OutputCollector, error: consuming OutputCollector
    ) {
        self.command = command
        self.events = events
        self.child = child
        self.input = input
        self.output = output
        self.error = error
        meter = command.isMetered ? ProcessGroupMeter(session: child) : nil
    }

    private mutating func supervise() -> ProcessResult {
        input.closeReadEnd()
        if command.input.isEmpty { input.closeWriteEnd() } else { Pipe.setNonBlocking(input.writeEnd) }
        watchForExit()
        while !isFinished() {
            applyDeadlines()
            if exitCode == nil { meter?.lookWhenDue() }
            waitForSomething()
        }
        output.finish()
        error.finish()
        var result = ProcessResult(
            exitCode: exitCode ?? 128 + SIGKILL, output: output.kept, errorOutput: error.kept, timedOut: timedOut,
            droppedBytes: output.droppedBytes + error.droppedBytes)
        result.usage = meter?.usage
        return result
    }

    /// The child stays unreaped until this thread has seen the event, so its number cannot name another process.
    private func watchForExit() {
        let (child, events) = (child, events)
        let watch: @Sendable () -> Void = {
            var information = siginfo_t()
            while waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
            events.send(.exited)
        }
        if !WorkerThread.start(watch) {
            // Better late than never: without another thread the output is read after the child has ended.
            kill(-child, SIGKILL)
            watch()
        }
    }

    private func isFinished() -> Bool {
        switch phase {
        case .running:
            guard let exitedAt else { return false }
            return (output.isAtEnd && error.isAtEnd) || ContinuousClock.now >= exitedAt + Self.linger
        case .terminating:
            return exitCode != nil && groupIsGone
        case .killed(let giveUpAt):
            return (exitCode != nil && groupIsGone) || ContinuousClock.now >= giveUpAt
        }
    }

    /// A group's number is not given to another process while one of its members lives.
    private var groupIsGone: Bool { kill(-child, 0) != 0 && errno == ESRCH }

    private mutating func applyDeadlines() {
        let now = ContinuousClock.now
        switch phase {
        case .running:
            if exitCode == nil, let deadline = command.deadline, now >= startedAt + deadline {
                timedOut = true
                terminate()
            }
        case .terminating(let killAt):
            if now >= killAt {
                kill(-child, SIGKILL)
                phase = .killed(giveUpAt: now + .seconds(2))
            }
        case .killed:
            break
        }
    }

    private mutating func terminate() {
        guard case .running = phase else { return }
        switch command.request {
        case .terminateGroup: kill(-child, SIGTERM)
        case .interruptLeader: kill(child, SIGINT)
        }
        phase = .terminating(killAt: ContinuousClock.now + command.grace)
    }

    private var pollTimeout: Int32 {
        let now = ContinuousClock.now
        let until: ContinuousClock.Instant?
        switch phase {
        case .running:
            until =
                exitedAt.map { $0 + Self.linger }
                ?? command.deadline.map { startedAt + $0 }
        case .terminating(let at), .killed(let at):
            // The end of a grandchild raises no event here: it is looked for.
            until = exitCode == nil ? at : min(at, now + .milliseconds(10))
        }
        if exitCode == nil, let next = meter?.nextAt {
            return Int32(clamping: max(1, (now < next ? min(next, until ?? next) - now : .zero).clampedMilliseconds))
        }
        return until.map { Int32(clamping: (now < $0 ? $0 - now : .zero).clampedMilliseconds) } ?? -1
    }

    private mutating func waitForSomething() {
        var watched = [
            pollfd(fd: events.readEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: output.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: error.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: input.writeEnd, events: Int16(POLLOUT), revents: 0),
        ]
        // A descriptor below zero is skipped by poll.
        guard poll(&watched, nfds_t(watched.count), pollTimeout) > 0 else { return }
        if watched[1].revents != 0 { output.read() }
        if watched[2].revents != 0 { error.read() }
        if watched[3].revents != 0 { feed() }
        guard watched[0].revents != 0 else { return }
        let received = events.receive()
        if received.contains(.exited) { reap() }
        if received.contains(.cancelled) { terminate() }
    }

    private mutating func feed() {
        let rest = command.input[inputOffset...]
        let count = rest.withUnsafeBytes { write(input.writeEnd, $0.baseAddress, $0.count) }
        if count > 0 { inputOffset += count }
        let gone = count < 0 && errno != EAGAIN && errno != EINTR
        if gone || inputOffset >= command.input.count { input.closeWriteEnd() }
    }

    private mutating func reap() {
        var status: Int32 = 0
        let (child, isTied) = (child, command.endsWithThisProcess)
        var counted = rusage()
        if command.leavesNothing { ProcessGroupMeter.killAll(of: child) }
        LiveChildren.remove(child) {
            if isTied { LifeLine.ofProcess.remove(child) }
            // It has ended, so this does not block.
            while wait4(child, &status, 0, &counted) < 0, errno == EINTR {}
        }
        meter?.add(counted)
        exitedAt = .now
        let signal = status & 0x7F
        exitCode = signal == 0 ? (status >> 8) & 0xFF : 128 + signal
        input.closeWriteEnd()
    }
}
