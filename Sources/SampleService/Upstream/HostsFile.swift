#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// `/etc/hosts`, where a container engine writes the names that it was given.
enum HostsFile {
    private static let maximumSize = 64 * 1024

    static func address(of host: String) -> String? {
        guard let text = read() else { return nil }
        return address(of: host, in: text)
    }

    /// The IPv4 address of the first line that has the name.
    static func address(of host: String, in text: String) -> String? {
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard let address = words.first, !address.contains(":") else { continue }
            if words.dropFirst().contains(where: { $0.lowercased() == host }) { return String(address) }
        }
        return nil
    }

    private static func read() -> String? {
        let file = open("/etc/hosts", O_RDONLY)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: maximumSize)
        var length = 0
        while length < bytes.count {
            let count = bytes[length...].withUnsafeMutableBytes { unsafeRead(file, $0.baseAddress, $0.count) }
            if count <= 0 { break }
            length += count
        }
        return String(decoding: bytes[..<length], as: UTF8.self)
    }

    private static func unsafeRead(_ file: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.read(file, buffer, count)
        #else
        Darwin.read(file, buffer, count)
        #endif
    }
}
