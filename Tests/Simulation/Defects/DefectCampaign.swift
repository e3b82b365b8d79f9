/// Each known mistake by itself, until it is caught.
package struct DefectCampaign: Sendable {
    package struct Caught: Sendable {
        package var defect: Defect
        /// How many histories it took; nil when none of them showed it.
        package var seeds: Int?
        package var rule: Int?
    }

    private let first: UInt64
    private let most: Int

    package init(first: UInt64, most: Int) {
        self.first = first
        self.most = most
    }

    package func run() -> [Caught] { Defect.allCases.map(look) }

    package func look(for defect: Defect) -> Caught {
        let plans = PlanCache()
        for offset in 0..<most {
            let played = History(
                seed: first &+ UInt64(offset), defects: [defect], plans: plans, keeping: defect.keeping
            )
            .play()
            if let violation = played.violations.first {
                return Caught(defect: defect, seeds: offset + 1, rule: violation.rule)
            }
        }
        return Caught(defect: defect)
    }
}
