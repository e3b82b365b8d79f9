/// Defects of the role auth.
extension Mutation {
    static let auth: [Mutation] = []
}
