import Synchronization

/// Says how far an upload came, in a few plain lines: at each quarter, and not at all where it is done at once.
final class UploadProgress: Sendable {
    private let total: Int64
    private let output: @Sendable (String) -> Void
    private let quarters = Mutex<Int64>(0)

    private static let smallest: Int64 = 16 << 20

    init(total: Int64, output: @escaping @Sendable (String) -> Void) {
        self.total = total
        self.output = output
    }

    /// So many bytes are there.
    func reached(_ bytes: Int64) {
        guard total >= Self.smallest else { return }
        let quarter = bytes / max(total / 4, 1)
        let isNew = quarters.withLock { known in
            defer { known = max(known, quarter) }
            return quarter > known
        }
        if isNew { output("uploaded \(ByteText.text(bytes)) of \(ByteText.text(total))") }
    }
}

/// Sizes for people.
enum ByteText {
    /// `900 bytes`, `3.4 MiB`.
    static func text(_ bytes: Int64) -> String {
        let units: [(String, Int64)] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        guard let (name, size) = units.first(where: { bytes >= $0.1 }) else { return "\(bytes) bytes" }
        let tenths = (bytes % size * 10 + size / 2) / size
        return "\(bytes / size + tenths / 10).\(tenths % 10) \(name)"
    }
}
