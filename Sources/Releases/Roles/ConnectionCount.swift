/// How many requests a revision is answering at this moment: WebSockets and streams that stay open, above all.
package protocol ConnectionCount: Sendable {
    /// Nil where nobody can tell.
    func openConnections(of revision: String, service: ServiceIdentity) async throws -> Int?
}
