import JSON

/// What Cloud Run refuses in what a revision may use: processors, memory, requests at a time, instances.
enum ScalingRules {
    private static let limits: Set<String> = ["cpu", "memory", "nvidia.com/gpu"]
    /// Whole processors (https://cloud.google.com/run/docs/configuring/services/cpu).
    private static let processors: Set<Int> = [1000, 2000, 4000, 6000, 8000]
    private static let mostMemory = 32 << 30

    /// With its defaults filled in; `place` is the template's.
    static func check(_ template: JSONValue, place: String) throws(APIError) {
        let concurrency = template["maxInstanceRequestConcurrency"]?.integer ?? 80
        let field = "\(place).max_instance_request_concurrency"
        guard (1...1000).contains(concurrency) else {
            throw APIError(.invalidArgument, "\(field): Must be a number between 0 and 1000.")
        }
        let containers = template["containers"]?.array ?? []
        let ingress = ServiceDefaults.ingressContainer(containers).map { containers[$0] }
        let cpu = ingress?["resources"]?["limits"]?["cpu"]?.string.flatMap(ResourceQuantity.milliProcessors) ?? 1000
        guard cpu >= 1000 || concurrency == 1 else {
            throw APIError(.invalidArgument, "\(field): must be 1 when less than one CPU is set.")
        }
        let minimum = template["scaling"]?["minInstanceCount"]?.integer ?? 0
        let maximum = template["scaling"]?["maxInstanceCount"]?.integer ?? 100
        guard minimum >= 0 else {
            throw APIError(
                .invalidArgument, "\(place).scaling.min_instance_count: must be greater than or equal to zero.")
        }
        guard maximum >= 1 else {
            throw APIError(
                .invalidArgument, "\(place).scaling.max_instance_count: must be greater than or equal to zero.")
        }
        guard minimum <= maximum else {
            throw APIError(
                .invalidArgument,
                "\(place).scaling.max_instance_count: must be greater than or equal to min_instance_count.")
        }
    }

    /// The limits of one container.
    static func checkLimits(of container: JSONValue, place: String) throws(APIError) {
        let place = "\(place).resources.limits"
        let given = container["resources"]?["limits"]?.object ?? [:]
        for name in given.keys.sorted() where !limits.contains(name) {
            throw APIError(.invalidArgument, "\(place): `\(name)` is not supported.")
        }
        var cpu = 1000
        if let text = given["cpu"]?.string {
            guard let value = ResourceQuantity.milliProcessors(text) else {
                throw APIError(.invalidArgument, "\(place).cpu: Could not parse Quantity `\(text)`.")
            }
            guard value < 1000 || processors.contains(value) else {
                throw APIError(
                    .invalidArgument,
                    "\(place).cpu: Invalid value specified for cpu. `\(text)` must be less than 1, or 1, 2, 4, 6 or 8.")
            }
            cpu = value
        }
        if let text = given["memory"]?.string {
            guard let bytes = ResourceQuantity.bytes(text) else {
                throw APIError(.invalidArgument, "\(place).memory: Could not parse Quantity `\(text)`.")
            }
            guard bytes <= mostMemory else {
                throw APIError(
                    .invalidArgument,
                    "\(place).memory: Invalid value specified for container memory. `\(text)` must be a quantity of at most 32Gi."
                )
            }
            // https://cloud.google.com/run/docs/configuring/services/memory-limits
            let least = cpu >= 6000 ? 4 << 30 : cpu >= 4000 ? 2 << 30 : 0
            guard bytes >= least else {
                throw APIError(
                    .invalidArgument,
                    "\(place).memory: For \(cpu / 1000) CPU, total memory must be at least \(least >> 30)Gi.")
            }
        }
    }
}
