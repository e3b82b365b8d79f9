/// List prices of Cloud Run in US dollars, with the day on which they were read.
package struct PriceTable: Hashable, Sendable {
    package struct Source: Codable, Hashable, Sendable {
        package var name: String
        package var url: String
        /// `YYYY-MM`: the month whose list it is.
        package var asOf: String
        package var assumptions: String
        /// At the time of the report; nil in the table itself.
        package var ageMonths: Int?

        /// From here on somebody should look the prices up again: Google changes them about once in a year.
        package static let oldMonths = 12

        package var isOld: Bool { ageMonths ?? 0 >= Self.oldMonths }

        /// With the whole months from its list to a moment, RFC 3339.
        package func shown(at moment: String) -> Source {
            func months(_ text: String) -> Int? {
                let parts = text.split(separator: "-").prefix(2).compactMap { Int($0) }
                return parts.count == 2 ? parts[0] * 12 + parts[1] : nil
            }
            var shown = self
            if let then = months(asOf), let now = months(String(moment.prefix(7))) {
                shown.ageMonths = max(0, now - then)
            }
            return shown
        }
    }

    /// For one second of a vCPU or GiB.
    package struct Tier: Hashable, Sendable {
        package var core: Double
        package var memory: Double
        /// Of an instance that is kept and answers nothing.
        package var idleCore: Double
        package var idleMemory: Double
        /// Where instances are paid and not requests.
        package var instanceCore: Double
        package var instanceMemory: Double
    }

    package var source: Source
    package var tiers: [Int: Tier]
    package var regions: [String: Int]
    package var millionRequests: Double

    /// 365 days / 12.
    private static let secondsPerMonth = 2_628_000.0

    /// Nil for a region that the table does not have.
    package func estimate(_ resources: ReportedResources, region: String) -> CostEstimate? {
        guard let number = regions[region], let tier = tiers[number] else { return nil }
        let cores = Double(resources.milliCores) / 1000
        let memory = Double(resources.memoryBytes) / 1_073_741_824
        func month(_ core: Double, _ gigabyte: Double) -> Double {
            (cores * core + memory * gigabyte) * Self.secondsPerMonth
        }
        let isByInstance = resources.isBilledByInstance
        let busy = isByInstance ? month(tier.instanceCore, tier.instanceMemory) : month(tier.core, tier.memory)
        let idle = isByInstance ? busy : month(tier.idleCore, tier.idleMemory)
        return CostEstimate(
            idle: idle * Double(resources.minInstances), busyInstance: busy,
            ceiling: busy * Double(max(resources.maxInstances, resources.minInstances)),
            millionRequests: isByInstance ? 0 : millionRequests, tier: number)
    }

    package static let cloudRun = PriceTable(
        source: Source(
            name: "Google Cloud Run price list", url: "https://cloud.google.com/run/pricing", asOf: "2025-10",
            assumptions: "a month of 730 hours; without free tier, discounts, network, sidecars and GPUs"),
        tiers: [
            1: Tier(
                core: 0.000_024, memory: 0.000_002_5, idleCore: 0.000_002_5, idleMemory: 0.000_002_5,
                instanceCore: 0.000_018, instanceMemory: 0.000_002),
            2: Tier(
                core: 0.000_033_6, memory: 0.000_003_5, idleCore: 0.000_003_5, idleMemory: 0.000_003_5,
                instanceCore: 0.000_025_2, instanceMemory: 0.000_002_8),
        ],
        // <https://cloud.google.com/run/docs/locations>, by price tier.
        regions: regions(
            [
                "asia-east1", "asia-northeast1", "asia-northeast2", "europe-north1", "europe-southwest1",
                "europe-west1",
                "europe-west4", "europe-west8", "europe-west9", "me-west1", "us-central1", "us-east1", "us-east4",
                "us-east5", "us-south1", "us-west1",
            ],
            [
                "africa-south1", "asia-east2", "asia-northeast3", "asia-south1", "asia-south2", "asia-southeast1",
                "asia-southeast2", "australia-southeast1", "australia-southeast2", "europe-central2", "europe-west10",
                "europe-west12", "europe-west2", "europe-west3", "europe-west6", "me-central1", "me-central2",
                "northamerica-northeast1", "northamerica-northeast2", "southamerica-east1", "southamerica-west1",
                "us-west2", "us-west3", "us-west4",
            ]), millionRequests: 0.4)

    private static func regions(_ first: [String], _ second: [String]) -> [String: Int] {
        Dictionary(first.map { ($0, 1) } + second.map { ($0, 2) }, uniquingKeysWith: { $1 })
    }
}
