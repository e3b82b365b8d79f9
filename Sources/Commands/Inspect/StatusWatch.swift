import Configuration
import JSON
import Releases
import Reporting

/// What one look at the services has found.
struct StatusText: Sendable {
    var table: TextTable
    var notes: [String] = []
    var document: JSONValue = .null

    init(table: TextTable) {
        self.table = table
    }

    /// As wide as the terminal of results is now.
    func text(for console: Console) -> String {
        let columns = console.resultColumns
        let folded = notes.flatMap { note in
            WrappedText.lines(console.redacted(SafeText.line(note)), columns: columns.map { $0 - 4 }).enumerated().map {
                ($0.offset == 0 ? "  ! " : "    ") + $0.element
            }
        }
        return ([table.text(for: console)] + folded).joined(separator: "\n")
    }
}

/// Looks again and again, until its task is cancelled or nobody reads any more.
struct StatusWatch {
    /// How often a terminal is drawn between two looks, so that a new size shows at once.
    private static let redraw = Duration.milliseconds(200)

    private let console: Console
    private let interval: Duration
    private let clock = ContinuousClock()

    init(console: Console, interval: Duration) {
        self.console = console
        self.interval = interval
    }

    /// Never returns: it ends with its task, or with what the first look throws.
    func run(_ look: () async throws -> StatusText) async throws -> Never {
        var pace = FollowPace(usual: interval)
        var last: StatusText?
        var shown: String?
        while true {
            let began = clock.now
            var trouble: Failure?
            do {
                let status = try await look()
                (last, trouble) = (status, nil)
                pace.goOn()
            } catch let failure as Failure where failure.category == .unavailable && last != nil {
                // What was seen stays, and says that it is old.
                trouble = failure
                pace.slowDown()
            } catch {
                end(last)
                throw error
            }
            if OutputReader.isGone { throw CancellationError() }
            // A look that takes long is not followed by the next one at once.
            let next = max(began + pace.pause, clock.now + (clock.now - began))
            do {
                try await show(last, trouble, &shown, until: next)
            } catch {
                end(last)
                throw error
            }
        }
    }

    private func show(
        _ status: StatusText?, _ trouble: Failure?, _ shown: inout String?, until next: ContinuousClock.Instant
    ) async throws {
        let time = Timestamp.toTheSecond(Timestamp.now())
        let note = trouble.map { "  ! not known since: \($0.summary)" }
        guard console.style.isResultTerminal else {
            let text = ([status?.text(for: console), note] as [String?]).compactMap(\.self).joined(separator: "\n")
            if text != shown {
                console.result(time + "\n" + text + "\n")
                shown = text
            }
            return try await clock.sleep(until: next)
        }
        while clock.now < next {
            console.showResult { size in
                let text = status?.text(for: console) ?? ""
                let foot = trouble == nil ? "  Ctrl-C ends, seen \(time)" : note ?? ""
                return Self.fitted(
                    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init), foot, size)
            }
            try await clock.sleep(until: min(next, clock.now + Self.redraw))
        }
    }

    /// The first lines are those that matter; what does not fit is counted.
    static func fitted(_ lines: [String], _ foot: String, _ size: TerminalSize) -> [String] {
        let room = max(1, size.lines - 2)
        guard lines.count > room else { return lines + [foot] }
        return lines.prefix(room) + [
            "  and \(Counted.text(lines.count - room, "more line")); " + foot.drop { $0 == " " }
        ]
    }

    /// What was seen last stays on the screen as a whole.
    private func end(_ status: StatusText?) {
        guard console.style.isResultTerminal, let status else { return }
        console.showResult { _ in [] }
        console.result(status.text(for: console))
    }
}
