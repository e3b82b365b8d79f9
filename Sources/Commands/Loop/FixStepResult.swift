import JSON

/// What a fix says of itself, in the file that `STAGECTL_FIX_RESULT` names: `{"cost": 0.42, "summary": "…"}`. A claim,
/// bounded and never more than told.
struct FixStepResult: Hashable, Sendable {
    /// US dollars.
    var cost: Double?
    var summary: String?
    /// Why the file says nothing; nil where it is fine or not there.
    var problem: String?

    static let largest = 64 << 10

    init(cost: Double? = nil, summary: String? = nil, problem: String? = nil) {
        self.cost = cost
        self.summary = summary
        self.problem = problem
    }

    /// - Parameter bytes: nil for no file.
    init(_ bytes: [UInt8]?) {
        guard let bytes, !bytes.isEmpty else { return }
        guard bytes.count <= Self.largest, let document = try? JSONValue(parsing: bytes), document.object != nil else {
            problem = "is no JSON object of at most \(Self.largest >> 10) KiB"
            return
        }
        if let said = document["cost"], said != .null {
            if let number = said.double, number.isFinite, number >= 0, number < 1_000_000 {
                cost = number
            } else {
                problem = "has a cost that is no amount of US dollars"
            }
        }
        summary = document["summary"]?.string.map { String($0.prefix(2000)) }
    }
}
