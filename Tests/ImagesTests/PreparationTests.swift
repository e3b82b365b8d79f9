import Images
import Releases
import Testing

struct PreparationTests {
    /// Appends a line to `runs` and returns.
    private let command = ["sh", "-c", "echo run >> runs"]

    @Test func `equal commands run once, also at the same time`() async throws {
        let folder = try Folder()
        let preparation = Preparation()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { try await preparation.run(command, in: folder.path) { _ in } } }
            try await group.waitForAll()
        }
        try await preparation.run(command, in: folder.path) { _ in }
        #expect(try folder.read("runs") == "run\n")
        try await Preparation().run(command, in: folder.path) { _ in }
        #expect(try folder.read("runs") == "run\nrun\n", "the next release runs it again")
    }

    @Test func `other commands and other folders run on their own`() async throws {
        let one = try Folder()
        let two = try Folder()
        let preparation = Preparation()
        try await preparation.run(command, in: one.path) { _ in }
        try await preparation.run(command, in: two.path) { _ in }
        try await preparation.run(["sh", "-c", "echo other >> runs"], in: one.path) { _ in }
        #expect(try one.read("runs") == "run\nother\n")
        #expect(try two.read("runs") == "run\n")
    }

    @Test func `a failure is told to everyone and not repeated`() async throws {
        let folder = try Folder()
        let preparation = Preparation()
        let failing = ["sh", "-c", "echo run >> runs; for i in $(seq 40); do echo line $i; done; exit 3"]
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let failure = await #expect(throws: Failure.self) {
                        try await preparation.run(failing, in: folder.path) { _ in }
                    }
                    #expect(failure?.category == .release)
                    #expect(failure?.details.map(\.value) == (26...40).map { "line \($0)" })
                }
            }
        }
        #expect(try folder.read("runs") == "run\n")
    }

    @Test func `a command that is not there is unavailable`() async throws {
        let failure = await #expect(throws: Failure.self) {
            try await Preparation().run(["no-such-program-here"], in: "/tmp") { _ in }
        }
        #expect(failure?.category == .unavailable)
    }

    @Test func `no command is nothing to do`() async throws {
        try await Preparation().run([], in: "/nonexistent") { _ in }
    }

    @Test(.timeLimit(.minutes(1))) func `after a cancelled run the command may run again`() async throws {
        let folder = try Folder()
        let preparation = Preparation()
        let slowOnce = ["sh", "-c", "test -e started && exit 0; touch started; echo up; exec sleep 300"]
        let (started, signal) = AsyncStream<Void>.makeStream()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) {
                    try await preparation.run(slowOnce, in: folder.path) { _ in signal.finish() }
                }
            }
            for await _ in started {}
            group.cancelAll()
        }
        try await preparation.run(slowOnce, in: folder.path) { _ in }
    }
}
