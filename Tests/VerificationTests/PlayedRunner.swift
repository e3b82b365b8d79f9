import Synchronization
import Verification

/// A runner of which a test says what it leaves and whom it asked. By itself it has one test, which passes unless the
/// program is called `wrong`.
struct PlayedRunner: RunnerProbe {
    var lines: [(String, Double)] = []
    /// Files; nil for one with the test that it has by itself.
    var reports: [[UInt8]]?
    var exitCode: Int?
    var timedOut = false
    /// In seconds since 1970.
    var window = RunWindow(start: 1_790_000_000, end: 1_790_000_060)
    var writtenAt: Double?
    var traffic: RunnerTraffic? = RunnerTraffic(
        hosts: [.init(authority: "api.example.com:443", connections: 1, requests: 3, answers: 3)],
        revisions: ["r-1": 3], moments: [1_790_000_001, 1_790_000_002, 1_790_000_003])
    var usage: ProgramUsage? = ProgramUsage(peakMemoryBytes: 40 << 20, cpuMilliseconds: 120, processes: 2)
    var files: FileShare?
    var seen: @Sendable (RunnerPlaceRequest, RunnerProbeRequest) -> Void = { _, _ in }

    func prepare(_ wish: RunnerPlaceRequest) async -> RunnerPlaceOutcome { .ready(Place(probe: self, wish: wish)) }

    private struct Place: RunnerPlace {
        let probe: PlayedRunner
        let wish: RunnerPlaceRequest
        let targetURL = "http://127.0.0.1:4711"
        let reportPath = "/place/report"

        func run(
            _ request: RunnerProbeRequest, onLine: @escaping @Sendable (String, Bool, Double) -> Void
        ) async -> RunnerProbeOutcome {
            probe.seen(wish, request)
            onLine("", false, probe.window.start)
            for (line, moment) in probe.lines { onLine(line, false, moment) }
            let isWrong = request.arguments == ["wrong"]
            var ending = RunnerEnding(
                exitCode: probe.exitCode ?? (isWrong ? 1 : 0), timedOut: probe.timedOut, window: probe.window,
                usage: probe.usage, traffic: wish.network == .none ? nil : probe.traffic, files: probe.files)
            guard request.reports != nil else { return .ended(ending) }
            let failure = isWrong ? "<failure message=\"wrong\"/>" : ""
            let own = "<testsuite tests=\"1\"><testcase name=\"a\" time=\"0.7\">\(failure)</testcase></testsuite>"
            ending.reports = (probe.reports ?? [Array(own.utf8)]).enumerated().map { number, bytes in
                RunnerReportFile(
                    name: "report-\(number)", writtenAt: probe.writtenAt ?? probe.window.end, bytes: bytes)
            }
            return .ended(ending)
        }

        func close() async {}
    }
}
