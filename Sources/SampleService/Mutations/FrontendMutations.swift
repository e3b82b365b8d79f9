/// Defects of the role frontend.
extension Mutation {
    static let frontend: [Mutation] = []
}
