import Configuration
import JSON
import Releases
import Reporting
import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What one task left: its verdict, or why there is none. Pure.
struct TaskReport: Sendable {
    /// From 0, as Cloud Run counts.
    var index: Int
    var count: Int
    var task: TaskObservation?
    var document: VerdictDocument?
    /// Why it has no verdict; nil where it has.
    var loss: String?

    /// - Parameter lines: the end of its log, oldest first.
    init(index: Int, of count: Int, task: TaskObservation?, lines: [LogLine], run: String) {
        self.index = index
        self.count = count
        self.task = task
        guard let shard = SuiteSelection.Shard(parsing: "\(index + 1)/\(count)") else { return }
        // A platform's own lines are no task's.
        let own = lines.filter { $0.stream != "varlog/system" }.map(\.text)
        let reading = ShardLines(run: run, shard: shard).read(own)
        // What ended badly after its report may have ended before all of it was true.
        guard task?.state == .succeeded else {
            let last = own.last { !$0.hasPrefix("stagectl-shard/") && !$0.allSatisfy(\.isWhitespace) }
            loss = Self.end(of: task) + (last.map { "; it wrote last: " + SafeText.line(String($0.prefix(200))) } ?? "")
            return
        }
        switch reading {
        case .document(let bytes):
            let read = try? JSONDecoder().decode(VerdictDocument.self, from: Data(bytes))
            guard let read, read.schema == VerdictDocument.schema else {
                loss = "its report is not a verdict"
                return
            }
            guard read.shard?.index == shard.index, read.shard?.count == shard.count else {
                loss = "its report is not of shard \(shard.index)/\(shard.count)"
                return
            }
            document = read
        case .nothing: loss = "it ended, and its log has no report"
        case .incomplete(let there, let all):
            loss = "its log has \(there) of \(Counted.text(all, "line")) of the report"
        case .contradictory: loss = "its log has lines of several reports"
        case .damaged: loss = "its report is not what was written: another digest"
        }
    }

    /// Logs come some seconds after what wrote them; nothing is to be hoped for where a task did not end well.
    var mayComeYet: Bool { loss != nil && task?.state == .succeeded }

    var name: String { "task \(index) (shard \(index + 1)/\(count))" }

    var json: JSONValue {
        [
            "index": .integer(Int64(index)), "shard": .integer(Int64(index + 1)),
            "state": (task?.state.rawValue).map(JSONValue.string) ?? .null,
            "exitCode": (task?.exitCode).map { .integer(Int64($0)) } ?? .null,
            "signal": (task?.signal).map { .integer(Int64($0)) } ?? .null,
            "lost": loss.map(JSONValue.string) ?? .null,
        ]
    }

    private static func end(of task: TaskObservation?) -> String {
        guard let task else { return "the platform says nothing of it" }
        if let signal = task.signal { return "it was ended by signal \(signal)" }
        if let code = task.exitCode, code != 0 { return "it ended with exit code \(code)" }
        let state =
            switch task.state {
            case .pending, .running, .cancelling: "it did not end in time"
            case .failed, .succeeded: "it failed"
            case .cancelled: "it was cancelled"
            }
        return state + (task.message.map { ": " + SafeText.line($0) } ?? "")
    }
}
