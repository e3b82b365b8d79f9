import ArgumentParser
import JSON
import Releases

/// A command: flags, and a function from a session to a result that is rendered in one place.
protocol SessionCommand: ParsableCommand, Sendable {
    /// The schema of its JSON document.
    static var schema: String { get }
    /// It prints JSON Lines, so that its document is one line too.
    static var printsLines: Bool { get }
    var global: GlobalOptions { get }

    func run(in session: Session) async throws -> CommandResult
}

extension SessionCommand {
    static var printsLines: Bool { false }
}

/// What a command has to say, in both forms, and how the process ends.
struct CommandResult: Sendable {
    var document: JSONValue
    /// Members of the document that are too long to be values.
    var lists: [String: JSONList] = [:]
    var text: String
    var status: ExitStatus
    /// Shown after the text; already part of the document.
    var failure: Failure?
    /// The command has written its document already (JSON Lines).
    var isPrinted: Bool

    init(
        _ document: JSONValue, text: String, status: ExitStatus = .done, failure: Failure? = nil,
        isPrinted: Bool = false
    ) {
        self.document = document
        self.text = text
        self.status = status
        self.failure = failure
        self.isPrinted = isPrinted
    }
}
