package import Configuration

/// The argument vectors of Terraform and OpenTofu, which take the same ones. Values never stand in them: they go into
/// a file that only this user reads.
package struct TerraformArguments: Sendable {
    private let settings: InfrastructureSettings
    /// Absolute.
    let variableFiles: [String]

    /// - Parameter variableFiles: absolute paths, in the order in which later ones win.
    package init(_ settings: InfrastructureSettings, variableFiles: [String]) {
        self.settings = settings
        self.variableFiles = variableFiles
    }

    private var program: String { settings.tool.rawValue }
    private var lockTimeout: String { "-lock-timeout=\(settings.lockTimeoutSeconds)s" }

    /// - Parameter hasLockFile: with a `.terraform.lock.hcl` nothing but its versions is taken.
    package func initialise(hasLockFile: Bool) -> [String] {
        [program, "init", "-input=false", "-no-color"] + (hasLockFile ? ["-lockfile=readonly"] : [])
            + settings.backend.sorted { $0.key < $1.key }.map { "-backend-config=\($0.key)=\($0.value)" }
    }

    package enum PlanMode: Hashable, Sendable {
        case change, destroy
        /// What was changed outside, and nothing else.
        case drift
    }

    /// Exit code 0: nothing to do; 1: failed; 2: something to do.
    package func plan(_ mode: PlanMode, file: String) -> [String] {
        var arguments = [program, "plan", "-input=false", "-json", "-detailed-exitcode", lockTimeout]
        switch mode {
        case .change: break
        case .destroy: arguments.append("-destroy")
        case .drift: arguments.append("-refresh-only")
        }
        return arguments + variableFiles.map { "-var-file=\($0)" } + ["-out=\(file)"]
    }

    package func show(file: String) -> [String] { [program, "show", "-json", file] }

    package func apply(file: String) -> [String] { [program, "apply", "-input=false", "-json", lockTimeout, file] }

    package var outputs: [String] { [program, "output", "-json"] }

    package var pullState: [String] { [program, "state", "pull"] }
}
