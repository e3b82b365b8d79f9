/// A migration that cannot be taken back, between a revision and what its service's data are now.
package struct MigrationBarrier: Hashable, Sendable {
    package var run: String
    package var execution: String

    package init(run: String, execution: String) {
        self.run = run
        self.execution = execution
    }

    /// The newest one that the revision was made before; nil where there is none.
    ///
    /// What was made in the migrating release, or after it, knows the data as they are. Whatever was there before does
    /// not, also where a later rollback went to it all the same, and neither does what the ledger has never heard of.
    ///
    /// - Parameter releases: newest first.
    package static func before(
        _ revision: String, of placement: Placement, releases: [ReleaseDocument]
    ) -> MigrationBarrier? {
        // In several regions the first one's is everybody's.
        func execution(_ release: ReleaseDocument) -> String? {
            release.services.lazy.filter { $0.service == placement.name }.compactMap(\.irreversibleMigration).first
        }
        guard let place = releases.firstIndex(where: { execution($0) != nil }), let name = execution(releases[place])
        else { return nil }
        func results(_ some: ArraySlice<ReleaseDocument>) -> [ServiceResult] {
            some.flatMap { $0.services.filter { $0.isOf(placement) } }
        }
        var older = Set(results(releases[(place + 1)...]).flatMap { [$0.candidate, $0.revision, $0.previousRevision] })
        older.formUnion(results(releases[place...place]).map(\.previousRevision))
        let newer = Set(results(releases[...place]).map(\.candidate))
        guard older.contains(revision) || !newer.contains(revision) else { return nil }
        return MigrationBarrier(run: releases[place].run, execution: name)
    }

    package func refusal(of revision: String, key: ServiceKey) -> Failure {
        Failure(
            .conflict, "`\(revision)` was made before a migration that is irreversible, and may not run any more",
            details: [.init("migration", execution), .init("run", run)],
            hint:
                "deploy what is mended instead, or say why it can run: stagectl rollback \(key.arguments) --to \(revision) "
                + "--override migration=REASON")
    }
}
