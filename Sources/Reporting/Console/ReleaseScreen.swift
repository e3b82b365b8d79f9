import Releases

/// The lines of a release that runs, for a terminal of any size: one for each service, and what does not fit is left out
/// in the order of its use. The time of the current step is what must be seen, however narrow the terminal is. Pure.
struct ReleaseScreen {
    /// What stands in a line, and how wide; the same in all lines, and no matter what happens, so that nothing jumps.
    struct Layout: Hashable {
        var indent: Int
        var name: Int
        /// Columns of the steps' signs; 0 where there is no room for all of them.
        var marks: Int
        /// `7/12` instead of the signs.
        var showsFraction: Bool
        var current: Int
        /// Cells of the traffic bar; 0 for none.
        var bar: Int
        var legend: Int
    }

    private static let leastCurrent = 24
    private static let barCells = 10

    private let view: ReleaseView
    private let now: Double
    private let size: TerminalSize
    private let palette: Palette

    private init(_ view: ReleaseView, now: Double, size: TerminalSize, palette: Palette) {
        self.view = view
        self.now = now
        self.size = size
        self.palette = palette
    }

    static func rows(_ view: ReleaseView, now: Double, size: TerminalSize, palette: Palette) -> [String] {
        ReleaseScreen(view, now: now, size: size, palette: palette).rows
    }

    /// As many services as two thirds of the screen hold: above them stands what has been said. Who runs comes first, then
    /// who waits; the others are counted.
    private var rows: [String] {
        let services = view.services
        guard !services.isEmpty else { return [] }
        let layout = Self.layout(of: services, columns: size.columns)
        let room = max(1, min(size.lines - 1, max(4, size.lines * 2 / 3)))
        guard services.count > room else { return services.map { row(of: $0, layout) } }
        let order = services.indices.sorted { (urgency(services[$0]), $0) < (urgency(services[$1]), $1) }
        let shown = order.prefix(max(room - 1, room > 1 ? 1 : 0)).sorted()
        let folded = order.dropFirst(shown.count).map { services[$0] }
        return shown.map { row(of: services[$0], layout) } + [foldedRow(folded, layout)]
    }

    private func urgency(_ service: ReleaseView.Service) -> Int {
        service.current != nil ? 0 : service.isOver ? 2 : 1
    }

    private func foldedRow(_ services: [ReleaseView.Service], _ layout: Layout) -> String {
        let counts = [
            (services.count { $0.current != nil }, "◌", "more under way"),
            (services.count { $0.current == nil && !$0.isOver }, "·", "waiting"),
            (services.count(where: \.isOver), "✔", "done"),
        ].filter { $0.0 > 0 }.map { "\($0.1) \($0.0) \($0.2)" }
        return fitted(String(repeating: " ", count: layout.indent) + counts.joined(separator: ", "))
    }

    // MARK: - Where what stands

    static func layout(of services: [ReleaseView.Service], columns: Int) -> Layout {
        // The last column stays free: a character in it makes some terminals go on to the next line.
        let indent = columns >= 50 ? 2 : 0
        let inner = columns - 1 - indent
        let longest = services.map { DisplayWidth.of(SafeText.line($0.name)) }.max() ?? 0
        var layout = Layout(
            indent: indent, name: min(longest, max(6, inner * 3 / 10)), marks: 0, showsFraction: false, current: 0,
            bar: 0, legend: 0)
        var rest = inner - layout.name - 1
        let marks = services.map(\.steps.count).max() ?? 0
        if rest - marks - 2 >= leastCurrent - 2 {
            layout.marks = marks
            rest -= marks + 2
        } else if rest - 7 >= 12 {
            layout.showsFraction = true
            rest -= 7
        }
        if services.contains(where: \.hasTraffic), rest - barCells - 2 >= leastCurrent + 2 {
            layout.bar = barCells
            rest -= barCells + 2
            let legend = min(rest - 40, 48)
            if legend >= 8 {
                layout.legend = legend
                rest -= legend + 1
            }
        }
        layout.current = max(0, min(rest, 60))
        return layout
    }

    // MARK: - One service

    private func row(of service: ReleaseView.Service, _ layout: Layout) -> String {
        var text = String(repeating: " ", count: layout.indent)
        text += column(SafeText.line(service.name), layout.name)
        if layout.marks > 0 {
            let marks = service.steps.map { mark(of: $0) }.joined()
            text += " " + marks + String(repeating: " ", count: layout.marks - service.steps.count + 1)
        } else if layout.showsFraction {
            text += " " + column("\(service.finishedSteps)/\(service.steps.count)", 5) + " "
        }
        let current = current(of: service, columns: layout.current)
        guard layout.bar > 0, service.hasTraffic else { return fitted(text + " " + current) }
        let shares = TrafficBar.shares(service.traffic, candidate: service.candidate)
        text += " " + DisplayWidth.padded(current, to: layout.current)
        text += " " + TrafficBar.text(shares, cells: layout.bar)
        if layout.legend > 0 {
            let legend = TrafficBar.legend(shares, of: service.name)
            text += " " + palette.faint(DisplayWidth.clipped(legend, to: layout.legend))
        }
        return fitted(text)
    }

    private func mark(of step: ReleaseView.Step) -> String {
        switch step.state {
        case .waiting: palette.faint("·")
        case .running: palette.strong("◌")
        case .done: palette.good("✔")
        case .skipped: palette.faint("–")
        case .failed: palette.bad("✘")
        case .held: palette.warn("‖")
        }
    }

    private func current(of service: ReleaseView.Service, columns: Int) -> String {
        guard let step = service.current else {
            return service.isOver ? palette.good(column("done", columns, pads: false)) : palette.faint("waiting")
        }
        switch step.state {
        case .running(let since): return running(step, seconds: max(0, now - since), columns: columns)
        case .held: return palette.warn(column("held at \(step.label)", columns, pads: false))
        default: return palette.bad(column("failed at \(step.label)", columns, pads: false))
        }
    }

    /// `smoke 3.2 s  ███░░░ 12 of 67 checks, 1 bad`
    private func running(_ step: ReleaseView.Step, seconds: Double, columns: Int) -> String {
        let time = Seconds.text(seconds)
        let label = DisplayWidth.clipped(SafeText.line(step.label), to: max(0, columns - DisplayWidth.of(time) - 1))
        let head = label.isEmpty ? time : "\(label) \(time)"
        let room = columns - DisplayWidth.of(head) - 2
        guard room >= 5 else { return head }
        let detail = step.counts.map { self.detail(of: $0, columns: room) } ?? DisplayWidth.clipped(step.last, to: room)
        return detail.isEmpty ? head : "\(head)  \(detail)"
    }

    private func detail(of counts: GateCounts, columns: Int) -> String {
        let bar = ProgressBar.text(done: counts.done, of: counts.total, cells: 8)
        let short = "\(counts.done)/\(counts.total)"
        let unit =
            switch counts.unit {
            case .samples: "healthy"
            case .checks: "checks"
            case .pairs: "pairs"
            }
        let bad = counts.bad > 0 ? ", \(counts.bad) \(counts.unit == .pairs ? "worse" : "bad")" : ""
        let forms = ["\(bar) \(short) \(unit)\(bad)", "\(bar) \(short)\(bad)", "\(short)\(bad)", short]
        let text = forms.first { DisplayWidth.of($0) <= columns } ?? DisplayWidth.clipped(short, to: columns)
        return counts.bad > 0 ? palette.warn(text) : text
    }

    private func column(_ text: String, _ columns: Int, pads: Bool = true) -> String {
        let clipped = DisplayWidth.clipped(text, to: columns)
        return pads ? DisplayWidth.padded(clipped, to: columns) : clipped
    }

    private func fitted(_ text: String) -> String { DisplayWidth.clipped(text, to: max(1, size.columns - 1)) }
}
