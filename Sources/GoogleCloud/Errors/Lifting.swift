import Releases

/// Runs `body` and lifts what it throws to ``Failure``; `subject` is what was attempted, as a clause.
func lifting<Value>(_ subject: String, _ body: () async throws -> Value) async throws -> Value {
    do {
        return try await body()
    } catch let failure as Failure {
        throw failure
    } catch let error as GoogleError {
        throw Failure(error, during: subject)
    } catch is CancellationError {
        throw Failure(.interrupted, "\(subject) was interrupted")
    } catch {
        throw Failure(.internalError, "\(subject) failed", details: [.init("reason", "\(error)")])
    }
}
