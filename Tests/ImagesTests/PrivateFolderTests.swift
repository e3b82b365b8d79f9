import Releases
import Testing

@testable import Images

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

struct PrivateFolderTests {
    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test func `nobody else can look in, and nothing stays`() throws {
        let home = try Folder()
        let parent = home.path + "/private"
        let folder = try PrivateFolder(in: parent)
        let file = try folder.write(Array("x".utf8), to: "config.json")
        #expect(mode(parent) == 0o700)
        #expect(mode(folder.path) == 0o700)
        #expect(mode(file) == 0o600)
        mkdir("\(folder.path)/made-by-the-engine", 0o755)
        symlink("/etc", "\(folder.path)/link")
        folder.remove()
        #expect(mode(folder.path) == 0)
        #expect(mode("/etc/passwd") != 0)
    }

    @Test func `what a killed run left goes with the next, what is in use stays`() throws {
        let home = try Folder()
        let parent = home.path + "/private"
        let used = try PrivateFolder(in: parent)
        try home.write("private/draft-left/config.json", "secret")
        let next = try PrivateFolder(in: parent)
        #expect(mode("\(parent)/draft-left") == 0)
        #expect(mode(used.path) == 0o700)
        #expect(mode(next.path) == 0o700)
    }

    @Test func `a place that somebody else prepared is refused`() throws {
        let home = try Folder()
        mkdir(home.path + "/open", 0o777)
        chmod(home.path + "/open", 0o777)
        symlink(home.path, home.path + "/link")
        for parent in ["open", "link"] {
            let failure = #expect(throws: Failure.self) { try PrivateFolder(in: "\(home.path)/\(parent)") }
            #expect(failure?.category == .unavailable, "\(parent)")
        }
    }
}
