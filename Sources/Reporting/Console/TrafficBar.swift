import Releases

/// Which revision gets how much of the traffic, in cells; the one that is being released stands first.
enum TrafficBar {
    private static let fills: [Character] = ["█", "▒", "░", "▓"]

    /// Every revision with a share has a cell, as long as there are enough.
    static func text(_ shares: [(revision: String, percent: Int)], cells: Int) -> String {
        let shown = shares.filter { $0.percent > 0 }
        guard cells > 0, !shown.isEmpty else { return String(repeating: "·", count: max(0, cells)) }
        var widths = shown.prefix(cells).map { max(1, $0.percent * cells / 100) }
        // What rounding has left or taken is the largest one's.
        while widths.reduce(0, +) != cells, let largest = widths.indices.max(by: { widths[$0] < widths[$1] }) {
            widths[largest] += widths.reduce(0, +) < cells ? 1 : -1
        }
        return widths.enumerated().map { String(repeating: fills[$0.offset % fills.count], count: $0.element) }.joined()
    }

    /// By revision, the candidate first and others by their share.
    static func shares(_ traffic: [TrafficShare], candidate: String?) -> [(revision: String, percent: Int)] {
        let sums = traffic.reduce(into: [String: Int]()) { $0[$1.revision, default: 0] += $1.percent }
        return sums.filter { $0.value > 0 }.sorted {
            if ($0.key == candidate) != ($1.key == candidate) { return $0.key == candidate }
            return ($1.value, $0.key) < ($0.value, $1.key)
        }.map { ($0.key, $0.value) }
    }

    /// `00002-wuw 90 %, 00003-sen 10 %`: what a revision's name says beside its service's.
    static func legend(_ shares: [(revision: String, percent: Int)], of service: String) -> String {
        guard !shares.isEmpty else { return "no traffic" }
        return shares.map { share in
            let prefix = service + "-"
            let name = share.revision.hasPrefix(prefix) ? share.revision.dropFirst(prefix.count) : share.revision[...]
            return "\(SafeText.line(String(name))) \(share.percent) %"
        }.joined(separator: ", ")
    }
}
