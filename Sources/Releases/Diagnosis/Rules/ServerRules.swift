import Configuration

/// Servers in front of a program, and what they are told.
enum ServerRules {
    static let rules: [DiagnosisRule] = [
        DiagnosisRule(
            "host-refused", .named,
            [
                .line("ALLOWED_HOSTS", "Invalid HTTP_HOST header: '([^']+)'"),
                .line("Blocked host", "Blocked hosts?: ([^\\s]+)"),
            ]
        ) { seen in
            Explanation(
                "the program does not answer under the name `\(seen.text())`",
                fix: "add the names of the service and of its tags to the hosts that the program accepts",
                command: "stagectl status \(seen.name)")
        },
        DiagnosisRule(
            "server-configuration", .named,
            [
                .line("[emerg]", "\\[emerg\\][^\\n:]*: ([^\\n]{1,160})"),
                .line("AH00526", "(Syntax error on line \\d+ of [^\\n]{1,120})"),
                .line("Syntax error on line", "(Syntax error on line \\d+ of [^\\n]{1,120})"),
                .line("adapting config using caddyfile", "adapting config using caddyfile: ([^\\n]{1,160})"),
                .line("[ALERT]", "\\[ALERT\\][^\\n]*?: ([^\\n]{1,160})"),
                .line("error initializing configuration", "error initializing configuration[^:]*: ([^\\n]{1,160})"),
            ]
        ) { seen in
            Explanation(
                "the server does not accept its configuration: \(seen.text())",
                fix: "correct the file that it names, and try it with the server's own check (nginx -t)",
                command: "stagectl build \(seen.name)")
        },
    ]
}
