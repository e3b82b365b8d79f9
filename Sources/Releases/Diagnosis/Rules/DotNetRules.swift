/// .NET.
enum DotNetRules {
    static let rules: [DiagnosisRule] = [
        DiagnosisRule(
            "dotnet-framework-missing", .named,
            [
                .line("ramework", "Framework: '([^']+)', version '([^']+)'"),
                .line("ramework", "[Tt]he framework '([^']+)', version '([^']+)'"),
                .line("You must install or update .NET"), .line("You must install .NET"),
                .line("It was not possible to find any compatible framework version"),
            ]
        ) { seen in
            let wanted = seen.text().isEmpty ? "" : ": \(seen.text(0)) \(seen.text(1))"
            return Explanation(
                "the image lacks the .NET run time that the program is built for\(wanted)",
                fix: "use the base image of that version (aspnet for a web service), or publish self-contained",
                command: "stagectl build \(seen.name)")
        },
        DiagnosisRule(
            "dotnet-assembly-missing", .named,
            [
                .line("Could not load file or assembly", "Could not load file or assembly '([^',]+)"),
                .line("The application to execute does not exist", "does not exist: '([^']+)'"),
                .line("does not exist", "The application '([^']+)' does not exist"),
                .line("DllNotFoundException", "Unable to load shared library '([^']+)'"),
            ]
        ) { seen in
            Explanation(
                ".NET does not find `\(seen.text())`",
                fix: "copy the whole output of dotnet publish into the image, and check the name in ENTRYPOINT",
                command: "stagectl build \(seen.name)")
        },
    ]
}
