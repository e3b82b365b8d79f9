import JSON

/// Many users at once, each with a name and a token of its own: everybody gets what is theirs, and nobody's answer
/// names another user.
package struct UsersCheck: Hashable, Sendable {
    package var http: HTTPCheck
    /// As `${user.name}`; none is a part of another.
    package var names: [String]
    /// Requests of each user, one after the other.
    package var rounds: Int

    package init(http: HTTPCheck, names: [String], rounds: Int = 3) {
        self.http = http
        self.names = names
        self.rounds = rounds
    }

    /// Names of the same length, so that none is a part of another.
    package static func names(count: Int) -> [String] {
        (0..<count).map { index in
            let digits = "\(index)"
            return "user-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        }
    }

    func measure(
        _ probe: any HTTPProbe, clock: any VerificationClock,
        asUser: @escaping @Sendable ([String: String]) async -> UserScope
    ) async -> Measurement {
        let start = clock.now()
        let answers = await withTaskGroup(of: (index: Int, answers: [Answer], tokens: [String]).self) { group in
            for (index, name) in names.enumerated() {
                group.addTask {
                    let user = await asUser(["user.name": name, "user.index": "\(index)"])
                    if let problem = user.problem { return (index, [Answer(name, problem, [])], user.tokens) }
                    var answers: [Answer] = []
                    for _ in 0..<rounds {
                        var scope = user.scope
                        scope.trace = .random()
                        answers.append(await ask(probe, as: name, in: scope))
                    }
                    return (index, answers, user.tokens)
                }
            }
            var all: [(index: Int, answers: [Answer], tokens: [String])] = []
            for await own in group { all.append(own) }
            return all.sorted { $0.index < $1.index }
        }
        var result = judge(answers.flatMap(\.answers))
        result.secrets = answers.flatMap(\.tokens)
        // What was measured is a lower bound of what the clock shows.
        let slowest = answers.flatMap(\.answers).map(\.measurement.milliseconds).max() ?? 0
        result.milliseconds = max(slowest, (clock.now() - start).milliseconds)
        return result
    }

    private func ask(_ probe: any HTTPProbe, as name: String, in scope: CheckScope) async -> Answer {
        do throws(Template.Unresolved) {
            let request = try http.request(in: scope)
            if let header = request.headers.malformed { return Answer(name, .malformedHeader(header), []) }
            let outcome = await probe.send(request)
            let measurement = try http.judge(outcome, to: request, in: scope)
            guard case .response(let response) = outcome else { return Answer(name, measurement, []) }
            return Answer(name, measurement, response.body)
        } catch {
            return Answer(name, .unresolved(error), [])
        }
    }

    package struct Answer: Sendable {
        package var user: String
        package var measurement: Measurement
        package var body: [UInt8]

        package init(_ user: String, _ measurement: Measurement, _ body: [UInt8]) {
            self.user = user
            self.measurement = measurement
            self.body = body
        }
    }

    static let leak = LikelyCause(
        cause:
            "the service keeps one user's data where another's request finds it: a global variable, a cache whose key "
            + "lacks the user, or a connection that is shared with its session",
        fix: "look for what is shared between requests at the commit that was deployed; do not move traffic to it")

    /// Pure: data of another user is worse than anything else that can be wrong.
    package func judge(_ answers: [Answer]) -> Measurement {
        let leaks = answers.compactMap { answer -> (answer: Answer, other: String)? in
            let text = String(decoding: answer.body, as: UTF8.self)
            return names.first { $0 != answer.user && text.contains($0) }.map { (answer, $0) }
        }
        let wrong = answers.filter { $0.measurement.outcome != .passed }
        // Nobody's data shows nothing about whose it is.
        let silent = answers.filter {
            $0.measurement.outcome == .passed && !String(decoding: $0.body, as: UTF8.self).contains($0.user)
        }
        let chosen = leaks.first?.answer ?? wrong.first ?? silent.first ?? answers.first
        guard var result = chosen?.measurement else { return Measurement(.error, summary: "no request was made") }
        var problems: [String] = []
        if let (answer, other) = leaks.first {
            problems.append(
                "\(leaks.count) of \(answers.count) answers hold another user's data: `\(answer.user)` was answered with "
                    + "`\(other)`")
            result.likely = Self.leak
        }
        if let first = wrong.first(where: { answer in !leaks.contains { $0.answer.user == answer.user } }) {
            problems.append(
                "\(wrong.count) of \(answers.count) answers are not as wanted, the first to `\(first.user)`: "
                    + (first.measurement.summary ?? ""))
        }
        if leaks.isEmpty, !silent.isEmpty {
            problems.append(
                "\(silent.count) of \(answers.count) answers do not name their user, so that they show nothing about "
                    + "isolation")
        }
        let unanswered = wrong.count == answers.count && wrong.allSatisfy { $0.measurement.outcome == .error }
        result.outcome = problems.isEmpty ? .passed : unanswered ? .error : .failed
        result.summary = problems.isEmpty ? nil : problems.joined(separator: "; ")
        result.evidence.bytes = answers.reduce(0) { $0 + $1.body.count }
        result.evidence.samples = SampleEvidence(count: answers.count, errors: wrong.count)
        return result
    }
}
