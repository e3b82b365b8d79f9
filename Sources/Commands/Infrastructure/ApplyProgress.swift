import Infrastructure
import Synchronization

/// How far an apply is, for whoever is told of it line by line.
final class ApplyProgress: Sendable {
    private let progress: Mutex<TerraformProgress>

    init(_ progress: TerraformProgress) {
        self.progress = Mutex(progress)
    }

    func after(_ event: TerraformEvent) -> TerraformProgress {
        progress.withLock { progress in
            progress.take(event)
            return progress
        }
    }
}
