#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The natural logarithm, for files that need nothing else of the C library.
enum Logarithm {
    static func of(_ number: Double) -> Double { log(number) }
}
