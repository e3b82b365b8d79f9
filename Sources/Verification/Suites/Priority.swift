/// How much depends on a suite: P1 first, P6 last.
package enum Priority: String, Codable, Hashable, Sendable, CaseIterable, Comparable {
    case p1 = "P1"
    case p2 = "P2"
    case p3 = "P3"
    case p4 = "P4"
    case p5 = "P5"
    case p6 = "P6"

    package static func < (left: Priority, right: Priority) -> Bool {
        left.rawValue < right.rawValue
    }

    /// Whether a pass that needed a retry is no pass: what P1 and P2 protect does not work "sometimes".
    package var forbidsFlaky: Bool { self <= .p2 }
}
