extension Routes {
    /// The route of a request: by the port on which it came, where that port belongs to one route, else by its host.
    func route(host: String, listeningPort: Int?) -> Route? {
        if let listeningPort { return ports[listeningPort] }
        return hosts[Self.hostName(of: host)]
    }

    /// The host name of a Host field: lower case, without port and without the root's dot.
    static func hostName(of authority: String) -> String {
        var name = Substring(authority.lowercased())
        if name.hasPrefix("[") {
            if let end = name.firstIndex(of: "]") { return String(name[name.index(after: name.startIndex)..<end]) }
            return String(name)
        }
        if let colon = name.firstIndex(of: ":") { name = name[..<colon] }
        if name.hasSuffix(".") { name = name.dropLast() }
        return String(name)
    }
}

extension Routes.Route {
    /// The target on which `ticket` falls, a number from 0 up to (not including) `totalPercent`.
    func target(ticket: Int) -> Routes.Target? {
        var left = ticket
        for target in targets where target.percent > 0 {
            if left < target.percent { return target }
            left -= target.percent
        }
        return nil
    }

    var totalPercent: Int {
        targets.reduce(0) { $0 + max(0, $1.percent) }
    }

    /// One target, each with the probability of its share.
    func chooseTarget() -> Routes.Target? {
        let total = totalPercent
        guard total > 0 else { return nil }
        return target(ticket: Int.random(in: 0..<total))
    }
}
