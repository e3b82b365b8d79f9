import JSON
import Synchronization

/// What reads still show although it was changed: the state before a write, for as long as its rule says. A list shows
/// the same old state of a resource as the resource itself, whatever its page.
final class StaleReads: Sendable {
    /// 404 where the resource was not there yet.
    fileprivate struct Snapshot {
        var response: APIResponse
        var until: ContinuousClock.Instant
    }

    /// The state before a write, to be kept once the write was taken.
    struct Before: Sendable {
        fileprivate var snapshots: [String: Snapshot] = [:]
    }

    /// By the path of the resource.
    private let snapshots = Mutex<[String: Snapshot]>([:])
    private let api: @Sendable (APIRequest) async -> APIResponse

    init(api: @escaping @Sendable (APIRequest) async -> APIResponse) {
        self.api = api
    }

    func before(_ request: APIRequest, for duration: Duration) async -> Before {
        let until = ContinuousClock.now + duration
        var before = Before()
        for path in WrittenResource(request)?.paths ?? [] {
            let response = await api(APIRequest(method: "GET", path: path))
            // Anything else is no state: v1 refuses a name that several locations have.
            guard response.status == 200 || response.status == 404 else { continue }
            before.snapshots[path] = Snapshot(response: response, until: until)
        }
        return before
    }

    func keep(_ before: Before) {
        snapshots.withLock { kept in
            kept = kept.filter { $0.value.until > .now }
            // Of two writes in a row the older state is the stale one.
            for (path, snapshot) in before.snapshots where kept[path] == nil { kept[path] = snapshot }
        }
    }

    /// What a read of one resource shows; nil where it shows what there is.
    func answer(to request: APIRequest) -> APIResponse? {
        snapshots.withLock { snapshots in
            guard let snapshot = snapshots[request.path] else { return nil }
            guard snapshot.until > .now else {
                snapshots[request.path] = nil
                return nil
            }
            return snapshot.response
        }
    }

    /// The change that a list's elements need to be as they were before; nil where it shows what there is.
    func change(of list: ListForm) -> (@Sendable ([JSONValue]) -> [JSONValue])? {
        let old = snapshots.withLock { $0.filter { $0.value.until > .now && list.contains(path: $0.key) } }
        guard !old.isEmpty else { return nil }
        let states = old.values.map(\.response).filter { $0.status == 200 }.map(\.body)
        let paths = Set(old.keys)
        return { elements in elements.filter { !paths.contains(list.path(of: $0)) } + states }
    }
}
