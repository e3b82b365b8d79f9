/// The image, and whether the platform may read and run it.
enum ImageRules {
    static let rules: [DiagnosisRule] = [
        DiagnosisRule(
            "image-architecture", .refused,
            [.statement("must support amd64/linux", "manifest type '([^']*)' must support amd64/linux")]
        ) { seen in
            Explanation(
                "the image is made for another machine (\(seen.text(else: "not amd64/linux"))): Cloud Run runs "
                    + "amd64/linux only",
                fix:
                    "build it for linux/amd64: a machine with an ARM processor builds for itself unless told otherwise",
                command: "stagectl deploy \(seen.name) --builder cloud-build")
        },
        DiagnosisRule(
            "image-forbidden", .refused,
            [
                .reason("CONTAINER_PERMISSION_DENIED"), .reason("CONTAINER_IMAGE_UNAUTHORIZED"),
                .statement("must have permission to read the image", "permission to read the image,? (\\S+)"),
            ]
        ) { seen in
            Explanation(
                "the platform may not read the image",
                fix: "grant roles/artifactregistry.reader on the image's repository to Cloud Run's service agent "
                    + "(service-PROJECT_NUMBER@serverless-robot-prod.iam.gserviceaccount.com)",
                command: seen.project.isEmpty
                    ? nil : "gcloud artifacts repositories list --project \(seen.project)")
        },
        DiagnosisRule(
            "image-not-attested", .refused,
            [
                .reason("CONTAINER_IMAGE_AUTHORIZATION_CHECK_FAILED"),
                .statement("denied by attestor"), .statement("Binary Authorization"),
            ]
        ) { seen in
            Explanation(
                "the project's Binary Authorization policy does not admit the image",
                fix: "let the build attest the image, or ask whoever owns the policy to admit its repository",
                command: seen.project.isEmpty
                    ? nil : "gcloud container binauthz policy export --project \(seen.project)")
        },
        DiagnosisRule(
            "image-name-invalid", .refused,
            [.statement("container image path in the form")]
        ) { seen in
            Explanation(
                "what stands as image is not the name of one",
                fix: "write it as HOST/REPOSITORY[:TAG] or HOST/REPOSITORY@sha256:DIGEST",
                command: "stagectl config show")
        },
        DiagnosisRule(
            "image-unreadable", .refused,
            [
                .statement("Container import failed"), .statement("Failed to import image"),
                .statement("Got an error reading container"),
            ]
        ) { seen in
            Explanation(
                "the platform could not import the image",
                fix: "build and push it again: a layer is damaged, in a format that Cloud Run does not read, or gone",
                command: "stagectl build \(seen.name)")
        },
        DiagnosisRule(
            "image-missing", .refused,
            [.statement("not found", "Image '([^']+)' not found"), .reason("CONTAINER_MISSING")]
        ) { seen in
            Explanation(
                "the image was not found" + (seen.text().isEmpty ? "" : ": \(seen.text())"),
                fix: "build and push it; if it is there, check the registry that the environment names",
                command: "stagectl build \(seen.name)")
        },
    ]
}
