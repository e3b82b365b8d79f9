import JSON

/// A resource as the files declare it, with what can be told of its attributes before anything is planned.
struct DeclaredResource: Hashable, Sendable {
    var type: String
    /// With its modules and its key: `module.lb.google_compute_url_map.this`.
    var address: String
    var body: DeclaredBody
    /// Where it stands: `terraform/modules/lb/main.tf:12:1`.
    var place: String
}

/// A body whose expressions have come to values.
struct DeclaredBody: Hashable, Sendable {
    var attributes: [String: HCLValue] = [:]
    var blocks: [String: [DeclaredBody]] = [:]
    /// A `dynamic` block whose collection is unknown: there may be more blocks of this type than are listed.
    var openBlocks: Set<String> = []

    subscript(_ name: String) -> HCLValue { attributes[name] ?? .unknown }

    func blocks(_ type: String) -> [DeclaredBody] { blocks[type] ?? [] }

    /// Follows blocks: `template`, `containers`.
    func blocks(at path: String...) -> [DeclaredBody] {
        path.reduce([self]) { bodies, name in bodies.flatMap { $0.blocks(name) } }
    }

    /// Whether a block of this type may be there that is not listed.
    func isOpen(_ type: String) -> Bool { openBlocks.contains(type) }
}
