import Verification

/// What is asked for is not in this revision.
enum RouteCauses {
    static let rules = [
        CauseRule(.routeMissing) { failure in
            guard [404, 405, 501].contains(failure.status) else { return nil }
            let route = failure.signature.route
            let path = route?.split(separator: " ").last.map(String.init)
            // The very same route answers elsewhere: one thing is missing there, not the route.
            if let path, failure.index.answers(path, failure.service) { return nil }
            let isDocumented = path.flatMap { failure.index.documents($0, failure.service) }
            let byPlatform = failure.answeredBy == .platform
            return CauseFinding(
                isDocumented == true ? .named : .shown, .routeMissing, subject: byPlatform ? "reserved path" : nil,
                byPlatform
                    ? "Google's front end answers this path itself; `\(failure.service)` never sees it"
                    : "this revision of `\(failure.service)` does not have the routes that are asked for",
                evidence: [
                    failure.messages.first?.evidence,
                    isDocumented.map {
                        CauseEvidence(.inventory, "\(route ?? "") is \($0 ? "" : "not ")among the documented routes")
                    },
                ],
                fix: isDocumented == false
                    ? "add the route to \(failure.service), or correct the path that the check asks for"
                    : "register the route in \(failure.service), or take it off its API description")
        }
    ]
}
