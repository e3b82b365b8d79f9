/// Looks for services that wait for each other.
enum DependencyCycle {
    private struct Step {
        var name: String
        var rest: ArraySlice<String>
    }

    /// The first cycle of two or more, as names in order; nil where there is none. Unknown names are passed over, and
    /// so is a service that depends on itself.
    static func first(in dependencies: [String: [String]], order: [String]) -> [String]? {
        var done: Set<String> = []
        for start in order where !done.contains(start) {
            // An explicit stack: a chain may be as long as the file allows.
            var stack = [Step(name: start, rest: dependencies[start, default: []][...])]
            var open: Set<String> = [start]
            while var step = stack.popLast() {
                guard let next = step.rest.popFirst() else {
                    open.remove(step.name)
                    done.insert(step.name)
                    continue
                }
                stack.append(step)
                guard next != step.name, !done.contains(next), let further = dependencies[next] else { continue }
                if open.contains(next) {
                    return Array(stack.map(\.name).drop { $0 != next })
                }
                open.insert(next)
                stack.append(Step(name: next, rest: further[...]))
            }
        }
        return nil
    }
}
