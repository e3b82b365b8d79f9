/// Headers of a tar archive in GNU's form (GNU tar manual, "Basic Tar Format"): names are bytes of any length, which the
/// pax form would want to be UTF-8. Everything that differs between two machines with the same tree is left out: owners
/// are 0, times are fixed, of modes only the owner's right to execute counts.
enum TarHeader {
    enum Kind: Hashable {
        case file(size: Int64, executable: Bool)
        case folder
        case link(target: [UInt8])
    }

    static let blockSize = 512
    /// 1980-01-01: zero makes tar complain about an implausible time, and ZIP tools know nothing earlier.
    private static let time: Int64 = 315_532_800
    private static let shortName = 100

    /// One entry's header, with the headers before it that long names need. The content follows, filled up by
    /// ``padding(after:)``.
    static func bytes(name: [UInt8], kind: Kind) -> [UInt8] {
        var bytes: [UInt8] = []
        var linkTarget: [UInt8] = []
        var name = name
        if kind == .folder { name.append(UInt8(ascii: "/")) }
        if case .link(let target) = kind {
            linkTarget = target
            if target.count > shortName { bytes += long(target, type: "K") }
        }
        if name.count > shortName { bytes += long(name, type: "L") }
        switch kind {
        case .file(let size, let executable):
            bytes += block(name, mode: executable ? 0o755 : 0o644, size: size, type: "0", linkTarget: [])
        case .folder: bytes += block(name, mode: 0o755, size: 0, type: "5", linkTarget: [])
        case .link: bytes += block(name, mode: 0o777, size: 0, type: "2", linkTarget: linkTarget)
        }
        return bytes
    }

    /// Zeros that fill the last block of a content.
    static func padding(after size: Int64) -> [UInt8] {
        let rest = Int(size % Int64(blockSize))
        return rest == 0 ? [] : [UInt8](repeating: 0, count: blockSize - rest)
    }

    /// Two blocks of zeros.
    static let end = [UInt8](repeating: 0, count: 2 * blockSize)

    /// A name as the content of an entry of its own, before the one that it belongs to.
    private static func long(_ name: [UInt8], type: Unicode.Scalar) -> [UInt8] {
        let content = name + [0]
        let header = block(
            Array("././@LongLink".utf8), mode: 0, size: Int64(content.count), type: type, linkTarget: [], time: 0)
        return header + content + padding(after: Int64(content.count))
    }

    private static func block(
        _ name: [UInt8], mode: Int64, size: Int64, type: Unicode.Scalar, linkTarget: [UInt8], time: Int64 = time
    ) -> [UInt8] {
        var block: [UInt8] = []
        block += field(name.prefix(shortName), 100)
        block += octal(mode, 8) + octal(0, 8) + octal(0, 8)
        block += number(size, 12) + octal(time, 12)
        // The sum counts itself as spaces.
        let sumPosition = block.count
        block += [UInt8](repeating: UInt8(ascii: " "), count: 8)
        block.append(UInt8(ascii: type))
        block += field(linkTarget.prefix(shortName), 100)
        block += Array("ustar  ".utf8) + [0]
        block += [UInt8](repeating: 0, count: blockSize - block.count)
        let sum = block.reduce(Int64(0)) { $0 + Int64($1) }
        block.replaceSubrange(sumPosition..<sumPosition + 8, with: octal(sum, 7) + [UInt8(ascii: " ")])
        return block
    }

    private static func field(_ bytes: ArraySlice<UInt8>, _ width: Int) -> [UInt8] {
        Array(bytes) + [UInt8](repeating: 0, count: width - bytes.count)
    }

    /// Octal digits and a zero byte.
    private static func octal(_ value: Int64, _ width: Int) -> [UInt8] {
        let digits = Array(String(value, radix: 8).utf8)
        return [UInt8](repeating: UInt8(ascii: "0"), count: width - 1 - digits.count) + digits + [0]
    }

    /// Octal while it fits (8 GiB), then big-endian behind a byte of 0x80.
    private static func number(_ value: Int64, _ width: Int) -> [UInt8] {
        guard value >= 1 << 33 else { return octal(value, width) }
        let digits = (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * Int64($0))) }
        return [0x80] + [UInt8](repeating: 0, count: width - 9) + digits
    }
}
