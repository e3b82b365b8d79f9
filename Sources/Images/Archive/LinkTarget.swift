/// Where symbolic links lead.
enum LinkTarget {
    /// As many links one after the other as Linux follows (path_resolution(7)).
    private static let longestChain = 40

    /// Whether a link at `path` with that target leads to a place below the root (there or not), also by way of other
    /// links. `target(of:)` is the target of the link at a path below the root, nil where there is none.
    static func staysInside(
        _ path: [UInt8], target: [UInt8], target linked: ([UInt8]) -> [UInt8]?
    ) -> Bool {
        let slash = UInt8(ascii: "/")
        guard target.first != slash else { return false }
        var place = path.split(separator: slash).dropLast().map(Array.init)
        // What is still to be walked, the next part last.
        var rest = Array(target.split(separator: slash).map(Array.init).reversed())
        var links = 0
        while let part = rest.popLast() {
            if part == Array(".".utf8) { continue }
            if part == Array("..".utf8) {
                guard place.popLast() != nil else { return false }
                continue
            }
            place.append(part)
            guard let next = linked(Array(place.joined(separator: [slash]))) else { continue }
            links += 1
            // A chain without an end leads nowhere.
            guard links <= longestChain else { return true }
            guard next.first != slash else { return false }
            place.removeLast()
            rest += next.split(separator: slash).map(Array.init).reversed()
        }
        return true
    }
}
