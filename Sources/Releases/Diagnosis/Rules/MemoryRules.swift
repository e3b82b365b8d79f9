import Configuration

/// More memory than there is.
enum MemoryRules {
    static let rules: [DiagnosisRule] = [
        DiagnosisRule(
            "memory-limit", .killed,
            [
                .line("Memory limit of", "Memory limit of ([\\d.]+ ?\\w+) exceeded with ([\\d.]+ ?\\w+) used"),
                .line("Memory limit of", "Memory limit of ([\\d.]+ ?\\w+) exceeded"),
                .statement(
                    "Memory limit of", "Memory limit of ([\\d.]+ ?\\w+) exceeded(?: with ([\\d.]+ ?\\w+) used)?"),
                .line("exit(137)", "Container called (exit\\(137\\))"),
                .line("Killed", "^(Killed)$"),
                .line("signal 9", "[Cc]ontainer terminated on (signal 9)"),
            ]
        ) { seen in
            let limit = seen.symptoms.service.container.memory ?? "512Mi"
            return Explanation(
                seen.match.text.contains("Memory limit")
                    ? "the container used more memory than its limit of \(seen.text(0))"
                        + (seen.text(1).isEmpty ? "" : " (\(seen.text(1)) used)")
                    : "the container was killed (\(seen.text(0))), as one that uses more than its memory is",
                fix: "raise memory of \(seen.name), which is \(limit), or lower concurrency or the number of workers",
                command: "stagectl logs \(seen.name) --since 1h --severity WARNING")
        },
        DiagnosisRule(
            "heap-exhausted", .named,
            [
                .line("java.lang.OutOfMemoryError", "java\\.lang\\.(OutOfMemoryError: [^\\n]{1,80})"),
                .line("JavaScript heap out of memory", "(JavaScript heap out of memory)"),
                .line("MemoryError", "^(MemoryError)"), .line("NoMemoryError", "(failed to allocate memory)"),
                .line("bad_alloc", "(std::bad_alloc)"),
                .line("memory allocation of", "(memory allocation of \\d+ bytes failed)"),
                .line("annot allocate memory", "([Cc]annot allocate memory)"),
                .line("OutOfMemoryException", "(OutOfMemoryException)"),
                .line("fatal error: runtime: out of memory", "(out of memory)"),
                .line("Allowed memory size of", "(Allowed memory size of \\d+ bytes exhausted)"),
            ]
        ) { seen in
            Explanation(
                "the program ran out of memory by itself: \(seen.text())",
                fix:
                    "give its run time more of the container's memory (-XX:MaxRAMPercentage, --max-old-space-size), or "
                    + "raise memory of \(seen.name)",
                command: seen.logs)
        },
    ]
}
