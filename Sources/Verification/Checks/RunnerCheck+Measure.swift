/// How an external runner goes, while it runs.
package struct RunnerProgress: Hashable, Sendable {
    package var passed = 0
    package var failed = 0
    package var skipped = 0
    /// What the runner said last about a test.
    package var last = ""
    /// That was a failure.
    package var isFailure = false

    package init() {}

    package var line: String {
        var counts = ["\(passed) passed"]
        if failed > 0 { counts.append("\(failed) failed") }
        if skipped > 0 { counts.append("\(skipped) skipped") }
        return counts.joined(separator: ", ") + (last.isEmpty ? "" : "  \(last)")
    }
}

extension RunnerCheck {
    func measure(
        _ probe: (any RunnerProbe)?, in scope: CheckScope,
        progress: @escaping @Sendable (RunnerProgress) -> Void = { _ in }
    ) async -> Measurement {
        guard let probe else { return Measurement(.error, summary: "this run cannot run other programs' tests") }
        switch await probe.prepare(placeRequest(in: scope)) {
        case .failure(let failure): return .failure(failure, evidence: Evidence(traceID: scope.trace.traceID))
        case .ready(let place):
            let measurement = await measure(at: place, in: scope, progress: progress)
            await place.close()
            return measurement
        }
    }

    private func measure(
        at place: any RunnerPlace, in scope: CheckScope,
        progress: @escaping @Sendable (RunnerProgress) -> Void
    ) async -> Measurement {
        let lines = RunnerLines(format)
        do throws(Template.Unresolved) {
            let request = try request(
                scope.values, place: (place.reportPath, place.targetURL), trace: scope.trace)
            if let refusal = ProgramExpectation.refusal(of: request.arguments, in: scope) { return refusal }
            var allowed: [String] = []
            for host in hosts { allowed.append(try host.render(scope.values)) }
            let outcome = await place.run(request) { line, isError, moment in
                if let seen = lines.take(line, isError: isError, at: moment) { progress(seen) }
            }
            switch outcome {
            case .failure(let failure): return .failure(failure, evidence: Evidence(traceID: scope.trace.traceID))
            case .ended(let ending):
                return judge(ending, lines, in: scope, allowedHosts: allowed)
            }
        } catch {
            return .unresolved(error)
        }
    }

    /// Reads the report and judges it.
    func judge(
        _ ending: RunnerEnding, _ lines: RunnerLines, in scope: CheckScope, allowedHosts: [String]
    ) -> Measurement {
        let judgement = RunnerJudgement(check: self, ending: ending, scope: scope, allowedHosts: allowedHosts)
        guard !ending.timedOut else {
            return judgement.measurement(
                lines.report,
                problems: [
                    "it did not end within \(timeoutMilliseconds) ms and was ended with all that it had started"
                ], lines)
        }
        do throws(UnreadableReport) {
            return judgement.measurement(try report(of: ending, lines), lines)
        } catch {
            return judgement.measurement(ExternalReport(), problems: [error.reason], lines)
        }
    }

    struct UnreadableReport: Error {
        var reason: String
    }

    private func report(of ending: RunnerEnding, _ lines: RunnerLines) throws(UnreadableReport) -> ExternalReport {
        if format.comesInLines, report == nil { return lines.report }
        guard !ending.reports.isEmpty else {
            throw UnreadableReport(reason: "it ended with \(ending.exitCode) and left no report")
        }
        return try ExternalReport(reading: ending.reports, as: format)
    }
}

extension ExternalReport {
    /// Reads files as one report, piece by piece.
    init(reading files: [RunnerReportFile], as format: ExternalFormat) throws(RunnerCheck.UnreadableReport) {
        var junit = JUnitReport()
        var reports: [ExternalReport] = []
        for file in files {
            switch format {
            case .junit:
                do throws(MalformedXML) {
                    try junit.add(XMLEventReader(Self.pieces(of: file)))
                } catch {
                    throw RunnerCheck.UnreadableReport(
                        reason: "the report cannot be read: \(error.reason), at byte \(error.offset) of `\(file.name)`")
                }
            case .playwright:
                var bytes: [UInt8] = []
                while let more = file.read(bytes.count, Self.piece), !more.isEmpty {
                    bytes += more
                    guard bytes.count <= PlaywrightReport.largest else {
                        throw RunnerCheck.UnreadableReport(reason: "`\(file.name)` is larger than 64 MiB")
                    }
                }
                reports.append(PlaywrightReport.read(bytes))
            case .tap, .goTest:
                let lines = RunnerLines(format)
                lines.read(file)
                reports.append(lines.report)
            }
        }
        if format == .junit { reports.append(junit.report) }
        self.init()
        for report in reports {
            tests += report.tests
            problems += report.problems
            moments += report.moments
        }
    }

    static let piece = 256 << 10

    private static func pieces(of file: RunnerReportFile) -> () throws(MalformedXML) -> [UInt8] {
        var offset = 0
        return { () throws(MalformedXML) -> [UInt8] in
            guard let bytes = file.read(offset, piece) else {
                throw MalformedXML(reason: "the file cannot be read", offset: offset)
            }
            offset += bytes.count
            return bytes
        }
    }
}
