import Releases
import Synchronization
import Testing

@testable import GoogleCloud

/// One request for however many wait.
@Suite struct TokenCacheTests {
    /// Requests stand still until it opens.
    private actor Gate {
        private var waiting: [CheckedContinuation<Void, Never>] = []
        private var isOpen = false
        private var entered = 0
        private var watchers: [(Int, CheckedContinuation<Void, Never>)] = []

        func pass() async {
            entered += 1
            for (count, watcher) in watchers where count <= entered { watcher.resume() }
            watchers.removeAll { $0.0 <= entered }
            if !isOpen { await withCheckedContinuation { waiting.append($0) } }
        }

        func open() {
            isOpen = true
            for continuation in waiting { continuation.resume() }
            waiting = []
        }

        func reached(_ count: Int) async {
            if entered < count { await withCheckedContinuation { watchers.append((count, $0)) } }
        }
    }

    private struct Broken: Error {}

    @Test func `a hundred waiters make one request`() async throws {
        let (cache, gate, count) = (TokenCache(), Gate(), Counter())
        let waiters = (0..<100).map { _ in
            Task {
                try await cache.token(.access) {
                    await gate.pass()
                    return IssuedToken(Secret("token-\(count.next())"), lifetime: .seconds(3600))
                }
            }
        }
        await gate.reached(1)
        await gate.open()
        for waiter in waiters { #expect(try await waiter.value == Secret("token-1")) }
        #expect(count.next() == 2)
    }

    @Test func `a failure is told to all that wait, and tried again by the next`() async throws {
        let (cache, gate, count) = (TokenCache(), Gate(), Counter())
        let issue: TokenCache.Issue = {
            if count.next() == 1 {
                await gate.pass()
                throw Broken()
            }
            return IssuedToken(Secret("second"), lifetime: nil)
        }
        let first = Task { try await cache.token(.access, issue: issue) }
        await gate.reached(1)
        let second = Task { try await cache.token(.access, issue: issue) }
        await gate.open()
        await #expect(throws: Broken.self) { try await first.value }
        _ = try? await second.value
        #expect(try await cache.token(.access, issue: issue) == Secret("second"))
    }

    @Test func `a waiter that is cancelled leaves alone, and the others get their token`() async throws {
        let (cache, gate, count) = (TokenCache(), Gate(), Counter())
        let issue: TokenCache.Issue = {
            await gate.pass()
            return IssuedToken(Secret("token-\(count.next())"), lifetime: nil)
        }
        let patient = Task { try await cache.token(.access, issue: issue) }
        await gate.reached(1)
        let impatient = Task { try await cache.token(.access, issue: issue) }
        impatient.cancel()
        // It ends although the request stands still.
        await #expect(throws: CancellationError.self) { try await impatient.value }
        await gate.open()
        #expect(try await patient.value == Secret("token-1"))
    }

    @Test func `a request that nobody waits for any more is cancelled`() async throws {
        let (cache, gate) = (TokenCache(), Gate())
        let ended = AsyncStream.makeStream(of: Bool.self)
        let waiter = Task {
            try await cache.token(.access) {
                await gate.pass()
                do {
                    try await Task.sleep(for: .seconds(600))
                } catch {
                    ended.continuation.yield(true)
                }
                throw Broken()
            }
        }
        await gate.open()
        await gate.reached(1)
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        #expect(await ended.stream.first { $0 } == true)
        // Whoever comes later is not told of it.
        #expect(try await cache.token(.access) { IssuedToken(Secret("next"), lifetime: nil) } == Secret("next"))
    }

    @Test func `the last one to leave goes when the request has ended, and not before`() async throws {
        let (cache, gate) = (TokenCache(), Gate())
        let hasEnded = Mutex(false)
        let waiter = Task {
            try await cache.token(.access) {
                await gate.pass()
                try? await Task.sleep(for: .seconds(600))
                // As a program takes a moment to end.
                for _ in 0..<10_000 { await Task.yield() }
                hasEnded.withLock { $0 = true }
                throw Broken()
            }
        }
        await gate.open()
        await gate.reached(1)
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        #expect(hasEnded.withLock { $0 })
    }

    @Test func `while a token still holds, a failed renewal is nobody's trouble`() async throws {
        let passed = CredentialBench.Passed()
        let cache = TokenCache(now: { passed.now })
        let count = Counter()
        let issue: TokenCache.Issue = {
            if count.next() > 1 { throw Broken() }
            return IssuedToken(Secret("first"), lifetime: .seconds(3600))
        }
        _ = try await cache.token(.access, issue: issue)
        passed.advance(.seconds(3500))
        #expect(try await cache.token(.access, issue: issue) == Secret("first"))
        // A server that is down holds up one request, not every one.
        #expect(try await cache.token(.access, issue: issue) == Secret("first"))
        #expect(count.next() == 3)
        passed.advance(.seconds(31))
        #expect(try await cache.token(.access, issue: issue) == Secret("first"))
        #expect(count.next() == 5)
        passed.advance(.seconds(70))
        await #expect(throws: Broken.self) { try await cache.token(.access, issue: issue) }
    }

    @Test(arguments: [(3600, 3374, 3376), (300, 149, 151), (60, 29, 31)])
    func `a token is renewed 225 s before its end, a short one at half its life`(
        lifetime: Int, fresh: Int, stale: Int
    ) async throws {
        let passed = CredentialBench.Passed()
        let cache = TokenCache(now: { passed.now })
        let count = Counter()
        let issue: TokenCache.Issue = {
            IssuedToken(Secret("token-\(count.next())"), lifetime: .seconds(lifetime))
        }
        _ = try await cache.token(.access, issue: issue)
        passed.advance(.seconds(fresh))
        #expect(try await cache.token(.access, issue: issue) == Secret("token-1"))
        passed.advance(.seconds(stale - fresh))
        #expect(try await cache.token(.access, issue: issue) == Secret("token-2"))
    }

    @Test func `the time that a request took counts`() async throws {
        let passed = CredentialBench.Passed()
        let cache = TokenCache(now: { passed.now })
        let count = Counter()
        let issue: TokenCache.Issue = {
            passed.advance(.seconds(100))
            return IssuedToken(Secret("token-\(count.next())"), lifetime: .seconds(3600))
        }
        _ = try await cache.token(.access, issue: issue)
        passed.advance(.seconds(3276))
        #expect(try await cache.token(.access, issue: issue) == Secret("token-2"))
    }

    @Test func `a hundred callers of the credentials make one search and one request`() async throws {
        let bench = try CredentialBench(.metadataServer)
        defer { bench.end() }
        let tokens = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<100 { group.addTask { try await bench.credentials.token() } }
            return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(tokens.count == 1)
        #expect(bench.paths == ["/", "/computeMetadata/v1/instance/service-accounts/default/token"])
    }
}
