import Releases
import Testing

@testable import Commands

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct FoldersTests {
    private let root = FileManager.default.temporaryDirectory.path + "/folders-\(UInt32.random(in: 0 ... .max))"

    @Test func `a folder and those above it are their owner's alone, and may be there already`() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try Folders.create(root + "/a/b/c")
        try Folders.create(root + "/a/b/c")
        for path in [root, root + "/a", root + "/a/b", root + "/a/b/c"] {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o700, "\(path)")
        }
    }

    @Test func `a private file is its owner's alone, and one that cannot be written says why`() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try Folders.create(root)
        try Folders.writePrivately(Array("one".utf8), to: root + "/file")
        try Folders.writePrivately(Array("2".utf8), to: root + "/file")
        let mode = try FileManager.default.attributesOfItem(atPath: root + "/file")[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(FileManager.default.contents(atPath: root + "/file") == Data("2".utf8))
        let failure = try #require(
            throws: Failure.self, performing: { try Folders.writePrivately([1], to: root + "/no/such") })
        #expect(failure.category == .unavailable && failure.details.first?.value == "No such file or directory")
    }

    @Test func `a file that comes in pieces is there as a whole, or as it was`() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try Folders.create(root)
        for text in ["old", "new"] {
            try Folders.write(to: root + "/file") { take in
                let before = FileManager.default.contents(atPath: root + "/file")
                for character in text { take(String(character)) }
                #expect(FileManager.default.contents(atPath: root + "/file") == before)
            }
            #expect(FileManager.default.contents(atPath: root + "/file") == Data(text.utf8))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: root) == ["file"])
        let failure = try #require(
            throws: Failure.self, performing: { try Folders.write(to: root + "/no/such") { $0("x") } })
        #expect(failure.category == .unavailable && failure.details.first?.value == "No such file or directory")
        // A folder of that name stays, and nothing unfinished is left behind.
        try Folders.create(root + "/folder/inside")
        #expect(throws: Failure.self) { try Folders.write(to: root + "/folder") { $0("x") } }
        #expect(try FileManager.default.contentsOfDirectory(atPath: root).sorted() == ["file", "folder"])
    }

    @Test(arguments: ["file", "file/below", ""])
    func `what cannot be a folder says why`(name: String) throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try Folders.create(root)
        try Data().write(to: URL(filePath: root + "/file"))
        let failure = try #require(
            throws: Failure.self, performing: { try Folders.create(name.isEmpty ? "" : root + "/" + name) })
        #expect(failure.category == .unavailable)
        #expect(failure.details.first?.value.isEmpty == false)
    }
}
