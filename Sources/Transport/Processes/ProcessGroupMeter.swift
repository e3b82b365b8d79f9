#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What a child and everything that it started used.
package struct ProcessUsage: Hashable, Sendable {
    /// The most resident memory of all of them at one moment; looked at ten times a second.
    package var peakMemoryBytes: Int
    /// User and system time of all of them.
    package var cpuMilliseconds: Double
    /// The most of them at one moment.
    package var processes: Int

    package init(peakMemoryBytes: Int = 0, cpuMilliseconds: Double = 0, processes: Int = 0) {
        self.peakMemoryBytes = peakMemoryBytes
        self.cpuMilliseconds = cpuMilliseconds
        self.processes = processes
    }
}

/// Looks at all processes of one session through `/proc` (proc_pid_stat(5)). A child leads a session of its own, so these
/// are it and what it started, in whatever groups. Where there is no `/proc`, nothing is seen.
struct ProcessGroupMeter {
    static let period: Duration = .milliseconds(100)

    private let session: pid_t
    private(set) var usage = ProcessUsage()
    private(set) var nextAt: ContinuousClock.Instant = .now

    init(session: pid_t) {
        self.session = session
    }

    mutating func lookWhenDue() {
        guard ContinuousClock.now >= nextAt else { return }
        look()
        nextAt = .now + Self.period
    }

    mutating func look() {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let ticks = max(1, Double(sysconf(Int32(_SC_CLK_TCK))))
        var (memory, time, count) = (0, 0.0, 0)
        for process in Self.processes(of: session) {
            memory += process.residentPages * page
            time += Double(process.ticks) * 1000 / ticks
            count += 1
        }
        usage.peakMemoryBytes = max(usage.peakMemoryBytes, memory)
        usage.cpuMilliseconds = max(usage.cpuMilliseconds, time)
        usage.processes = max(usage.processes, count)
    }

    /// What the kernel has counted of the child and of all that it waited for.
    mutating func add(_ counted: rusage) {
        let microseconds = { (time: timeval) in Double(time.tv_sec) * 1000 + Double(time.tv_usec) / 1000 }
        usage.cpuMilliseconds = max(
            usage.cpuMilliseconds, microseconds(counted.ru_utime) + microseconds(counted.ru_stime))
        // In KiB on Linux, of the largest of them alone.
        usage.peakMemoryBytes = max(usage.peakMemoryBytes, Int(counted.ru_maxrss) * 1024)
        usage.processes = max(usage.processes, 1)
    }

    /// Ends what is left of the session. Only while its leader is not reaped: its number is free afterwards.
    static func killAll(of session: pid_t) {
        kill(-session, SIGKILL)
        for process in processes(of: session) where process.id != session { kill(process.id, SIGKILL) }
    }

    private struct Entry {
        var id: pid_t
        var residentPages: Int
        /// Of the process and of the children that it waited for.
        var ticks: Int
    }

    private static func processes(of session: pid_t) -> [Entry] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        var found: [Entry] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let id = pid_t(name), let text = stat(of: id), let process = Self.entry(id, text, session) else {
                continue
            }
            found.append(process)
        }
        return found
    }

    private static func stat(of id: pid_t) -> [UInt8]? {
        let file = open("/proc/\(id)/stat", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = read(file, &bytes, bytes.count)
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }

    /// Nil for a process of another session. The name may hold anything, so fields count from its last parenthesis.
    private static func entry(_ id: pid_t, _ text: [UInt8], _ session: pid_t) -> Entry? {
        guard let end = text.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = text[text.index(after: end)...].split(separator: UInt8(ascii: " ")).map {
            Int(String(decoding: $0, as: UTF8.self)) ?? 0
        }
        // State, parent, group, session … user, system, children's user and system time … resident pages.
        guard fields.count > 21, fields[3] == Int(session) else { return nil }
        return Entry(id: id, residentPages: fields[21], ticks: fields[11] + fields[12] + fields[13] + fields[14])
    }
}
