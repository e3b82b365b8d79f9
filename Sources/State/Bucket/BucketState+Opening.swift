import Releases
import Synchronization

/// Whether this state is one that this program understands, and still here.
extension BucketState {
    /// Looks once per process; a bucket without anything in it is a new state.
    ///
    /// - Parameter environment: the one that is asked for; nil where the question names none.
    func prepare(_ environment: String? = nil) async throws {
        let control = try await control()
        if let environment, let moved = control.moved[environment] { throw moved.refusal(of: environment, at: place) }
    }

    /// Says in the bucket what it is, before anything else is written there.
    func found(_ environment: String) async throws {
        try await prepare(environment)
        guard known.withLock({ !$0.isFounded }) else { return }
        _ = try await put(BucketControl(layout: BucketControl.currentLayout), to: BucketNames.control, ifGeneration: 0)
        known.withLock { $0.isFounded = true }
    }

    private func control() async throws -> BucketControl {
        if let control = known.withLock({ $0.control }) { return control }
        let found = try await look(BucketNames.control, BucketControl.self)?.content
        // An object that is missing may be in a bucket that is missing.
        if found == nil { _ = try await list("", limit: 1) }
        let control = found ?? BucketControl(layout: BucketControl.currentLayout)
        guard control.layout <= BucketControl.currentLayout else {
            throw Failure(
                .unavailable, "the state in `\(place)` was written by a newer stagectl",
                details: [.init("layout", "\(control.layout)")], hint: "install the newest stagectl")
        }
        known.withLock {
            $0.control = control
            $0.isFounded = found != nil
        }
        return control
    }

    /// Runs `work` once it is known that the environment's state is here. Not interrupted by cancellation.
    func withState<Value: Sendable>(
        of environment: String, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await uncancelled {
            try await self.prepare(environment)
            return try await work()
        }
    }
}
