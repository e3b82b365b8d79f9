package import JSON

/// An expression of HCL, as far as it can be told without asking anybody.
package indirect enum HCLExpression: Hashable, Sendable {
    case literal(JSONValue)
    case template([HCLExpression])
    case list([HCLExpression])
    case object([HCLMember])
    /// `var.hosts`, `each.value`, `local.services`: a name, and what is taken of it.
    case name(String)
    case attribute(HCLExpression, String)
    case index(HCLExpression, HCLExpression)
    /// `list[*].name`
    case splat(HCLExpression, [String])
    case call(String, [HCLExpression])
    case conditional(HCLExpression, HCLExpression, HCLExpression)
    case unary(String, HCLExpression)
    case binary(String, HCLExpression, HCLExpression)
    case forList(HCLLoop, value: HCLExpression)
    case forObject(HCLLoop, key: HCLExpression, value: HCLExpression)
    /// Something that is not evaluated here.
    case opaque
}

package struct HCLMember: Hashable, Sendable {
    package var key: HCLExpression
    package var value: HCLExpression
}

/// `for key, value in collection : … if condition`
package struct HCLLoop: Hashable, Sendable {
    package var key: String?
    package var value: String
    package var collection: HCLExpression
    package var condition: HCLExpression?
}

/// `type "label" "label" { … }`
package struct HCLBlock: Hashable, Sendable {
    package var type: String
    package var labels: [String]
    package var body: HCLBody
    package var position: HCLPosition
}

package struct HCLBody: Hashable, Sendable {
    package var attributes: [String: HCLExpression] = [:]
    package var positions: [String: HCLPosition] = [:]
    package var blocks: [HCLBlock] = []

    package init() {}

    package func blocks(_ type: String) -> [HCLBlock] { blocks.filter { $0.type == type } }
}
