/// A program that ended by an error for which there is no better word.
enum ExceptionRules {
    static let rules: [DiagnosisRule] = [
        DiagnosisRule(
            "syntax-error", .named,
            [
                .line("SyntaxError", "(SyntaxError: [^\\n]{1,120})"),
                .line("IndentationError", "(IndentationError: [^\\n]{1,120})"),
                .line("PHP Parse error", "PHP (Parse error: [^\\n]{1,160})"),
                .line("syntax error, unexpected", "(syntax error, unexpected [^\\n]{1,100})"),
            ]
        ) { seen in
            Explanation(
                "the run time cannot read the program: \(seen.text())",
                fix: "correct it, or use the version of the language that it is written for",
                command: "stagectl build \(seen.name)")
        },
        DiagnosisRule("unhandled-exception", .gaveUp, [.judged { lastTrace($0, $1) }]) { seen in
            Explanation(
                "an error that nothing in the program handled ended it: \(seen.text(0))",
                fix: "mend it" + (seen.text(1).isEmpty ? "" : " at \(seen.text(1))") + " and deploy again",
                command: seen.logs)
        },
        DiagnosisRule(
            "crashed", .gaveUp,
            [
                .line("SIGSEGV"), .line("Segmentation fault"), .line("signal 11"), .line("signal 6"),
                .line("signal 4"), .line("exit(139)"), .line("exit(134)"),
            ]
        ) { seen in
            Explanation(
                "the program crashed in native code",
                fix: "look for native extensions that were built for another system or processor",
                command: seen.logs)
        },
    ]

    private static func lastTrace(_ symptoms: Symptoms, _ texts: [LogText]) -> Sighting.Match? {
        let trace = StackFolding.fold(texts.filter { !$0.isPlatform }.map(\.text)).compactMap(\.trace).last
        guard let trace else { return nil }
        return Sighting.Match(text: trace.exception, captures: [trace.exception] + (trace.frame.map { [$0] } ?? []))
    }
}
