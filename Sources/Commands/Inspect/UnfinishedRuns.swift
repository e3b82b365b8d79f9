import Releases

/// The runs without an end, by what their plans say; a plan of another version that cannot be read is said, and is no
/// reason to say nothing of the rest.
struct UnfinishedRuns {
    /// Oldest first.
    private(set) var names: [String] = []
    private(set) var unreadable: [(run: String, why: Failure)] = []
    private var services: [(run: String, names: Set<String>)] = []

    mutating func add(_ run: String, plan: String) {
        names.append(run)
        do {
            let plan = try DecodedPlan(decoding: plan).plan
            services.append((run, Set(plan.services.map(\.identity.name))))
        } catch {
            unreadable.append((run, error))
        }
    }

    /// The youngest one that touches the service.
    func run(of service: String) -> String? {
        services.last { $0.names.contains(service) }?.run
    }

    /// What to do about each.
    var notes: [String] {
        names.map { run in
            guard let why = unreadable.first(where: { $0.run == run })?.why else {
                return "run \(run) has not ended: stagectl resume \(run), or stagectl abort \(run)"
            }
            return "run \(run) has not ended, and \(why.summary): resume or abort it with the version that began it"
        }
    }
}
