/// Why the local Cloud Run did not start.
package enum LocalServerError: Error, Hashable, Sendable {
    /// Another program listens on this port.
    case portTaken(Int)
    case couldNotListen(port: Int, reason: String)
    /// Another server runs on this state folder.
    case stateInUse(folder: String)
    case stateUnusable(folder: String, reason: String)
    /// The file of faults is not readable, or not a plan.
    case faultsInvalid(file: String, problems: [String])
}
