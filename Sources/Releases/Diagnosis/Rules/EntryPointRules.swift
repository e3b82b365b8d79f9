/// Whether the image's program can be started at all.
enum EntryPointRules {
    static let rules: [DiagnosisRule] = [
        DiagnosisRule(
            "wrong-architecture", .named, [.line("exec format error"), .statement("exec format error")]
        ) { seen in
            Explanation(
                "the program is made for another processor, or a script has no first line that says what runs it",
                fix: "build for linux/amd64; begin scripts with #!/bin/sh",
                command: "stagectl deploy \(seen.name) --builder cloud-build")
        },
        DiagnosisRule(
            "line-endings", .named,
            [
                .line("\\r': command not found"), .line("bad interpreter", "(\\S+): bad interpreter|bad interpreter"),
                .line("\\r': No such file"), .line("\u{2018}", "env: \u{2018}(\\w+)\\\\r\u{2019}"),
            ]
        ) { seen in
            Explanation(
                "a script has the line ends of Windows, or names an interpreter that the image lacks",
                fix: "save it with line feeds alone (git: *.sh text eol=lf), and check its first line",
                command: "stagectl build \(seen.name)")
        },
        DiagnosisRule(
            "entry-point-forbidden", .named,
            [
                .statement(
                    "permission denied", "(?i)(?:exec|start|init:)[^\\n]*?\"?(/[^\\s\":]+)\"?: permission denied"),
                .line(
                    "permission denied",
                    "(?i)(?:exec|failed to start|init:|runc)[^\\n]*?\"?(/[^\\s\":]+)\"?: permission denied"),
                .line("Permission denied", "^(?:/bin/)?(?:ba|da)?sh: (?:line )?(?:\\d+: )?(\\S+): Permission denied"),
                .line("ermission denied", "\\bexec:? (\\S+?):?(?: failed| cannot execute)?: [Pp]ermission denied"),
                // What starts a program in the place of process 1.
                .line(
                    "ermission denied", "^(?:\\[?dumb-init\\]?|su-exec|gosu|env)[:\\]]? (\\S+?): [Pp]ermission denied"),
                .line("Permission denied", "can't execute '([^']+)': Permission denied"),
            ]
        ) { seen in
            Explanation(
                "`\(seen.text())` may not be executed",
                fix: "set its execute bit before it is copied into the image (git update-index --chmod=+x), or start "
                    + "it through its interpreter",
                command: seen.word().map { "git ls-files --stage -- '*\(last($0))'" } ?? "stagectl build \(seen.name)")
        },
        // The kernel's word when the file is there and what its first line names is not (execve(2), ENOENT); a file that
        // is not in the image is told by what looks for it.
        DiagnosisRule(
            "interpreter-missing", .named,
            [
                .line("exec", "^exec \"?(/[^\\s\":]+)\"?: no such file or directory"),
                .line("required file not found", "(\\S+): cannot execute: required file not found"),
            ]
        ) { seen in
            Explanation(
                "`\(seen.text())` is in the image, and what starts it is not: the interpreter of its first line",
                fix:
                    "name one that the image has in its first line, without Windows line ends (CRLF); a program must be "
                    + "linked for the image, or statically",
                command: seen.word().map { "git ls-files --eol -- '*\(last($0))'" } ?? "stagectl build \(seen.name)")
        },
        DiagnosisRule(
            "command-missing", .named,
            [
                .statement("error finding executable", "error finding executable \"([^\"]+)\""),
                .line("error finding executable", "error finding executable \"([^\"]+)\""),
                .line("executable file not found", "exec: \"([^\"]+)\": executable file not found"),
                .statement("executable file not found", "exec: \"([^\"]+)\": executable file not found"),
                .line("exec", "exec:? \"?([^\\s\":]+)\"?: no such file or directory"),
                .line("failed to load", "failed to load (/\\S+): no such file or directory"),
                .statement("failed to load", "failed to load (/\\S+): no such file or directory"),
                .line(
                    "not found",
                    "^(?:/bin/)?(?:ba|da)?sh: (?:line )?(?:\\d+: )?(?:exec: )?([^\\s:]+): (?:command )?not found"),
                .line("not found", "^\\S+: (?:line )?\\d+: (?:exec: )?([^\\s:]+): (?:command )?not found"),
                // A command and its arguments that were given as one word.
                .line("not found", "^\\S+: (?:line )?(?:\\d+: )?exec: ([^\\n]+?): not found"),
                .line("no such file or directory", "exec: \"([^\"]+)\": stat [^\\n:]+: no such file or directory"),
                .line("No such file or directory", "\\bexec:? (\\S+?):?(?: failed)?: No such file or directory"),
                .line(
                    "No such file or directory",
                    "^(?:\\[?dumb-init\\]?|su-exec|gosu|env)[:\\]]? [`'\u{2018}]?([^\\s'\u{2019}]+?)['\u{2019}]?: No such file"
                ),
                .line("can't execute", "can't execute '([^']+)': No such file or directory"),
                .line("open", "^(?:/bin/)?(?:ba|da)?sh: (?:\\d+: )?(?:can't|cannot) open '?([^'\\s:]+)"),
                .line("No such file or directory", "^(?:/bin/)?(?:ba|da)?sh: (?:line \\d+: )?([^\\s:]+): No such file"),
                .line("Script not found", "Script not found \"([^\"]+)\""),
                .line("not found", "^(?:error )?Command \"([^\"]+)\" not found"),
                .line("find a script", "find a script named \"([^\"]+)\""),
                .line("Could not open input file", "Could not open input file: (\\S+)"),
                .line("exec user process caused"),
                .line("can't open file", "python\\S*: can't open file '([^']+)'"),
                .line("Unable to access jarfile", "Unable to access jarfile (\\S+)"),
                .line("no main manifest attribute", "no main manifest attribute, in (\\S+)"),
                .line("Missing script", "Missing script: ?\"?([^\"\\s]+)\"?"),
            ]
        ) { seen in
            Explanation(
                seen.text().isEmpty
                    ? "the image's program, or the loader that it was linked for, is not in the image"
                    : "the image holds no `\(seen.text())` that could be started",
                fix: "correct ENTRYPOINT, CMD or the command of the service, or copy the program into the image",
                command: "stagectl build \(seen.name)")
        },
        DiagnosisRule(
            "argument-refused", .named,
            [
                .line("flag provided but not defined", "flag provided but not defined: (\\S+)"),
                .line("unknown flag", "unknown (?:shorthand )?flag: (\\S+)"),
                .line("unrecognized arguments", "unrecognized arguments: ([^\\n]{1,80})"),
                .line("No such option", "No such option:? (\\S+)"),
                .line("unexpected argument", "unexpected argument '([^']+)'"),
                .line("Unknown option", "Unknown option:? '?\"?([\\w-]+)"),
                .line("bad option", "bad option: (\\S+)"),
            ]
        ) { seen in
            Explanation(
                "the program does not know the argument `\(seen.text())`",
                fix: "correct CMD of the image, or command and args of \(seen.name)", command: "stagectl config show")
        },
        DiagnosisRule(
            "library-missing", .named,
            [
                .line("error while loading shared libraries", "error while loading shared libraries: ([^:\\s]+)"),
                .line("GLIBC", "version [`']?(GLIBC[A-Z]*_[\\d.]+)'? not found"),
                .line("Error loading shared library", "Error loading shared library ([^:\\s]+)"),
                // TensorFlow tells of libraries that it can do without in the same words.
                .line(
                    "cannot open shared object file",
                    "^(?![^\\n]*dlerror)[^\\n]*?([\\w.+-]+\\.so[\\w.]*): cannot open shared object file"),
            ]
        ) { seen in
            Explanation(
                "the image lacks the system library `\(seen.text())`",
                fix: "install it in the image that the program runs in, or build in the same distribution",
                command: "stagectl build \(seen.name)")
        },
    ]

    private static func last(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
