#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a machine keeps of a bucket, one file for each object and each list. What cannot be read is not kept.
///
/// An object's file is a line with its generation, and its bytes as they came: the figures of a team are read from hundreds
/// of them.
struct KeptFiles {
    private static let mark = Array("stagectl-kept ".utf8)
    private static let largest = 64 << 20

    let folder: String

    func object(_ name: String) -> BucketObject? {
        guard let bytes = FileBytes.read(path(name), atMost: Self.largest) else { return nil }
        guard bytes.starts(with: Self.mark) else { return Self.earlier(bytes) }
        guard let end = bytes.firstIndex(of: 0x0A),
            let generation = Int64(String(decoding: bytes[Self.mark.count..<end], as: UTF8.self))
        else { return nil }
        return BucketObject(bytes: Array(bytes[(end + 1)...]), generation: generation)
    }

    func keep(_ object: BucketObject, _ name: String) {
        write(Self.mark + Array("\(object.generation)\n".utf8) + object.bytes, name)
    }

    func entries(_ name: String) -> [BucketEntry]? {
        FileBytes.read(path(name), atMost: Self.largest).flatMap {
            try? JSONDecoder().decode([BucketEntry].self, from: Data($0))
        }
    }

    func keep(_ entries: [BucketEntry], _ name: String) {
        if let data = try? JSONEncoder().encode(entries) { write(Array(data), name) }
    }

    /// As earlier versions kept it: offline it is all that there is.
    private static func earlier(_ bytes: [UInt8]) -> BucketObject? {
        struct Kept: Decodable {
            var generation: Int64
            var text: String
        }
        return (try? JSONDecoder().decode(Kept.self, from: Data(bytes))).map {
            BucketObject(bytes: Array($0.text.utf8), generation: $0.generation)
        }
    }

    /// Nothing depends on it: a full disk is no reason not to show what was fetched.
    private func write(_ bytes: [UInt8], _ name: String) {
        let path = path(name)
        guard let slash = path.lastIndex(of: "/") else { return }
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
        try? FileManager.default.createDirectory(
            atPath: String(path[..<slash]), withIntermediateDirectories: true, attributes: attributes)
        try? Data(bytes).write(to: URL(filePath: path), options: .atomic)
        try? FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    private func path(_ name: String) -> String { "\(folder)/\(name)" }
}
