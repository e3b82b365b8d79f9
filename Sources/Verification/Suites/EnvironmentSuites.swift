package import Configuration

/// Suites as one environment runs them.
package enum EnvironmentSuites {
    /// The suites with the environment's waivers among their policies, or everything in its file that fits none of
    /// them: waivers without a check, values and secrets that no suite asks for.
    ///
    /// - Parameter suites: all that the environment's services run, by name, read for this environment.
    package static func complete(
        _ suites: [String: Suite], for environment: SuiteEnvironment
    ) -> Result<[String: Suite], Findings> {
        var reader = SuiteReader()
        let waived = reader.waive(environment.waivers, suites)
        for entry in environment.values where SensitiveName.matches(entry.key) {
            reader.report(
                key: entry, "values.\(entry.key)",
                "`\(entry.key)` sounds like a secret, and everybody who has the file can read it",
                hint: "write `secrets: { \(entry.key): { from_env: \(entry.key.uppercased()) } }`")
        }
        let values = Set(suites.values.flatMap(\.environmentValues)).sorted()
        for entry in environment.values where !values.contains(entry.key) {
            reader.report(
                key: entry, "values.\(entry.key)", "no suite here has a value \(entry.key.quotedForMessage)",
                hint: NearestName.hint(for: entry.key, in: values)
                    ?? "a suite declares it: `values: { \(entry.key): { type: text } }`")
        }
        let secrets = Set(suites.values.flatMap(\.secrets.keys)).sorted()
        for entry in environment.secrets where !secrets.contains(entry.key) {
            reader.report(
                key: entry, "secrets.\(entry.key)", "no suite here has a secret \(entry.key.quotedForMessage)",
                hint: NearestName.hint(for: entry.key, in: secrets)
                    ?? "a suite declares it: `secrets: { \(entry.key): { from_env: … } }`")
        }
        return reader.findings.isEmpty ? .success(waived) : .failure(Findings(reader.findings))
    }
}
