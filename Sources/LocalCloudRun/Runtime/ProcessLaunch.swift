/// The command line that starts a plain process: it inherits nothing of the server's variables but what any program
/// needs, and notes its own number and start time before it becomes the program.
enum ProcessLaunch {
    /// The shell writes its own line of /proc (number and start time) to `$0`, says so, and becomes the program: both
    /// stay the same over exec, so that the file names exactly this process.
    private static let script = """
        umask 077; if [ -r /proc/$$/stat ]; then read -r line < /proc/$$/stat; else line="$$ (-) -"; fi; \
        printf '%s\\n' "$line" > "$0" || exit 126; echo \(readyLine); exec "$@"
        """

    static let readyLine = "stagectl-process-started"

    private static let kept: Set<String> = [
        "PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "TZ", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR",
    ]

    /// Names only: values never stand on a command line.
    static func arguments(
        _ program: [String], record: String, inherited: some Collection<String>, given: [String: String]
    ) -> [String] {
        let dropped = inherited.filter { !kept.contains($0) && given[$0] == nil && !$0.isEmpty && !$0.contains("=") }
        return ["/usr/bin/env"] + dropped.sorted().flatMap { ["-u", $0] } + ["/bin/sh", "-c", script, record] + program
    }
}
