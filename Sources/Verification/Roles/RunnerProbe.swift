/// Runs somebody else's tests: a program that leaves a report, and a place from which it reaches the target.
package protocol RunnerProbe: Sendable {
    /// A place for one run. Whoever gets one closes it.
    func prepare(_ wish: RunnerPlaceRequest) async -> RunnerPlaceOutcome
}

/// What a runner needs before its arguments can be written.
package struct RunnerPlaceRequest: Hashable, Sendable {
    /// Without a slash at the end.
    package var targetURL: String
    package var network: RunnerCheck.Network
    /// Added to requests to the target where the runner sends none of that name.
    package var headers: [HeaderField]
    /// The response header that says which revision answered.
    package var identityHeader: String?

    package init(
        targetURL: String, network: RunnerCheck.Network, headers: [HeaderField] = [], identityHeader: String? = nil
    ) {
        self.targetURL = targetURL
        self.network = network
        self.headers = headers
        self.identityHeader = identityHeader
    }
}

package enum RunnerPlaceOutcome: Sendable {
    case ready(any RunnerPlace)
    case failure(ProbeFailure)
}

package protocol RunnerPlace: Sendable {
    /// Where the runner finds the target: its own address, or one of this machine that leads there and counts.
    var targetURL: String { get }
    /// A file that is not there yet, in a folder of its own.
    var reportPath: String { get }
    /// Runs the program to its end. `onLine` gets every line of its output and of its errors as it comes, with the
    /// moment in seconds since 1970; the first is empty, with the moment at which it began.
    func run(
        _ request: RunnerProbeRequest, onLine: @escaping @Sendable (_ line: String, _ isError: Bool, Double) -> Void
    ) async -> RunnerProbeOutcome
    /// Takes the place away, with all that was written there.
    func close() async
}

package struct RunnerProbeRequest: Hashable, Sendable {
    /// The program and its arguments.
    package var arguments: [String]
    /// All that the program gets, besides what `inherited` names of this process's own.
    package var environment: [String: String]
    /// Names of variables, or patterns with `*`.
    package var inherited: [String]
    package var workingDirectory: String?
    package var timeoutMilliseconds: Int
    /// Where reports are when it has ended: a path, whose last part may hold `*`. Nil where it comes in lines.
    package var reports: String?
    /// Patterns of files of which the program gets its share as arguments; nil where it gets none.
    package var files: [String]?
    package var share: RunnerCheck.Share?

    package init(
        arguments: [String], environment: [String: String] = [:], inherited: [String] = [],
        workingDirectory: String? = nil, timeoutMilliseconds: Int = 600_000, reports: String? = nil,
        files: [String]? = nil, share: RunnerCheck.Share? = nil
    ) {
        self.arguments = arguments
        self.environment = environment
        self.inherited = inherited
        self.workingDirectory = workingDirectory
        self.timeoutMilliseconds = timeoutMilliseconds
        self.reports = reports
        self.files = files
        self.share = share
    }
}

package enum RunnerProbeOutcome: Sendable {
    case ended(RunnerEnding)
    /// It was not started, or no share of the files could be made.
    case failure(ProbeFailure)
}

package struct RunnerEnding: Sendable {
    /// 128 and the signal's number where a signal ended it.
    package var exitCode: Int
    /// It was ended at its limit, with all that it had started.
    package var timedOut: Bool
    package var window: RunWindow
    package var reports: [RunnerReportFile]
    package var usage: ProgramUsage?
    /// Nil where nobody counted.
    package var traffic: RunnerTraffic?
    /// Files that were its share, of so many.
    package var files: FileShare?

    package init(
        exitCode: Int, timedOut: Bool = false, window: RunWindow, reports: [RunnerReportFile] = [],
        usage: ProgramUsage? = nil, traffic: RunnerTraffic? = nil, files: FileShare? = nil
    ) {
        self.exitCode = exitCode
        self.timedOut = timedOut
        self.window = window
        self.reports = reports
        self.usage = usage
        self.traffic = traffic
        self.files = files
    }
}

/// A file that a runner left.
package struct RunnerReportFile: Sendable {
    package var name: String
    /// In seconds since 1970.
    package var writtenAt: Double
    /// Bytes from this place on, at most so many; none at the end, nil where it cannot be read.
    package var read: @Sendable (_ offset: Int, _ count: Int) -> [UInt8]?

    package init(name: String, writtenAt: Double, read: @escaping @Sendable (Int, Int) -> [UInt8]?) {
        self.name = name
        self.writtenAt = writtenAt
        self.read = read
    }

    package init(name: String, writtenAt: Double, bytes: [UInt8]) {
        self.init(name: name, writtenAt: writtenAt) { offset, count in
            Array(bytes.dropFirst(offset).prefix(count))
        }
    }
}
