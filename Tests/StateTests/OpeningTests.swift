import GRDB
import Releases
import Testing

@testable import State

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct OpeningTests {
    private func permissions(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func `every commit is synced`() async throws {
        try await withStateFolder { folder in
            let state = try SQLiteState(folder: folder)
            let settings = try await state.queue.read { database in
                [
                    try String.fetchOne(database, sql: "PRAGMA synchronous"),
                    try String.fetchOne(database, sql: "PRAGMA journal_mode"),
                ]
            }
            #expect(settings == ["2", "wal"])
        }
    }

    @Test func `a connection that would not sync is refused`() async throws {
        try await withStateFolder { folder in
            let state = try SQLiteState(folder: folder)
            try state.queue.inDatabase { database in
                try database.execute(sql: "PRAGMA synchronous = NORMAL")
                #expect(throws: StateError.notDurable(setting: "synchronous", value: "1")) {
                    try DatabaseSettings.assertDurable(database)
                }
            }
        }
    }

    @Test func `folder and file belong to their owner alone and git looks away`() async throws {
        try await withStateFolder { parent in
            let folder = parent + "/deep/.stagectl"
            let state = try SQLiteState(folder: folder)
            try await state.begin(run: "r1", environment: "local", plan: "{}")
            #expect(try permissions(folder) == 0o700)
            for name in ["state.sqlite", "state.sqlite-wal", "state.sqlite-shm"] {
                #expect(try permissions(folder + "/" + name) == 0o600, "\(name)")
            }
            #expect(try String(contentsOfFile: folder + "/.gitignore", encoding: .utf8) == "*\n")
        }
    }

    @Test func `a folder with other files is not hidden from git`() async throws {
        try await withStateFolder { folder in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/mine.txt"))
            _ = try SQLiteState(folder: folder)
            #expect(!FileManager.default.fileExists(atPath: folder + "/.gitignore"))
        }
    }

    @Test func `eight openings at once all work`() async throws {
        try await withStateFolder { folder in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        let state = try SQLiteState(folder: folder)
                        try await state.begin(run: "r\(number)", environment: "local", plan: "{}")
                    }
                }
                try await group.waitForAll()
            }
            let runs = try await SQLiteState(folder: folder).unfinishedRuns(environment: "local")
            #expect(runs.count == 8)
        }
    }

    @Test(arguments: ["text", "truncated", "overwritten"])
    func `a damaged file is a clear failure`(kind: String) async throws {
        try await withStateFolder { folder in
            let path = folder + "/state.sqlite"
            do {
                let state = try SQLiteState(folder: folder)
                for number in 0..<200 {
                    try await state.begin(
                        run: "r\(number)", environment: "local", plan: String(repeating: "x", count: 2000))
                }
                try await state.queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
                try state.queue.close()
            }
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            var damaged = whole
            switch kind {
            case "text": damaged = Data("this is not a database, it is a letter to a friend\n".utf8)
            case "truncated": damaged = whole.prefix(whole.count / 2)
            default: damaged.replaceSubrange(4096..<whole.count, with: Data(count: whole.count - 4096))
            }
            try damaged.write(to: URL(fileURLWithPath: path))
            let refusal = try await failure {
                let state = try SQLiteState(folder: folder)
                for number in 0..<200 { _ = try await state.read(run: "r\(number)") }
            }
            #expect(refusal.category == .unavailable)
            #expect(refusal.summary == "the state file `\(path)` is damaged")
            #expect(refusal.hint?.contains("mv ") == true)
        }
    }

    @Test func `a file of a newer program is left alone`() async throws {
        try await withStateFolder { folder in
            do {
                let state = try SQLiteState(folder: folder)
                try await state.queue.write {
                    try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 from the future')")
                }
            }
            let refusal = try await failure { _ = try SQLiteState(folder: folder) }
            #expect(refusal.category == .unavailable)
            #expect(refusal.summary.contains("newer stagectl"))
        }
    }

    @Test func `a folder that cannot be made is a clear failure`() async throws {
        let refusal = try await failure { _ = try SQLiteState(folder: "/dev/null/state") }
        #expect(refusal.category == .unavailable)
        #expect(refusal.summary.contains("/dev/null/state"))
    }

    @Test func `a full disk is said and leaves the journal readable`() async throws {
        try await withStateFolder { folder in
            let state = try SQLiteState(folder: folder)
            try await state.begin(run: "r1", environment: "local", plan: "{}")
            try await state.append(entry("one"), to: "r1", fencingToken: 1)
            // SQLite's own limit answers exactly as a full disk does.
            try state.queue.inDatabase { try $0.execute(sql: "PRAGMA max_page_count = 1") }
            let refusal = try await failure {
                for number in 0..<100 {
                    try await state.begin(
                        run: "big\(number)", environment: "local", plan: String(repeating: "x", count: 20_000))
                }
            }
            #expect(refusal.category == .unavailable)
            #expect(refusal.summary == "the disk that holds the state is full")
            #expect(try await state.read(run: "r1")?.entries == [entry("one")])
        }
    }

    @Test func `a state that cannot be written is said and can be read`() async throws {
        try await withStateFolder { folder in
            let state = try SQLiteState(folder: folder)
            try await state.begin(run: "r1", environment: "local", plan: "{}")
            try state.queue.inDatabase { try $0.execute(sql: "PRAGMA query_only = 1") }
            let refusal = try await failure { try await state.append(entry("one"), to: "r1", fencingToken: 1) }
            #expect(refusal.category == .unavailable)
            #expect(refusal.summary == "the state cannot be written")
            #expect(try await state.read(run: "r1") != nil)
        }
    }

    /// Needs a disk of at most a few megabytes that may be filled, for example
    /// `mount -t tmpfs -o size=1m tmpfs FOLDER`, which only root can make.
    @Test(
        "A disk that is really full leaves the journal readable, also for who opens it then",
        .enabled(if: smallDisk != nil, "no small disk: set STAGECTL_TEST_SMALL_DISK to a folder on one"))
    func fullDisk() async throws {
        let folder = try #require(Self.smallDisk) + "/state"
        do {
            let state = try SQLiteState(folder: folder)
            try await state.begin(run: "r1", environment: "local", plan: "{}")
            try await state.append(entry("one"), to: "r1", fencingToken: 1)
            let handle = open(folder + "/../filler", O_WRONLY | O_CREAT, 0o600)
            let block = [UInt8](repeating: 1, count: 512)
            while write(handle, block, block.count) > 0 {}
            close(handle)
            let refusal = try await failure {
                for number in 0..<100 {
                    try await state.begin(
                        run: "big\(number)", environment: "local", plan: String(repeating: "x", count: 20_000))
                }
            }
            #expect(refusal.category == .unavailable)
            #expect(refusal.summary == "the disk that holds the state is full")
            #expect(try await state.read(run: "r1")?.entries == [entry("one")])
        }
        let reopened = try SQLiteState(folder: folder)
        #expect(try await reopened.read(run: "r1")?.entries == [entry("one")])
        let refusal = try await failure {
            try await reopened.begin(run: "big", environment: "local", plan: String(repeating: "x", count: 20_000))
        }
        #expect(refusal.category == .unavailable)
    }

    private static let smallDisk = ProcessInfo.processInfo.environment["STAGECTL_TEST_SMALL_DISK"]
}
