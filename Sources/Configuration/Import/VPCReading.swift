import JSON

/// How a template reaches a network (v2 `VpcAccess`); nil where the configuration has no words for a part of it.
enum VPCReading {
    static func vpc(_ document: JSONValue) -> VPCAccess? {
        var fields = UnreadFields(document, path: "")
        var egress: VPCAccess.Egress?
        switch fields.take("egress")?.string {
        case nil: break
        case "ALL_TRAFFIC": egress = .allTraffic
        case "PRIVATE_RANGES_ONLY": egress = .privateRangesOnly
        default: return nil
        }
        let connector = fields.takeText("connector", .connector)
        let interfaces = fields.take("networkInterfaces")?.array ?? []
        guard fields.left.isEmpty else { return nil }
        if let connector { return interfaces.isEmpty ? VPCAccess(way: .connector(connector), egress: egress) : nil }
        guard interfaces.count == 1, let direct = direct(interfaces[0]) else { return nil }
        return VPCAccess(way: .direct(direct), egress: egress)
    }

    private static func direct(_ document: JSONValue) -> DirectEgress? {
        var fields = UnreadFields(document, path: "")
        let result = DirectEgress(
            network: fields.takeText("network", .network), subnetwork: fields.takeText("subnetwork", .subnetwork),
            tags: fields.take("tags")?.array?.compactMap(\.string) ?? [])
        guard fields.left.isEmpty, result.network != nil || result.subnetwork != nil,
            result.tags.allSatisfy(StringRule.networkTag.allows)
        else { return nil }
        return result
    }
}
