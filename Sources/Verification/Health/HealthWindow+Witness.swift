/// Who answered, where the answers do not say.
extension HealthWindow {
    /// Asks the log about the samples that count, and judges them again.
    ///
    /// - Returns: what is to be said about identity; nil when the answers said it themselves.
    func hearWitness(_ witness: TraceWitness, about decider: inout HealthDecider, _ question: HealthQuestion) async
        -> (words: String?, isSilent: Bool)
    {
        guard let expected = question.expectedRevision else { return (nil, true) }
        let counted = decider.samples.indices.suffix(decider.needed).filter { decider.samples[$0].isUnwitnessed }
        guard !counted.isEmpty else { return (nil, false) }
        let traces = Set(counted.compactMap { decider.samples[$0].traceID })
        let testimony = await witness.testimony(on: traces)
        var samples = decider.samples
        var unknown = 0
        for index in counted {
            let said = samples[index].traceID.flatMap { testimony.revisions[$0] }
            switch LogIdentity(said, expected: expected) {
            case .confirmed:
                samples[index].revision = expected
                samples[index].witness = .requestLog
            case .other(let other):
                samples[index].revision = other
                samples[index].witness = .requestLog
                samples[index].problem = LogIdentity.problem(other, expected: expected)
            case .unknown:
                unknown += 1
                // A service that says how it identifies itself has broken its word.
                if question.identity != nil { samples[index].problem = HealthQuestion.noIdentity }
            }
        }
        decider = HealthDecider(needed: decider.needed, samples: samples)
        guard unknown > 0 else { return ("identity by the request log", false) }
        let why = testimony.problem ?? "the request log shows \(unknown) of \(counted.count) answers not in time"
        return ("without identity: \(why)", true)
    }
}

extension HealthWindowSample {
    /// A good answer that says nothing about who gave it.
    var isUnwitnessed: Bool { problem == nil && revision == nil && traceID != nil }
}
