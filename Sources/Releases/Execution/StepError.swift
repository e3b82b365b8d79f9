/// A step that failed, with what it had found out by then.
struct StepError: Error {
    var failure: Failure
    var output: StepOutput

    init(_ failure: Failure, output: StepOutput = StepOutput()) {
        self.failure = failure
        self.output = output
    }

    /// Gives any error the one shape that is journaled.
    init(lifting error: any Error) {
        switch error {
        case let step as StepError: self = step
        case let failure as Failure: self.init(failure)
        // It says nothing about how far the step had come.
        case is CancellationError: self.init(Failure(.interrupted, "interrupted", mayHaveHappened: true))
        default: self.init(Failure(.internalError, "unexpected error", details: [.init("error", "\(error)")]))
        }
    }
}
