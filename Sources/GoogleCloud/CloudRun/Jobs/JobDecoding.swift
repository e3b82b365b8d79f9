import JSON
import Releases

/// Answers about jobs in the domain's words. What must be there and is not makes the whole answer nil.
enum JobDecoding {
    static func job(_ document: JSONValue, identity: JobIdentity) -> JobObservation? {
        guard let generation = document["generation"]?.integer else { return nil }
        let annotations = strings(document["annotations"])
        return JobObservation(
            identity: identity, generation: generation,
            observedGeneration: document["observedGeneration"]?.integer ?? 0,
            reconciling: document["reconciling"]?.bool ?? false, isDeleting: document["deleteTime"] != nil,
            etag: document["etag"]?.string, labels: strings(document["labels"]), annotations: annotations,
            key: annotations[JobRun.keyAnnotation],
            condition: ServiceDecoding.condition(document["terminalCondition"]))
    }

    static func execution(_ document: JSONValue) -> ExecutionObservation? {
        guard let identity = ExecutionIdentity(document["name"]?.string ?? "") else { return nil }
        let completed = condition("Completed", of: document)
        return ExecutionObservation(
            identity: identity, state: state(completed, of: document), message: completed.message,
            counts: TaskCounts(
                total: count("taskCount", document), running: count("runningCount", document),
                succeeded: count("succeededCount", document), failed: count("failedCount", document),
                cancelled: count("cancelledCount", document), retried: count("retriedCount", document)),
            key: key(in: document), created: time("createTime", document), started: time("startTime", document),
            completed: time("completionTime", document), logURI: document["logUri"]?.string)
    }

    static func task(_ document: JSONValue) -> TaskObservation? {
        guard let name = ServiceDecoding.lastComponent(document["name"]) else { return nil }
        let completed = condition("Completed", of: document)
        let last = document["lastAttemptResult"]
        let signal = last?["termSignal"]?.integer.flatMap { $0 == 0 ? nil : Int(clamping: $0) }
        let state = state(completed, of: document)
        // proto3 leaves a zero out, so that no code and no signal after a success is the code 0.
        let code = last?["exitCode"]?.integer ?? (state == .succeeded && signal == nil ? 0 : nil)
        return TaskObservation(
            name: name, index: count("index", document), state: state,
            message: last?["status"]?["message"]?.string ?? completed.message,
            exitCode: code.map { Int(clamping: $0) }, signal: signal, retries: count("retried", document),
            logURI: document["logUri"]?.string)
    }

    /// An execution and a task end in the same way: with a time and a condition. Either may show first.
    private static func state(_ completed: Condition, of document: JSONValue) -> ExecutionObservation.State {
        switch completed.state {
        case .succeeded: return .succeeded
        case .failed: return completed.reason == "CANCELLED" ? .cancelled : .failed
        case .pending, .reconciling, .unknown: break
        }
        if document["completionTime"] != nil { return endedWithoutWord(document) }
        if completed.reason == "CANCELLING" { return .cancelling }
        return document["startTime"] == nil ? .pending : .running
    }

    /// By its counts; a task has none, and one that has ended without a word of success has not succeeded.
    private static func endedWithoutWord(_ document: JSONValue) -> ExecutionObservation.State {
        let total = count("taskCount", document)
        if count("cancelledCount", document) > 0, count("failedCount", document) == 0 { return .cancelled }
        return total > 0 && count("succeededCount", document) == total ? .succeeded : .failed
    }

    private static func condition(_ type: String, of document: JSONValue) -> Condition {
        ServiceDecoding.condition(document["conditions"]?.array?.first { $0["type"]?.string == type })
    }

    private static func key(in execution: JSONValue) -> String? {
        for container in execution["template"]?["containers"]?.array ?? [] {
            for variable in container["env"]?.array ?? [] where variable["name"]?.string == JobRun.keyVariable {
                return variable["value"]?.string
            }
        }
        return nil
    }

    private static func count(_ name: String, _ document: JSONValue) -> Int {
        Int(clamping: max(0, document[name]?.integer ?? 0))
    }

    private static func time(_ name: String, _ document: JSONValue) -> Double? {
        document[name]?.string.flatMap(Timestamp.seconds)
    }

    private static func strings(_ document: JSONValue?) -> [String: String] {
        (document?.object ?? [:]).compactMapValues(\.string)
    }
}
