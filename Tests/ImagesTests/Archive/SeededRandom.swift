#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// SplitMix64: the same seed gives the same numbers (Steele, Lea, Flood 2014).
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    /// `STAGECTL_FUZZ_SEED`, to repeat what was printed; else another one each time.
    static var seed: UInt64 {
        getenv("STAGECTL_FUZZ_SEED").flatMap { UInt64(String(cString: $0)) } ?? UInt64.random(in: 0 ... .max)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
