/// A path below the repository's top as git has it: bytes, since names need not be UTF-8.
package struct TreePath: Hashable, Sendable, Comparable {
    package var bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    package init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// For rules about names: what is not UTF-8 is U+FFFD.
    package var name: String { String(decoding: bytes, as: UTF8.self) }

    /// For people, one line and unambiguous: as it is, or as git quotes it (`"caf\351"`) where bytes are not printable
    /// UTF-8.
    package var text: String {
        guard needsQuotes else { return name }
        var quoted = "\""
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): quoted += "\\" + String(UnicodeScalar(byte))
            case 0x20..<0x7F: quoted.unicodeScalars.append(UnicodeScalar(byte))
            default:
                let octal = String(byte, radix: 8)
                quoted += "\\" + String(repeating: "0", count: 3 - octal.count) + octal
            }
        }
        return quoted + "\""
    }

    private var needsQuotes: Bool {
        guard String(validating: bytes, as: UTF8.self) != nil else { return true }
        return GitLibrary.printable(name, limit: .max) != name || name.contains("\"") || name.contains("\\")
    }

    package static func < (one: TreePath, other: TreePath) -> Bool {
        one.bytes.lexicographicallyPrecedes(other.bytes)
    }

    /// For C; git's paths hold no zero byte.
    var cString: [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }
}
