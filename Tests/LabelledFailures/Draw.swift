/// Chance that one seed decides (Steele, Lea and Flood 2014: SplitMix64).
package struct Draw: Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    package mutating func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    package mutating func one<Element>(of list: [Element]) -> Element { list[number(0...(list.count - 1))] }

    package mutating func hex(_ digits: Int) -> String {
        let text = String(next(), radix: 16) + String(next(), radix: 16) + String(next(), radix: 16)
        let padded = String(repeating: "0", count: max(0, digits - text.count)) + text
        return String(padded.prefix(digits))
    }

    /// Places such as `{route}` or `{ms}` filled in.
    package mutating func fill(_ text: String, route: String, service: String) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = rest[rest.index(after: open)..<close]
            result += rest[..<open]
            rest = rest[rest.index(after: close)...]
            switch name {
            case "route": result += route
            case "path": result += route.split(separator: " ").last.map(String.init) ?? route
            case "service": result += service
            case "n": result += "\(number(2...97))"
            case "ms": result += "\(number(600...29_000))"
            case "s": result += "\(number(5...60))"
            case "id": result += hex(12)
            case "uuid": result += "\(hex(8))-\(hex(4))-4\(hex(3))-\(hex(12))"
            case "line": result += "\(number(12...640))"
            case "time": result += "2026-11-\(number(10...29))T\(number(10...23)):\(number(10...59)):\(number(10...59))"
            case "user": result += one(of: ["ada", "grace", "linus", "barbara", "ken", "svc-e2e"])
            case "ip": result += "10.\(number(0...250)).\(number(0...250)).\(number(2...250))"
            default: result += "{\(name)}"
            }
        }
        return result + rest
    }
}
