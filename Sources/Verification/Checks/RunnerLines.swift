import Synchronization

/// The lines of a runner as they come: reports that are made of them, how it goes, and the last ones, which mostly say
/// what went wrong.
final class RunnerLines: Sendable {
    private struct State {
        var tap = TAPReader()
        var goTest = GoTestReader()
        var progress = RunnerProgress()
        var last: [String] = []
        var finished: ExternalReport?
        /// When the lines of tests came: one test ends with its line, and began with the one before it.
        var times: [String: ClosedRange<Double>] = [:]
        var lastMoment: Double?
    }

    private static let kept = 12
    private static let longestLine = 400

    private let format: ExternalFormat
    private let state = Mutex(State())

    init(_ format: ExternalFormat) {
        self.format = format
    }

    /// - Returns: how it goes, where the line says something about a test.
    func take(_ line: String, isError: Bool, at moment: Double?) -> RunnerProgress? {
        state.withLock { state in
            if !line.allSatisfy(\.isWhitespace), format != .goTest || isError || !line.hasPrefix("{") {
                if state.last.count == Self.kept { state.last.removeFirst() }
                state.last.append(String(line.prefix(Self.longestLine)))
            }
            guard !isError else { return nil }
            if state.lastMoment == nil { state.lastMoment = moment }
            switch format {
            case .tap: return state.tap.take(line, at: moment).map { Self.count($0, &state.progress) }
            case .goTest: return state.goTest.take(line).map { Self.count($0, &state.progress) }
            case .junit, .playwright:
                guard let test = Self.told(line) else { return nil }
                if let moment, state.times.count < ExternalReport.mostTests, !line.hasPrefix("[") {
                    state.times[Self.nameInReport(test.id)] =
                        (state.lastMoment ?? moment)...max(state.lastMoment ?? moment, moment)
                    state.lastMoment = moment
                }
                return Self.count(test, &state.progress)
            }
        }
    }

    /// A file of lines; they came at no moment that is known.
    func read(_ file: RunnerReportFile) {
        var offset = 0
        var rest: [UInt8] = []
        while let bytes = file.read(offset, ExternalReport.piece), !bytes.isEmpty {
            offset += bytes.count
            rest += bytes
            var start = rest.startIndex
            while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                _ = take(String(decoding: rest[start..<end], as: UTF8.self), isError: false, at: nil)
                start = end + 1
            }
            rest.removeFirst(start)
            // A line that never ends is none of these formats'.
            if rest.count > 4 << 20 { rest = [] }
        }
        if !rest.isEmpty { _ = take(String(decoding: rest, as: UTF8.self), isError: false, at: nil) }
    }

    /// The report that the lines are; complete when the runner has ended.
    var report: ExternalReport {
        state.withLock { state in
            if let report = state.finished { return report }
            let report =
                switch format {
                case .tap: state.tap.finish()
                case .goTest: state.goTest.finish()
                case .junit, .playwright: ExternalReport()
                }
            state.finished = report
            return report
        }
    }

    /// When a test ran, by the lines that tell of it; nil where none does.
    func time(of test: String) -> ClosedRange<Double>? { state.withLock { $0.times[test] } }

    var lastWords: String { state.withLock { $0.last.joined(separator: "\n") } }

    private static func count(_ test: ExternalTest, _ progress: inout RunnerProgress) -> RunnerProgress {
        switch test.outcome {
        case .passed, .flaky: progress.passed += 1
        case .failed, .error: progress.failed += 1
        case .skipped: progress.skipped += 1
        }
        progress.last = String(test.id.prefix(longestLine))
        progress.isFailure = test.outcome == .failed || test.outcome == .error
        return progress
    }

    /// `pytest -v` says one line for each test: `tests/test_a.py::test_b PASSED   [ 50%]`. For people alone; what counts
    /// is the report.
    static func told(_ line: String) -> ExternalTest? {
        let words = line.split(separator: " ", omittingEmptySubsequences: true)
        let names: [Substring: ExternalTest.Outcome] = [
            "PASSED": .passed, "FAILED": .failed, "ERROR": .error, "SKIPPED": .skipped, "XFAIL": .skipped,
            "XPASS": .failed,
        ]
        guard words.count >= 2, let place = words.firstIndex(where: { names[$0] != nil }),
            let outcome = names[words[place]]
        else { return nil }
        // Several at once (pytest-xdist) say `[gw0] [ 50%] PASSED tests/test_a.py::test_b`.
        let id = words[0].hasPrefix("[gw") ? words[(place + 1)...] : words[..<place]
        guard id.first?.contains("::") == true else { return nil }
        return ExternalTest(id: id.joined(separator: " "), outcome: outcome)
    }

    /// `tests/test_a.py::TestB::test_c` is `tests.test_a.TestB.test_c` in pytest's report.
    private static func nameInReport(_ id: String) -> String {
        guard let mark = id.firstRange(of: "::") else { return id }
        let file = id[..<mark.lowerBound]
        let module = file.hasSuffix(".py") ? file.dropLast(3) : file
        // Slashes and colons of a parameter's own are left alone.
        let rest = id[mark.upperBound...]
        let name = rest.prefix { $0 != "[" }
        return module.replacing("/", with: ".") + "." + name.replacing("::", with: ".") + rest.dropFirst(name.count)
    }
}
