import Configuration

/// Files and ports inside the container.
enum FileRules {
    static let rules: [DiagnosisRule] = [
        DiagnosisRule(
            "port-forbidden", .named,
            [
                .line("EACCES", "listen EACCES[^\\n]*?:(\\d{1,4})\\b"),
                .line("bind: permission denied", ":(\\d{1,4}): bind: permission denied"),
                .line("Permission denied", "(?i)bind\\(?\\)?[^\\n]*:(\\d{1,4})[^\\n]*Permission denied"),
                .line("Permission denied", "(?i)could not bind to address[^\\n]*:(\\d{1,4})\\b"),
            ]
        ) { seen in
            Explanation(
                "the program may not listen on port \(seen.text()): ports below 1024 are for root",
                fix: "listen on $PORT (\(seen.symptoms.service.container.port))", command: seen.logs)
        },
        DiagnosisRule(
            "port-in-use", .named,
            [
                .line("EADDRINUSE", "EADDRINUSE[^\\n]*?:(\\d{2,5})\\b"),
                .line("ddress already in use", "(?i)[:( ](\\d{2,5})\\)?:? ?(?:[^\\d\\n]*)address already in use"),
                .line("ddress already in use", "(?i)address already in use[^\\n]*?[:' ](\\d{2,5})\\b"),
                .line("ddress already in use"),
                .line("already in use", "(?i)port (\\d{2,5}) (?:is |was )?already in use"),
                .line("Only one usage of each socket address"),
            ]
        ) { seen in
            Explanation(
                "two programs in the container want the same port" + (seen.text().isEmpty ? "" : ": \(seen.text())"),
                fix: "start one server only, and give a sidecar another port than $PORT", command: seen.logs)
        },
        DiagnosisRule(
            "file-system-read-only", .named,
            [
                .line("EROFS", "EROFS: read-only file system, \\w+ '([^']+)'"),
                .line("ead-only file system", "(?i)read-only file system: '([^']+)'"),
                .line("ead-only file system", "(/[^\\s:'\"]+)['\"]?: (?i:read-only file system)"),
                .line("EROFS"), .line("ead-only file system"),
            ]
        ) { seen in
            Explanation(
                "the program writes where it may only read" + (seen.text().isEmpty ? "" : ": `\(seen.text())`"),
                fix: "write to /tmp, or mount a volume for it",
                command: seen.logs)
        },
        DiagnosisRule(
            "disk-full", .named, [.line("ENOSPC"), .line("No space left on device")]
        ) { seen in
            Explanation(
                "nothing more can be written: files of a container live in its memory",
                fix: "raise memory of \(seen.name), or mount a volume for what it writes", command: seen.logs)
        },
        DiagnosisRule(
            "file-forbidden", .named,
            [
                .line("EACCES", "EACCES: permission denied, \\w+ '([^']+)'"),
                .line("Errno 13", "\\[Errno 13\\] Permission denied: '([^']+)'"),
                .line("permission denied", "(?:open|mkdir|stat) (/\\S+): permission denied"),
                .line("Permission denied", "[\"'(](/[^\"')]+)[\"')][^\\n]{0,120}Permission denied"),
                .line("AccessDeniedException", "AccessDeniedException: (\\S+)"),
                .line("Access to the path", "Access to the path '([^']+)' is denied"),
            ]
        ) { seen in
            Explanation(
                "the program may not read or write `\(seen.text())`",
                fix: "give the file to the user that the image runs as (COPY --chown), or write to /tmp",
                command: "stagectl build \(seen.name)")
        },
        DiagnosisRule(
            "file-missing", .named,
            [
                .line("ENOENT", "ENOENT: no such file or directory, \\w+ '([^']+)'"),
                .line("FileNotFoundError", "FileNotFoundError: [^\\n]*?'([^']+)'"),
                .line("no such file or directory", "open (\\S+): no such file or directory"),
                .line("FileNotFoundException", "FileNotFoundException: (\\S+)"),
                .line("No such file or directory @", "No such file or directory @ \\w+ - (\\S+)"),
                .line("Could not find file", "Could not find file '([^']+)'"),
                .line("Executable doesn't exist at", "Executable doesn't exist at (\\S+)"),
                .line("Could not find Chrome", "Could not find (Chrome)"),
                .line(
                    "no such file or directory", "(?:stat|lstat|read|mkdir|chdir) (/\\S+): no such file or directory"),
                .line("NoSuchFileException", "NoSuchFileException: (\\S+)"),
                .line("Could not find a part of the path", "Could not find a part of the path '([^']+)'"),
                .line(
                    "o such file",
                    "(?i)(?:could not|cannot|can't|unable to|failed to) (?:read|open|load|find)[^\\n\"'`]{0,30}[\"'`]([^\"'`]+)[\"'`]"
                        + "[^\\n]{0,40}no such file"),
                .line("code: NotFound", "(Os \\{ code: 2, kind: NotFound)"),
            ]
        ) { seen in
            Explanation(
                "the image lacks the file `\(seen.text())`",
                fix: "copy it into the image (is it in .dockerignore?), or mount the secret or volume that holds it",
                command: "stagectl build \(seen.name)")
        },
    ]
}
