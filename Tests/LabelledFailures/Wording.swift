package import Loop

/// How one program words one failure: what a test says, and what the service logs.
package struct Wording: Sendable {
    package var status: Int?
    package var closeCode: Int?
    /// What a suite calls the check; nil for a test of an external runner, of which only words are known.
    package var kind: String?
    /// Where nil, a client's usual words for the status.
    package var message: String?
    /// Of these, one list is drawn.
    package var logs: [[String]]

    init(
        _ status: Int? = nil, close: Int? = nil, kind: String? = nil, _ message: String? = nil, logs: [[String]] = [[]]
    ) {
        self.status = status
        closeCode = close
        self.kind = kind
        self.message = message
        self.logs = logs
    }

    /// Of an external runner.
    init(_ message: String) { self.init(nil, message) }
}

/// One set of wordings, of a time: each was first measured before rules were mended by it.
package struct Vocabulary: Sendable {
    package var name: String
    package var wordings: [CauseKind: [Wording]]
    /// What clients say of a status.
    package var statuses: [Int: [String]]
    /// What clients say of a close code.
    package var closes: [String]
    /// Reasons of skips.
    package var skips: [String]
    /// What stands in a log beside what matters.
    package var noise: [String]
    package var routes: [String]
    /// What differs from the last good release where that is the cause.
    package var changedSetting: String
    /// What names no cause, and is to be given none.
    package var unnamed: [Wording] = []

    package static let all: [Vocabulary] = [.tuned, .further, .third, .fourth, .fifth, .sixth]
}
