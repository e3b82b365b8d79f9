#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What this process used so far, as the kernel counts it.
struct ProcessUse: Sendable {
    /// The most memory that it ever had.
    var memoryMiB: Int
    var cpuMilliseconds: Int

    static var now: ProcessUse {
        var usage = rusage()
        // RUSAGE_SELF is 0 everywhere (getrusage(2)); glibc's headers give it a type of its own.
        guard getrusage(0, &usage) == 0 else { return ProcessUse(memoryMiB: 0, cpuMilliseconds: 0) }
        // Linux counts in KiB, macOS in bytes (getrusage(2)).
        #if canImport(Glibc)
        let memoryMiB = (peakKiB ?? Int(usage.ru_maxrss)) >> 10
        #else
        let memoryMiB = Int(usage.ru_maxrss) >> 20
        #endif
        let seconds = Int(usage.ru_utime.tv_sec) + Int(usage.ru_stime.tv_sec)
        let microseconds = Int(usage.ru_utime.tv_usec) + Int(usage.ru_stime.tv_usec)
        return ProcessUse(memoryMiB: memoryMiB, cpuMilliseconds: seconds * 1000 + microseconds / 1000)
    }

    #if canImport(Glibc)
    /// `VmHWM` of proc(5). What getrusage says begins with the memory of whoever started this program.
    private static var peakKiB: Int? {
        guard let file = fopen("/proc/self/status", "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = fread(&bytes, 1, bytes.count, file)
        let lines = bytes[..<count].split(separator: UInt8(ascii: "\n"))
        let line = lines.first { $0.starts(with: "VmHWM:".utf8) }
        return line.flatMap { Int(String(decoding: $0.filter { (0x30...0x39).contains($0) }, as: UTF8.self)) }
    }
    #endif

    /// Milliseconds of a clock that never goes back.
    static var clock: Int {
        var moment = timespec()
        clock_gettime(CLOCK_MONOTONIC, &moment)
        return Int(moment.tv_sec) * 1000 + Int(moment.tv_nsec) / 1_000_000
    }
}
