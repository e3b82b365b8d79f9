import Releases
import Testing

@testable import Reporting

/// What `doctor` prints, character by character.
@Suite struct PreflightTextTests {
    private static let report = PreflightReport([
        PreflightFinding("tool:docker", .ok, what: "`docker` 20.10.24"),
        PreflightFinding(
            "permission:x", .problem, .permission, what: "may not change the service and read its revisions",
            why:
                "`run.services.update` on service `backend` in `us-central1` is not granted; the least role that holds "
                + "it is `roles/run.developer`",
            command:
                "gcloud run services add-iam-policy-binding backend --region us-central1 --project example-staging "
                + "--member serviceAccount:ci@example-staging.iam.gserviceaccount.com --role roles/run.developer"),
        PreflightFinding(
            "clock", .warning, what: "the clock is 45 s fast", why: "signed tokens and leases go by it",
            command: "sudo timedatectl set-ntp true"),
        PreflightFinding("api:x", .unknown, what: "whether `x\u{1B}[2J` is enabled is not known"),
    ])

    @Test func `at 80 columns prose is folded and commands stay whole`() {
        #expect(
            PreflightText.text(Self.report, columns: 80, palette: Palette(isEnabled: false)) == """
                  ✔  `docker` 20.10.24
                  ✘  may not change the service and read its revisions
                     `run.services.update` on service `backend` in `us-central1` is not granted;
                     the least role that holds it is `roles/run.developer`
                     $ gcloud run services add-iam-policy-binding backend --region us-central1 --project example-staging --member serviceAccount:ci@example-staging.iam.gserviceaccount.com --role roles/run.developer
                  !  the clock is 45 s fast
                     signed tokens and leases go by it
                     $ sudo timedatectl set-ntp true
                  ?  whether `x\\u{1b}[2J` is enabled is not known

                1 fine, 1 warning, 1 problem, 1 unknown
                """)
    }

    @Test func `at 120 columns there is more room`() {
        #expect(
            PreflightText.text(Self.report, columns: 120, palette: Palette(isEnabled: false)) == """
                  ✔  `docker` 20.10.24
                  ✘  may not change the service and read its revisions
                     `run.services.update` on service `backend` in `us-central1` is not granted; the least role that holds it is
                     `roles/run.developer`
                     $ gcloud run services add-iam-policy-binding backend --region us-central1 --project example-staging --member serviceAccount:ci@example-staging.iam.gserviceaccount.com --role roles/run.developer
                  !  the clock is 45 s fast
                     signed tokens and leases go by it
                     $ sudo timedatectl set-ntp true
                  ?  whether `x\\u{1b}[2J` is enabled is not known

                1 fine, 1 warning, 1 problem, 1 unknown
                """)
    }

    @Test func `a report without a problem says so`() {
        let report = PreflightReport([PreflightFinding("a", .ok, what: "a")])
        #expect(
            PreflightText.text(report, columns: nil, palette: Palette(isEnabled: false))
                == "  ✔  a\n\nno problem: 1 fine")
    }
}
