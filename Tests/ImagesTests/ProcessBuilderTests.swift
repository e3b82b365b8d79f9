import Configuration
import Images
import JSON
import Releases
import Testing

struct ProcessBuilderTests {
    private func builder(_ folder: Folder) -> ProcessBuilder {
        ProcessBuilder(store: "\(folder.path)/state/processes", preparation: Preparation())
    }

    @Test func `the executable is kept under the digest of its content and arguments`() async throws {
        let folder = try Folder()
        try folder.write("bin/program", "#!/bin/sh\necho one\n", mode: 0o755)
        let builder = builder(folder)
        let request = request(root: folder.path, process: ["bin/program", "--port", "1"])
        let image = try await builder.build(request) { _ in }
        let digest = try #require(image.reference.value.split(separator: "@sha256:").last)
        #expect(image.reference.value == "backend@sha256:\(digest)" && digest.count == 64)
        #expect(image.bytes == 19)
        #expect(try await builder.holds(image.reference))
        #expect(try await builder.resolve(image.reference.value) == image.reference)
        await #expect(throws: Failure.self) { try await builder.resolve("backend:latest") }

        let home = "\(folder.path)/state/processes/sha256-\(digest)"
        #expect(
            try JSONValue(parsing: folder.read("\(home)/manifest.json"))
                == ["command": .array([.string("\(home)/program"), "--port", "1"])])
        #expect(try folder.read("\(home)/program") == "#!/bin/sh\necho one\n")
        #expect(try await builder.build(request) { _ in } == image, "a second build keeps the same")

        #expect(try await builder.remove(image.reference))
        #expect(try await !builder.holds(image.reference))
        #expect(try await !builder.remove(image.reference))

        var other = request
        other.source.process = ["bin/program", "--port", "2"]
        #expect(try await builder.build(other) { _ in }.reference != image.reference)
        try folder.write("bin/program", "#!/bin/sh\necho two\n", mode: 0o755)
        #expect(try await builder.build(request) { _ in }.reference != image.reference)
    }

    @Test func `arguments that only look alike when joined are different`() async throws {
        let folder = try Folder()
        try folder.write("program", "x", mode: 0o755)
        let builder = builder(folder)
        var references: Set<ImageReference> = []
        for arguments in [["ab"], ["a", "b"], ["a b"], []] {
            let request = request(root: folder.path, process: ["program"] + arguments)
            references.insert(try await builder.build(request) { _ in }.reference)
        }
        #expect(references.count == 4)
    }

    @Test func `the command before the build makes the executable`() async throws {
        let folder = try Folder()
        let request = request(
            root: folder.path, before: ["sh", "-c", "echo compiling; echo x > made; chmod +x made"],
            process: ["./made"])
        let lines = Lines()
        let image = try await builder(folder).build(request) { lines.append($0) }
        #expect(lines.all.first == "compiling")
        #expect(image.bytes == 2)
    }

    @Test func `a service without a process form, a missing file and a folder are clear errors`() async throws {
        let folder = try Folder()
        let builder = builder(folder)
        let expected: [([String]?, Failure.Category)] = [
            (nil, .configuration), ([], .configuration), (["missing"], .release), (["."], .release),
        ]
        for (process, category) in expected {
            let failure = await #expect(throws: Failure.self) {
                try await builder.build(request(root: folder.path, process: process)) { _ in }
            }
            #expect(failure?.category == category, "\(process ?? ["nil"])")
            #expect(failure?.hint != nil)
        }
        #expect(try await builder.holds(ImageReference("backend@sha256:" + String(repeating: "0", count: 64))) == false)
        #expect(try await builder.holds(ImageReference("../../etc/passwd")) == false)
    }

    @Test func `a process cannot be pushed`() async throws {
        let folder = try Folder()
        let image = BuiltImage(reference: ImageReference("backend@sha256:" + String(repeating: "0", count: 64)))
        await #expect(throws: Failure.self) { try await builder(folder).push(image) { _ in } }
    }
}
