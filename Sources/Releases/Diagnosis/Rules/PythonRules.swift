/// Python, and the servers that run it.
enum PythonRules {
    static let rules: [DiagnosisRule] = [
        DiagnosisRule(
            "python-module-missing", .named,
            [
                .line("No module named", "(?:ModuleNotFoundError|ImportError): No module named '?([\\w.]+)'?"),
                .line("No module named", "python\\S*: No module named ([\\w.]+)"),
                .line("Could not import module", "Could not import module \"([^\"]+)\""),
            ]
        ) { seen in
            Explanation(
                "the image lacks the Python module `\(seen.text())`",
                fix: "add its package to the requirements that the image installs; if it is a module of your own, copy "
                    + "it in and check the working directory",
                command: "stagectl build \(seen.name)")
        },
        DiagnosisRule(
            "python-import-failed", .named,
            [
                .line("cannot import name", "ImportError: (cannot import name '[^']+' from [^\\n(]+)"),
                .line("ImportError:", "ImportError: ([^\\n]{1,160})"),
            ]
        ) { seen in
            Explanation(
                "a Python import fails: \(seen.text())",
                fix: "pin versions that belong together, and look for modules that import each other",
                command: "stagectl build \(seen.name)")
        },
        DiagnosisRule(
            "application-object-missing", .named,
            [
                .line("Failed to find attribute", "Failed to find attribute '([^']+)' in '([^']+)'"),
                .line("Error loading ASGI app", "Attribute \"([^\"]+)\" not found in module \"([^\"]+)\""),
                .line(
                    "Failed to find Flask application",
                    "Failed to find Flask application or factory in module '?([^'\\s.]+)"),
                .line(
                    "is not defined in the provided module", "Function '([^']+)' is not defined in the provided module"),
                .line("expected to contain a function named", "expected to contain a function named '?([\\w.-]+)"),
                .line("Provided code is not a loadable module"), .line("not a loadable module"),
                .line("must be in format", "Import string \"([^\"]+)\" must be in format"),
                .line("Failed to parse", "Failed to parse '([^']+)' as an attribute name"),
            ]
        ) { seen in
            Explanation(
                "the server finds no application" + (seen.text().isEmpty ? "" : " `\(seen.text(0))`")
                    + (seen.text(1).isEmpty ? "" : " in module `\(seen.text(1))`"),
                fix:
                    "correct the name in the command that starts the server (MODULE:NAME, --target), and let the module export it",
                command: "stagectl build \(seen.name)")
        },
        DiagnosisRule(
            "workers-failed", .gaveUp,
            [.line("Worker failed to boot"), .line("Worker timed out"), .line("WORKER TIMEOUT"), .line("HaltServer")]
        ) { seen in
            Explanation(
                seen.match.text.contains("TIMEOUT") || seen.match.text.contains("timed out")
                    ? "a worker of the server did not start to serve within the server's own timeout"
                    : "the server could not start its workers",
                fix: "see the lines before it for what the application died of; under gunicorn, --timeout 0 lets Cloud "
                    + "Run decide about time",
                command: seen.logs)
        },
    ]
}
