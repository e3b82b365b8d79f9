/// Refuses a plan that loses something unless each loss was named (`--allow-destroy ADDRESS`).
package enum DestroyGuard {
    package struct Loss: Hashable, Sendable {
        package var change: ResourceChange

        package init(change: ResourceChange) {
            self.change = change
        }

        /// Why, in Terraform's or the provider's words.
        package var cause: String {
            if !change.forcedBy.isEmpty {
                return "`\(change.forcedBy.joined(separator: "`, `"))` cannot be changed in place"
            }
            switch change.reason {
            case "replace_because_tainted": return "an earlier apply failed in it (it is tainted)"
            case "replace_by_request": return "it was asked for with -replace"
            case "replace_by_triggers": return "`replace_triggered_by` of its lifecycle"
            case "replace_because_cannot_update": return "the provider cannot change it in place"
            case "delete_because_no_resource_config": return "no configuration has it any more"
            case "delete_because_no_module": return "its module is not called any more"
            case "delete_because_wrong_repetition": return "it has `count` or `for_each` now, or has them no more"
            case "delete_because_count_index": return "`count` is smaller now"
            case "delete_because_each_key": return "`for_each` has this key no more"
            case "delete_because_no_move_target": return "it moved to an address that no configuration has"
            case ResourceChange.deposed: return "a replacement that was cut has left it behind; the new one stays"
            case let other?: return other
            // Terraform gives a reason for everything but what `-destroy` asks for.
            case nil: return change.action == .replace ? "the provider asks for it" : "everything is to go"
            }
        }
    }

    /// - Parameter allowed: addresses as Terraform writes them, each whole; a module's address stands for all in it.
    /// - Returns: what would be lost without having been named, by address.
    package static func losses(of plan: InfrastructurePlan, allowing allowed: Set<String>) -> [Loss] {
        plan.changes.filter { $0.action.losesSomething && !isAllowed($0.address, allowed) }.map(Loss.init)
    }

    /// Names that were allowed and that the plan does not lose: a slip of the pen is told, not passed over.
    package static func unmatched(_ allowed: [String], in plan: InfrastructurePlan) -> [String] {
        allowed.filter { name in
            !plan.changes.contains { $0.action.losesSomething && isAllowed($0.address, [name]) }
        }
    }

    private static func isAllowed(_ address: String, _ allowed: Set<String>) -> Bool {
        allowed.contains { name in
            address == name || (isModule(name) && (address.hasPrefix(name + ".") || address.hasPrefix(name + "[")))
        }
    }

    private static func isModule(_ name: String) -> Bool {
        // `module.a` or `module.a.module.b["x"]`: every other word is `module`.
        var depth = 0
        var words: [String] = [""]
        for character in name {
            if character == "[" { depth += 1 }
            if character == "]" { depth -= 1 }
            if character == ".", depth == 0 { words.append("") } else { words[words.count - 1].append(character) }
        }
        return words.count.isMultiple(of: 2)
            && words.enumerated().allSatisfy {
                $0.offset.isMultiple(of: 2) ? $0.element == "module" : !$0.element.isEmpty
            }
    }
}
