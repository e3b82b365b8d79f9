import JSON
package import Releases

/// Service Usage: how much of Cloud Run a project may have.
extension GoogleInspection {
    package func limits(of metric: String, in project: String) async -> Inspected<[QuotaLimit]> {
        // Only the whole view has the limits of regions whose own nobody has changed (`QuotaView`).
        let url =
            "\(endpoints.serviceUsage)/v1beta1/projects/\(project.percentEncoded)/services/run.googleapis.com"
            + "/consumerQuotaMetrics/\(metric.percentEncoded)?view=FULL"
        return await look(url) { document in
            document["consumerQuotaLimits"]?.array.map { limits in
                limits.filter { $0["unit"]?.string?.contains("{region}") == true }
                    .flatMap { $0["quotaBuckets"]?.array ?? [] }.compactMap(Self.limit)
            }
        }
    }

    /// Nil for a bucket of something else than a region.
    private static func limit(_ bucket: JSONValue) -> QuotaLimit? {
        let dimensions = bucket["dimensions"]?.object ?? [:]
        guard Set(dimensions.keys).isSubset(of: ["region"]), let value = bucket["effectiveLimit"]?.integer else {
            return nil
        }
        return QuotaLimit(region: dimensions["region"]?.string, value: value)
    }
}
