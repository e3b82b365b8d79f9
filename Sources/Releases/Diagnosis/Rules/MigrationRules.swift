/// A database whose tables are not those that the program expects.
enum MigrationRules {
    static let rules: [DiagnosisRule] = [
        DiagnosisRule(
            "migration-failed", .named,
            [
                .line("checksum mismatch", "(checksum mismatch for migration version \\S+)"),
                .line("failed migration to version", "(failed migration to version \\S+)"),
                .line("FlywayValidateException", "(FlywayValidateException[^\\n]{0,120})"),
                .line("FlywayException", "(FlywayException[^\\n]{0,120})"),
                .line("LiquibaseException", "(LiquibaseException[^\\n]{0,120})"),
                .line("MigrationFailedException", "(MigrationFailedException[^\\n]{0,120})"),
                .line("alembic.util", "alembic\\.util\\.\\w+\\.CommandError: ([^\\n]{1,120})"),
                // Prisma: of an earlier attempt (P3009), of this one (P3018).
                .line("migration started at", "The `([^`]+)` migration started at [^\\n]* failed"),
                .line("Migration name: ", "Migration name: (\\S+)"),
                .line("P3009"), .line("P3018"), .line("StatementError", "(migrat[^\\n]{1,100})"),
                .line("igration", "(?i)migrations? ([\\w. -]{0,60}?)(?:failed|could not be applied)"),
                .line("Dirty database version", "(Dirty database version \\d+)"),
            ]
        ) { seen in
            Explanation(
                "a migration of the database failed" + (seen.text().isEmpty ? "" : ": \(seen.text())"),
                fix: "mend or mark the migration by hand, then deploy again; run migrations as a hook before traffic, "
                    + "not in every instance",
                command: seen.logs)
        },
        DiagnosisRule(
            "migration-missing", .named,
            [
                .line("does not exist", "relation \"([^\"]+)\" does not exist"),
                .line("doesn't exist", "Table '([^']+)' doesn't exist"),
                .line("no such table", "no such table: (\\S+)"),
                .line("does not exist", "column \"?([\\w.]+)\"? (?:of relation \\S+ )?does not exist"),
                .line("Unknown column", "Unknown column '([^']+)'"),
                .line("PendingMigrationError"), .line("unapplied migration"),
                .line("Migrations are pending"),
            ]
        ) { seen in
            Explanation(
                "the database lacks " + (seen.text().isEmpty ? "migrations" : "`\(seen.text())`")
                    + " that the program expects",
                fix: "run the migrations before the new revision has traffic",
                command: seen.logs)
        },
    ]
}
