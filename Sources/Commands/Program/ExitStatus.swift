import JSON
package import Releases

/// The exit codes, their meaning, and the one mapping from what happened to a code.
package enum ExitStatus: Int32, CaseIterable, Sendable {
    case done = 0
    case release = 1
    case changesPending = 2
    case checks = 3
    case permission = 4
    case conflict = 5
    case needsAttention = 6
    case usage = 64
    case configuration = 65
    case unavailable = 69
    case internalError = 70
    case deadline = 75
    case interrupted = 130
    case terminated = 143

    package init(_ failure: Failure) {
        self =
            switch failure.category {
            case .usage: .usage
            case .configuration: .configuration
            case .unavailable: .unavailable
            case .permission: .permission
            case .conflict: .conflict
            case .release: .release
            case .checks: .checks
            case .needsAttention: .needsAttention
            case .deadline: .deadline
            case .interrupted: .interrupted
            case .terminated: .terminated
            case .internalError: .internalError
            }
    }

    /// A release that could not be put back is 6, whatever failed first.
    package init(_ release: ReleaseDocument) {
        switch release.outcome {
        case .promoted, .unchanged: self = .done
        case .held: self = release.error.map(ExitStatus.init) ?? .done
        case .rolledBack where release.kind == .rollback && release.error == nil: self = .done
        case .needsAttention: self = .needsAttention
        case .rolledBack, .failed: self = release.error.map(ExitStatus.init) ?? .release
        }
    }

    package var meaning: String {
        switch self {
        case .done: "done, or nothing to do, or held because that was asked"
        case .release: "the release failed (build, push, not ready, platform) and was undone, or halted safely"
        case .changesPending: "--detailed-exitcode on a plan: changes pending"
        case .checks: "a gate of checks did not pass: health, smoke, canary; failed, incomplete or inconclusive"
        case .permission: "not authenticated or not permitted"
        case .conflict: "conflict: locked, changed underneath, older commit"
        case .needsAttention: "needs attention: a step is in doubt; resume or abort"
        case .usage: "usage"
        case .configuration: "configuration invalid"
        case .unavailable: "a tool or remote is unavailable"
        case .internalError: "internal error"
        case .deadline: "deadline exceeded"
        case .interrupted: "SIGINT"
        case .terminated: "SIGTERM"
        }
    }

    static var document: JSONValue {
        .array(allCases.map { ["code": .integer(Int64($0.rawValue)), "meaning": .string($0.meaning)] })
    }

    package static var table: String {
        let rows = allCases.map { status in
            let code = String(status.rawValue)
            return String(repeating: " ", count: 4 - code.count) + code + "  " + status.meaning
        }
        return (rows + ["When several apply: 70 > 6 > 5 > 4 > 3 > 1."]).joined(separator: "\n")
    }
}
