/// A brief is read by people and by programs with little room: each text and each list has a bound, and what is left out
/// is said.
extension Brief {
    package enum Bounds {
        package static let groups = 30
        package static let checksOfGroup = 100
        package static let reproductions = 100
        package static let observations = 60
        package static let logLines = 20
        package static let suspects = 60
        package static let notRun = 30
        package static let changes = 30
        /// Characters.
        package static let message = 2000
        package static let line = 500
    }

    mutating func bound() {
        groups = cut(groups, Bounds.groups, "groups of failures")
        for index in groups.indices {
            let count = groups[index].checks.count
            if count > Bounds.checksOfGroup {
                groups[index].checks = Array(groups[index].checks.prefix(Bounds.checksOfGroup))
                cuts.append(
                    "\(count - Bounds.checksOfGroup) of \(count) checks of the group `\(clipped(groups[index].cause.statement, 200))`"
                )
            }
            groups[index].cause.evidence = groups[index].cause.evidence.map(clipped)
            groups[index].cause.whys = groups[index].cause.whys.map { why in
                var why = why
                why.answer = clipped(why.answer, Bounds.message)
                why.evidence = why.evidence.prefix(10).map(clipped)
                return why
            }
            groups[index].alsoSeen = Array(groups[index].alsoSeen.prefix(20))
        }
        reproduce = cut(reproduce, Bounds.reproductions, "commands that ask again")
        for index in reproduce.indices {
            reproduce[index].byHand = reproduce[index].byHand.prefix(20).map { clipped($0, Bounds.message) }
        }
        observations = cut(observations, Bounds.observations, "checks with what they saw")
        for index in observations.indices {
            observations[index].message = clipped(observations[index].message, Bounds.message)
            let lines = observations[index].logLines
            if lines.count > Bounds.logLines {
                cuts.append("\(lines.count - Bounds.logLines) earlier log lines of \(observations[index].check.name)")
            }
            observations[index].logLines = lines.suffix(Bounds.logLines).map { clipped($0, Bounds.line) }
        }
        suspects = cut(suspects, Bounds.suspects, "suspects")
        for index in suspects.indices {
            suspects[index].detail = clipped(suspects[index].detail, Bounds.line)
        }
        for index in changes.indices {
            changes[index].settings = cut(
                changes[index].settings, Bounds.changes, "settings of \(changes[index].service) that changed")
            changes[index].secrets = cut(
                changes[index].secrets, Bounds.changes, "secrets of \(changes[index].service) that changed")
            changes[index].commits = cut(changes[index].commits, Bounds.changes, "commits of \(changes[index].service)")
            for place in changes[index].commits.indices {
                changes[index].commits[place].subject = clipped(changes[index].commits[place].subject, Bounds.line)
            }
        }
        notRun = cut(notRun, Bounds.notRun, "reasons for which checks did not run")
        for index in notRun.indices {
            notRun[index].reason = clipped(notRun[index].reason, Bounds.line)
            notRun[index].checks = Array(notRun[index].checks.prefix(20))
        }
        flaky = cut(flaky, Bounds.reproductions, "flaky checks")
    }

    private mutating func cut<Element>(_ list: [Element], _ most: Int, _ what: String) -> [Element] {
        guard list.count > most else { return list }
        cuts.append("\(list.count - most) of \(list.count) \(what)")
        return Array(list.prefix(most))
    }

    private func clipped(_ evidence: CauseEvidence) -> CauseEvidence {
        CauseEvidence(evidence.source, clipped(evidence.text, Bounds.line))
    }

    private func clipped(_ text: String, _ most: Int) -> String {
        text.unicodeScalars.count > most
            ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(most))) + "… (cut)" : text
    }
}
