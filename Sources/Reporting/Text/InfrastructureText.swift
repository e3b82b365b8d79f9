import Configuration
package import Infrastructure
import JSON

/// A plan of Terraform in words.
package struct InfrastructureText {
    private let palette: Palette
    /// More attributes of one resource than this are counted, not shown.
    private static let shownAttributes = 12

    package init(palette: Palette) {
        self.palette = palette
    }

    /// - Parameter title: `plan of staging (terraform/staging)`.
    package func plan(_ plan: InfrastructurePlan, title: String) -> String {
        guard !plan.isEmpty else {
            return ([palette.strong(title) + ": nothing to do"] + drift(plan)).joined(separator: "\n")
        }
        var lines = [palette.strong(title) + ": " + Self.counts(plan)]
        for change in plan.changes { lines += self.change(change) }
        for output in plan.outputs {
            let known = output.isKnown ? "" : palette.faint("  known after the apply")
            lines.append("  \(symbol(output.action)) output \(SafeText.line(output.name))\(known)")
        }
        if plan.isPartial {
            lines.append(palette.warn("  Terraform put some changes off: plan again after this apply"))
        }
        lines += drift(plan)
        lines.append("plan \(plan.fingerprint.prefix(12))" + (plan.serial.map { ", made on state \($0)" } ?? ""))
        return lines.joined(separator: "\n")
    }

    /// `2 to create, 1 to replace`, or `nothing but outputs`.
    package static func counts(_ plan: InfrastructurePlan) -> String {
        let counts = plan.counts
        var parts = [
            (counts.create, "to create"), (counts.update, "to change"), (counts.replace, "to replace"),
            (counts.destroy, "to destroy"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let others = plan.changes.filter { [.forget, .adopt, .move].contains($0.action) }.count
        if others > 0 { parts.append("\(others) to move, adopt or forget") }
        return parts.isEmpty ? "nothing but outputs" : parts.joined(separator: ", ")
    }

    private func change(_ change: ResourceChange) -> [String] {
        var head = "  \(symbol(change.action)) \(SafeText.line(change.address))"
        if let previous = change.previousAddress { head += palette.faint("  was \(SafeText.line(previous))") }
        if change.action.losesSomething {
            let order = change.action == .replace ? (change.createsFirst ? "new one first; " : "old one first; ") : ""
            head += palette.faint("  \(order)\(SafeText.line(DestroyGuard.Loss(change: change).cause))")
        }
        guard change.action != .create, change.action != .destroy else { return [head] }
        let shown = change.attributes.prefix(Self.shownAttributes).map { attribute in
            "      \(SafeText.line(attribute.path)): \(side(attribute.before)) → \(side(attribute.after))"
        }
        let rest = change.attributes.count - shown.count
        return [head] + shown + (rest > 0 ? [palette.faint("      and \(Counted.text(rest, "more attribute"))")] : [])
    }

    /// What was changed outside, alone.
    package func drifted(_ plan: InfrastructurePlan, title: String) -> String {
        let count = plan.drift.count + plan.outputs.count
        let outputs = plan.outputs.map { "  \(symbol($0.action)) output \(SafeText.line($0.name))" }
        return ([palette.strong(title) + ": \(count) changed outside Terraform"] + plan.drift.flatMap(change) + outputs)
            .joined(separator: "\n")
    }

    private func drift(_ plan: InfrastructurePlan) -> [String] {
        guard !plan.drift.isEmpty else { return [] }
        return [palette.warn("changed outside Terraform since its last apply:")] + plan.drift.flatMap(change)
    }

    private func side(_ side: AttributeChange.Side) -> String {
        switch side {
        case .absent: palette.faint("nothing")
        case .value(let text): SafeText.line(text)
        case .sensitive: palette.faint("(sensitive)")
        case .unknown: palette.faint("(known after the apply)")
        }
    }

    private func symbol(_ action: ResourceChange.Action) -> String {
        switch action {
        case .create, .adopt: palette.good("+")
        case .update: palette.warn("~")
        case .replace: palette.bad("±")
        case .destroy: palette.bad("-")
        case .forget: palette.warn("forget")
        case .move: "→"
        }
    }

    /// - Parameter columns: of the terminal; nil keeps every line whole.
    package func outputs(_ outputs: [InfrastructureOutput], columns: Int? = nil) -> String {
        guard !outputs.isEmpty else { return "no outputs" }
        var table = TextTable(["OUTPUT", "TYPE", "VALUE"])
        for output in outputs {
            let value = output.isSensitive ? "(sensitive)" : output.text ?? output.value.serialized()
            table.add([SafeText.line(output.name), SafeText.line(output.type), SafeText.line(value)])
        }
        return table.text(columns: columns)
    }
}
