/// PHP.
enum PHPRules {
    static let rules: [DiagnosisRule] = [
        DiagnosisRule(
            "php-class-missing", .named,
            [
                .line("Failed opening required", "Failed opening required '([^']+)'"),
                .line("Class", "Class [\"']([^\"']+)[\"'] not found"),
                .line("Call to undefined function", "Call to undefined function (\\S+)\\(\\)"),
                .line("could not find driver", "(could not find driver)"),
            ]
        ) { seen in
            Explanation(
                "PHP does not find `\(seen.text())`",
                fix: "run composer install in the image's build, and install the extensions that it needs "
                    + "(docker-php-ext-install)",
                command: "stagectl build \(seen.name)")
        }
    ]
}
