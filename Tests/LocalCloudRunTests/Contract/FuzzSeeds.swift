import Foundation

/// Where a fuzz begins. `STAGECTL_FUZZ_SEED=N` repeats one that was printed; one that found something is added to the
/// list of its test.
enum FuzzSeeds {
    static func all(_ usual: [UInt64]) -> [UInt64] {
        ProcessInfo.processInfo.environment["STAGECTL_FUZZ_SEED"].flatMap { UInt64($0) }.map { [$0] } ?? usual
    }

    static func announce(_ seed: UInt64, _ what: String) {
        print("fuzz of \(what): STAGECTL_FUZZ_SEED=\(seed) repeats it")
    }
}
