import JSON
import Releases
import Synchronization
import Testing
import Transport

@testable import GoogleCloud

@Suite(.timeLimit(.minutes(1)))
struct WriteQuotaTests {
    @Test func `sixty at once, and then one for each that leaves the window`() {
        var schedule = WriteSchedule(limit: 60, window: .seconds(60))
        let first = (0..<60).map { _ in schedule.reserve(at: .zero) }
        #expect(first.allSatisfy { $0 == .zero })
        #expect(schedule.reserve(at: .seconds(1)) == .seconds(60))
        var even = WriteSchedule(limit: 2, window: .seconds(60))
        let moments = [0, 20, 21, 22, 23].map { even.reserve(at: .seconds($0)) }
        #expect(moments == [0, 20, 60, 80, 120].map { .seconds($0) })
    }

    @Test func `a moment that is given back is taken by the next`() {
        var schedule = WriteSchedule(limit: 1, window: .seconds(60))
        #expect(schedule.reserve(at: .zero) == .zero)
        #expect(schedule.reserve(at: .zero) == .seconds(60))
        #expect(schedule.reserve(at: .zero) == .seconds(120))
        schedule.giveBack(.seconds(60))
        #expect(schedule.reserve(at: .seconds(1)) == .seconds(60))
        schedule.giveBack(.seconds(5))
        #expect(schedule.reserve(at: .seconds(1)) == .seconds(180))
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func `no window holds more than the limit, whatever comes and goes`(seed: UInt64) {
        var random = Xorshift(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
        let (limit, window) = (Int.random(in: 1...5, using: &random), Duration.seconds(10))
        var schedule = WriteSchedule(limit: limit, window: window)
        var (now, used, pending) = (Duration.zero, [Duration](), [Duration]())
        for _ in 0..<200 {
            now += .milliseconds(Int.random(in: 0...4000, using: &random))
            used += pending.filter { $0 <= now }
            pending.removeAll { $0 <= now }
            if let index = pending.indices.randomElement(using: &random), Int.random(in: 0..<4, using: &random) == 0 {
                schedule.giveBack(pending.remove(at: index))
            } else {
                let moment = schedule.reserve(at: now)
                #expect(moment >= now)
                if moment == now { used.append(moment) } else { pending.append(moment) }
            }
        }
        let all = used + pending
        #expect(all.allSatisfy { end in all.count { $0 > end - window && $0 <= end } <= limit })
    }

    private struct Xorshift: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    private func client(_ limits: CallLimits, base: String = "https://run.googleapis.com") -> CloudRunClient {
        let rest = RESTClient(tokens: FixedToken(value: nil), retry: RetryPolicy(), limits: limits) {
            _ throws(TransportError) in
            HTTPResponse(status: 200, headers: .init(), body: Array(operation().serialized().utf8))
        }
        return CloudRunClient(
            endpoints: GoogleEndpoints(all: base), identities: IdentityTokens(base: base, account: "", rest: rest),
            rest: rest)
    }

    private let change = ServiceChange(traffic: [])

    @Test func `all services of a region share its quota, and the user hears of it once`() async throws {
        let time = WaitlessTime()
        let limits = CallLimits(clock: time.clock)
        let told = Mutex<[String]>([])
        await limits.writes.onFirstWait { quota, _ in told.withLock { $0.append(quota.subject) } }
        let clients = [client(limits), client(limits)]
        for number in 0..<62 {
            var service = backend
            service.name = "s\(number)"
            _ = try await clients[number % 2].update(service, change: change)
        }
        // The first waits until the window moves on; after that the second has hardly to wait.
        #expect((1...2).contains(time.waits.count))
        #expect(time.waits[0] > .seconds(50) && time.waits.allSatisfy { $0 <= .seconds(61) })
        let waits = time.waits.count
        #expect(told.withLock { $0 } == ["Cloud Run in `us-central1` of `p`"])
        var elsewhere = backend
        elsewhere.region = "europe-west1"
        _ = try await clients[0].update(elsewhere, change: change)
        #expect(time.waits.count == waits)
    }

    @Test func `the local server has no quota, and reads have none`() async throws {
        let time = WaitlessTime()
        let limits = CallLimits(clock: time.clock)
        let local = client(limits, base: "http://127.0.0.1:8085")
        for _ in 0..<100 { _ = try await local.update(backend, change: change) }
        let google = client(limits)
        for _ in 0..<100 { _ = try await google.revisions(of: backend) }
        #expect(time.waits.isEmpty)
    }

    @Test func `who is cancelled leaves the queue`() async throws {
        let limits = CallLimits()
        let quota = WriteQuota(subject: "test", limit: 1, window: .seconds(3600))
        try await limits.writes.waitForTurn(quota)
        let waits = AsyncStream<Duration>.makeStream()
        await limits.writes.onFirstWait { waits.continuation.yield($1) }
        let waiting = Task { try await limits.writes.waitForTurn(quota) }
        for await _ in waits.stream { break }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(await limits.writes.queued(for: quota) == 1)
    }
}
