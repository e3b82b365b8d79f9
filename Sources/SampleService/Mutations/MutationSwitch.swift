import NIOHTTP1

/// Which mutations are on: those of `SAMPLE_MUTATION` for every request, and with `SAMPLE_MUTABLE=1` those that a request
/// names, in the header `x-sample-mutation` or as the first segment of its path, `/~NAME,NAME/api/threads`. The path is for
/// whoever only knows a base URL. Nothing but a sample may have this.
struct MutationSwitch: Sendable {
    static let header = "x-sample-mutation"
    /// Answers with the names of all mutations.
    static let listPath = "/~"

    private let known: [String: Mutation]
    private let always: [Mutation]
    private let isMutable: Bool
    private let names: [String]
    let unknown: [String]

    init(settings: Settings) {
        let table = Mutation.table(for: settings.role)
        let known = Dictionary(table.map { ($0.name, $0) }) { first, _ in first }
        self.known = known
        names = table.map(\.name)
        always = settings.mutations.compactMap { known[$0] }
        unknown = settings.mutations.filter { known[$0] == nil }
        isMutable = settings.isMutable
    }

    /// A name that is there twice is listed twice.
    var list: Reply { .response(.json(["mutations": .array(names.map { .string($0) })])) }

    /// The mutations of a request, which is then what it would be without them.
    func take(from request: inout Request) -> [Mutation] {
        guard isMutable else { return always }
        var asked = request.headers[canonicalForm: Self.header].map(String.init)
        request.headers.remove(name: Self.header)
        if request.path.hasPrefix("/~"), request.path != Self.listPath {
            let list = request.path.dropFirst(2).prefix { $0 != "/" }
            asked += list.split(separator: ",").map(String.init)
            request.path = String(request.path.dropFirst(2 + list.count))
            if request.path.isEmpty { request.path = "/" }
        }
        guard !asked.isEmpty else { return always }
        request.mutationNames = asked
        return always + asked.compactMap { known[$0] }
    }
}
