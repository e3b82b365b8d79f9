/// Cloud Run's rules between processor, memory, concurrency and instances.
enum ResourceChecks {
    /// The least and the most memory in MiB that go with so many cores (cloud.google.com/run/docs/configuring).
    private static func memoryBounds(milliCores: Int) -> ClosedRange<Int>? {
        switch milliCores {
        case ..<1000: 128...512
        case 1000: 128...4096
        case 2000: 128...8192
        case 4000: 2048...16384
        case 6000: 4096...24576
        case 8000: 4096...32768
        // No such choice: said already where the value was read.
        default: nil
        }
    }

    static func findings(of container: ContainerSettings, node: ConfigurationNode, path: String) -> [Finding] {
        var findings: [Finding] = []
        let cores = container.cpu.flatMap(ProcessorText.milliCores) ?? 1000
        let memory = container.memory.flatMap(MemoryText.bytes) ?? 512 << 20
        let bounds = memoryBounds(milliCores: cores)
        let spelledCPU = container.cpu ?? "1"
        if let bounds, memory > bounds.upperBound << 20, let written = node["memory"] {
            findings.append(
                Finding(
                    about: written, path: "\(path).memory",
                    message: "\(container.memory ?? "512Mi") of memory need more than \(spelledCPU) cpu",
                    hint: "at most \(bounds.upperBound)Mi with this cpu"))
        }
        if let bounds, memory < bounds.lowerBound << 20, let written = node["cpu"] {
            findings.append(
                Finding(
                    about: written, path: "\(path).cpu",
                    message: "\(spelledCPU) cpu need more memory than \(container.memory ?? "512Mi")",
                    hint: "memory: \(bounds.lowerBound / 1024)Gi"))
        }
        if cores < 1000, let concurrency = container.concurrency, concurrency > 1, let written = node["concurrency"] {
            findings.append(
                Finding(
                    about: written, path: "\(path).concurrency",
                    message: "less than one cpu serves one request at a time, not \(concurrency)",
                    hint: "concurrency: 1, or cpu: \"1\""))
        }
        if let least = container.minInstances, least > container.maxInstances ?? 100 {
            findings.append(
                Finding(
                    about: node["min_instances"] ?? node, path: "\(path).min_instances",
                    message: "`min_instances` is \(least), more than `max_instances` (\(container.maxInstances ?? 100))"
                ))
        }
        return findings
    }
}
