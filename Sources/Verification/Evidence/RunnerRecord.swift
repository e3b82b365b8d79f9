/// One run of an external runner: what it came to, what it used, and whom it asked.
package struct RunnerRecord: Codable, Hashable, Sendable {
    package var suite: String
    /// The check that ran it; its tests are called `CHECK/TEST`.
    package var check: String
    package var exitCode: Int
    package var milliseconds: Double
    package var tests: Int
    package var skipped: Int
    package var usage: ProgramUsage?
    package var traffic: RunnerTraffic?
    package var files: FileShare?

    package init(
        suite: String = "", check: String = "", exitCode: Int, milliseconds: Double, tests: Int, skipped: Int,
        usage: ProgramUsage? = nil, traffic: RunnerTraffic? = nil, files: FileShare? = nil
    ) {
        self.suite = suite
        self.check = check
        self.exitCode = exitCode
        self.milliseconds = milliseconds
        self.tests = tests
        self.skipped = skipped
        self.usage = usage
        self.traffic = traffic
        self.files = files
    }
}

/// What a program and all that it started used.
package struct ProgramUsage: Codable, Hashable, Sendable {
    /// The most resident memory of all of them at one moment, as far as somebody looked.
    package var peakMemoryBytes: Int
    /// Of all of them together, user and system.
    package var cpuMilliseconds: Double
    /// The most of them at one moment.
    package var processes: Int

    package init(peakMemoryBytes: Int, cpuMilliseconds: Double, processes: Int) {
        self.peakMemoryBytes = peakMemoryBytes
        self.cpuMilliseconds = cpuMilliseconds
        self.processes = processes
    }
}

/// The files that one part of a run was given, of all that there are.
package struct FileShare: Codable, Hashable, Sendable {
    package var own: [String]
    package var total: Int

    package init(own: [String], total: Int) {
        self.own = own
        self.total = total
    }
}

/// Whom a runner asked, as the proxy that it was given has seen.
package struct RunnerTraffic: Codable, Hashable, Sendable {
    package struct Host: Codable, Hashable, Sendable {
        /// `host:port`
        package var authority: String
        package var connections: Int
        /// Requests whose head was seen; 0 for a tunnel, in which nobody looks.
        package var requests: Int
        /// Requests that were answered; of a tunnel 1 where bytes went both ways.
        package var answers: Int

        package init(authority: String, connections: Int = 0, requests: Int = 0, answers: Int = 0) {
            self.authority = authority
            self.connections = connections
            self.requests = requests
            self.answers = answers
        }
    }

    /// Sorted by authority.
    package var hosts: [Host]
    /// Who answered, by the header that says it, and how often.
    package var revisions: [String: Int]
    /// When the target answered, in seconds since 1970: the first 100,000 times.
    package var moments: [Double]

    package init(hosts: [Host] = [], revisions: [String: Int] = [:], moments: [Double] = []) {
        self.hosts = hosts
        self.revisions = revisions
        self.moments = moments
    }

    private enum CodingKeys: String, CodingKey {
        case hosts, revisions
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        hosts = try container.decode([Host].self, forKey: .hosts)
        revisions = try container.decode([String: Int].self, forKey: .revisions)
        // What each test says of its own time is in its evidence.
        moments = []
    }

    /// Answers of these addresses.
    func answers(of authorities: Set<String>) -> Int {
        hosts.reduce(0) { $0 + (authorities.contains($1.authority) ? $1.answers : 0) }
    }

    /// Answers of the target from one moment to another.
    func answers(from start: Double, to end: Double) -> Int {
        // They are in the order in which they came.
        func firstIndex(_ isBehind: (Double) -> Bool) -> Int {
            var (low, high) = (0, moments.count)
            while low < high {
                let middle = (low + high) / 2
                if isBehind(moments[middle]) { high = middle } else { low = middle + 1 }
            }
            return low
        }
        return max(0, firstIndex { $0 > end } - firstIndex { $0 >= start })
    }
}
