import JSON

/// The conditions of a service, from those of its newest revision and of its routes.
struct ServiceConditions: Hashable, Sendable {
    var ready: JSONValue
    var configurations: JSONValue
    var routes: JSONValue

    var all: [JSONValue] { [routes, configurations] }

    /// `latest` is the revision that was created last. A service that serves an older revision has good routes although
    /// its newest revision failed; `Ready` is false all the same, until a revision comes up again.
    init(latest: JSONValue?, isServing: Bool, failedRoutes: String?, at time: Timestamp) {
        let condition = latest.flatMap(RevisionDocument.ready)
        func copy(_ type: String, _ state: Condition.State) -> JSONValue {
            Condition.make(
                type, state, at: time, message: condition?["message"]?.string, reason: condition?["reason"]?.string,
                revisionReason: condition?["revisionReason"]?.string)
        }
        let revision = latest.map(RevisionDocument.state) ?? .pending
        switch revision {
        case .succeeded: configurations = Condition.make("ConfigurationsReady", .succeeded, at: time)
        case .failed: configurations = copy("ConfigurationsReady", .failed)
        default: configurations = Condition.make("ConfigurationsReady", .reconciling, at: time)
        }
        if let failedRoutes {
            routes = Condition.make(
                "RoutesReady", .failed, at: time, message: failedRoutes, reason: "REVISION_FAILED")
        } else if !isServing {
            routes =
                revision == .failed
                ? copy("RoutesReady", .failed) : Condition.make("RoutesReady", .reconciling, at: time)
        } else {
            routes = Condition.make("RoutesReady", .succeeded, at: time)
        }
        if revision == .failed {
            ready = copy("Ready", .failed)
        } else if let failedRoutes {
            ready = Condition.make("Ready", .failed, at: time, message: failedRoutes, reason: "REVISION_FAILED")
        } else if revision == .succeeded, isServing {
            ready = Condition.make("Ready", .succeeded, at: time)
        } else {
            ready = Condition.make("Ready", .reconciling, at: time)
        }
    }
}
