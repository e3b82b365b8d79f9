import JSON

/// An IAM policy of which only one line is ours; everything else in it stays as it was read.
struct AccessPolicy {
    private(set) var document: JSONValue

    private static let role = "roles/run.invoker"
    private static let everybody = "allUsers"

    init(_ document: JSONValue) {
        self.document = document.object == nil ? .object([:]) : document
    }

    /// An empty policy is one too; what has bindings of another form is not.
    static func isPolicy(_ document: JSONValue) -> Bool {
        document.object != nil && document["bindings"].map { $0.array != nil } ?? true
    }

    /// Google's policies have one even where they bind nothing; a write without it would overwrite anything.
    var hasEtag: Bool { !(document["etag"]?.string ?? "").isEmpty }

    private var bindings: [JSONValue] { document["bindings"]?.array ?? [] }

    /// Anybody may call, under no condition.
    var isPublic: Bool {
        bindings.contains { Self.opens($0) && $0["condition"] == nil }
    }

    /// Who may call by a line of this policy; those of the project and above are not in it. A line that holds only
    /// sometimes says so.
    var invokers: [String] {
        let members = bindings.filter { $0["role"]?.string == Self.role }.flatMap { binding in
            (binding["members"]?.array ?? []).compactMap(\.string).map {
                binding["condition"] == nil ? $0 : "\($0) (with a condition)"
            }
        }
        return Set(members).sorted()
    }

    /// False when it is so already.
    mutating func setPublic(_ wanted: Bool) -> Bool {
        guard wanted ? !isPublic : bindings.contains(where: Self.opens) else { return false }
        var bindings = bindings
        if wanted {
            // The same role may be bound with a condition as well; that line is somebody else's.
            if let index = bindings.firstIndex(where: { $0["role"]?.string == Self.role && $0["condition"] == nil }) {
                bindings[index]["members"] = .array(
                    (bindings[index]["members"]?.array ?? []) + [.string(Self.everybody)])
            } else {
                bindings.append(["role": .string(Self.role), "members": [.string(Self.everybody)]])
            }
        } else {
            bindings = bindings.compactMap { binding in
                guard Self.opens(binding) else { return binding }
                var binding = binding
                let members = (binding["members"]?.array ?? []).filter { $0.string != Self.everybody }
                binding["members"] = .array(members)
                return members.isEmpty ? nil : binding
            }
        }
        document["bindings"] = .array(bindings)
        if bindings.contains(where: { $0["condition"] != nil }) { document["version"] = 3 }
        return true
    }

    private static func opens(_ binding: JSONValue) -> Bool {
        binding["role"]?.string == role && binding["members"]?.array?.contains(.string(everybody)) == true
    }
}
