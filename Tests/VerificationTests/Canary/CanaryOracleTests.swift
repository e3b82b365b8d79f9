import Foundation
import JSON
import Testing

@testable import Verification

/// The evidence of counts against two other implementations. `canary.json` was written with numpy and scipy;
/// `canary_oracle.py` is plain Python with exact integers and runs where there is a Python.
struct CanaryOracleTests {
    private static let tolerance = 1e-9

    private func expect(_ row: [Double]) throws {
        try #require(row.count == 7)
        let counts = PairCounts(worse: Int(row[0]), better: Int(row[1]), ties: Int(row[2]))
        // One expectation for all: ten thousand rows are many.
        let differences = [
            counts.logEvidenceOfWorse() - row[4], counts.logEvidenceOfFine(difference: row[3]) - row[5],
            ExactTests.mcNemar(counts) - row[6],
        ]
        if !differences.allSatisfy({ abs($0) <= Self.tolerance }) { Issue.record("\(row): off by \(differences)") }
    }

    @Test func `ten thousand counts are judged as numpy and scipy judge them`() throws {
        let file = try #require(
            Bundle.module.url(forResource: "canary", withExtension: "json", subdirectory: "Oracles"))
        let rows = try JSONDecoder().decode([[Double]].self, from: Data(contentsOf: file))
        #expect(rows.count == 10_000)
        for row in rows { try expect(row) }
    }

    @Test(.enabled(if: python != nil, "no Python here to ask"))
    func `ten thousand new counts are judged as plain Python judges them`() throws {
        let script = try #require(
            Bundle.module.url(forResource: "canary_oracle", withExtension: "py", subdirectory: "Oracles"))
        let seed = UInt32.random(in: 0...(.max))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Self.python))
        process.arguments = [script.path, String(seed), "10000"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let rows = text.split(separator: "\n").map { $0.split(separator: " ").compactMap { Double($0) } }
        #expect(rows.count == 10_000, "seed \(seed)")
        for row in rows { try expect(row) }
    }

    private static var python: String? {
        let known = ProcessInfo.processInfo.environment["STAGECTL_PYTHON"]
        return [known, "/usr/bin/python3"].compactMap(\.self).first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Six digits, as they were published.
    @Test(arguments: [
        (PairCounts(worse: 5), 2.863563), (PairCounts(worse: 6), 3.504014),
        (PairCounts(worse: 7, better: 1, ties: 100), 1.482910), (PairCounts(worse: 3, better: 3, ties: 94), -1.117282),
    ])
    func `published evidence of a worse candidate`(counts: PairCounts, expected: Double) {
        #expect(abs(counts.logEvidenceOfWorse() - expected) < 5e-7)
    }

    @Test(arguments: [
        (PairCounts(ties: 100), 0.02, 1.533711), (PairCounts(ties: 182), 0.02, 3.001096),
        (PairCounts(worse: 1, ties: 299), 0.02, 2.053214), (PairCounts(ties: 72), 0.05, 3.018653),
    ])
    func `published evidence of a candidate that is fine`(counts: PairCounts, difference: Double, expected: Double) {
        #expect(abs(counts.logEvidenceOfFine(difference: difference) - expected) < 5e-7)
    }
}
