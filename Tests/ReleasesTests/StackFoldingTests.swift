import Testing

@testable import Releases

@Suite struct StackFoldingTests {
    private struct Sample: Sendable {
        var language: StackTrace.Language
        var text: String
        var exception: String
        var frame: String?
    }

    private static let samples: [Sample] = [
        Sample(
            language: .python,
            text: """
                Traceback (most recent call last):
                  File "/app/main.py", line 9, in <module>
                    run()
                  File "/app/shop/db.py", line 4, in run
                    connect()
                  File "/usr/local/lib/python3.12/site-packages/psycopg2/__init__.py", line 122, in connect
                    conn = _connect(dsn)
                psycopg2.OperationalError: no route
                """, exception: "psycopg2.OperationalError: no route", frame: "/app/shop/db.py:4 in run"),
        Sample(
            language: .python,
            text: """
                Traceback (most recent call last):
                  File "/app/main.py", line 2, in load
                    return store[key]
                KeyError: 'a'

                During handling of the above exception, another exception occurred:

                Traceback (most recent call last):
                  File "/app/main.py", line 7, in <module>
                    load()
                ValueError: no such key
                """, exception: "ValueError: no such key", frame: "/app/main.py:7 in <module>"),
        Sample(
            language: .node,
            text: """
                TypeError: Cannot read properties of undefined (reading 'url')
                    at Object.get (/app/node_modules/config/lib/config.js:12:9)
                    at start (/app/src/server.js:14:27)
                    at node:internal/main/run_main_module:28:49
                """, exception: "TypeError: Cannot read properties of undefined (reading 'url')",
            frame: "start (/app/src/server.js:14:27)"),
        Sample(
            language: .java,
            text: """
                Exception in thread "main" org.springframework.beans.factory.BeanCreationException: no bean
                \tat org.springframework.beans.Factory.create(Factory.java:12)
                \tat com.acme.Application.main(Application.java:14)
                Caused by: java.lang.IllegalStateException: clock is missing
                \tat java.base/java.util.Objects.requireNonNull(Objects.java:259)
                \tat com.acme.Clocks.one(Clocks.java:31)
                \t... 12 more
                """, exception: "java.lang.IllegalStateException: clock is missing",
            frame: "com.acme.Clocks.one(Clocks.java:31)"),
        Sample(
            language: .dotnet,
            text: """
                Unhandled exception. System.InvalidOperationException: no clock
                   at Microsoft.Extensions.DependencyInjection.Factory.Create(Type t)
                   at Shop.Program.Main(String[] args) in /src/Program.cs:line 19
                """, exception: "System.InvalidOperationException: no clock",
            frame: "Shop.Program.Main(String[] args) in /src/Program.cs:19"),
        Sample(
            language: .go,
            text: """
                panic: no clock

                goroutine 1 [running]:
                github.com/jackc/pgx/v5.MustConnect(...)
                \t/go/pkg/mod/github.com/jackc/pgx/v5@v5.5.0/conn.go:41
                main.main()
                \t/src/main.go:27 +0x9c
                exit status 2
                """, exception: "panic: no clock", frame: "/src/main.go:27 in main.main"),
        Sample(
            language: .ruby,
            text: """
                /usr/local/bundle/gems/pg-1.5/lib/pg.rb:61:in `connect': no route (PG::ConnectionBad)
                \tfrom /app/config/boot.rb:4:in `<main>'
                """, exception: "PG::ConnectionBad: no route", frame: "/app/config/boot.rb:4 in `<main>'"),
        Sample(
            language: .rust,
            text: """
                thread 'main' panicked at src/main.rs:31:10:
                no clock
                note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
                """, exception: "panic: no clock", frame: "src/main.rs:31:10"),
        Sample(
            language: .rust, text: "thread 'main' panicked at 'no clock', src/main.rs:4:5",
            exception: "panic: no clock", frame: "src/main.rs:4:5"),
        Sample(
            language: .php,
            text: """
                PHP Fatal error:  Uncaught RuntimeException: no clock in /app/vendor/acme/clock.php:9
                Stack trace:
                #0 /app/index.php(12): Acme\\Clock->now()
                #1 {main}
                  thrown in /app/vendor/acme/clock.php on line 9
                """, exception: "RuntimeException: no clock", frame: "/app/index.php:12"),
        Sample(
            language: .swift,
            text: """
                Swift/ContiguousArrayBuffer.swift:600: Fatal error: Index out of range
                *** Signal 4: Backtracing from 0x7f0a12... done ***
                Thread 0 "App" crashed:
                0 0x0000aaaa first in main() at /src/Sources/App/main.swift:12:5
                """, exception: "Fatal error: Index out of range", frame: "/src/Sources/App/main.swift:12 in main()"),
    ]

    @Test(arguments: samples.indices)
    func `a trace is folded to its exception and the first frame of the program's own`(index: Int) throws {
        let sample = Self.samples[index]
        let lines = sample.text.split(separator: "\n").map(String.init)
        let folded = StackFolding.fold(["before"] + lines + ["after"])
        let trace = try #require(folded.compactMap(\.trace).first, "\(folded)")
        #expect(trace.language == sample.language)
        #expect(trace.exception == sample.exception)
        #expect(trace.frame == sample.frame)
        #expect(folded.first == .line("before") && folded.last == .line("after") && folded.count == 3, "\(folded)")
    }

    @Test func `lines without a trace stay as they are`() {
        let lines = [
            "Error: something", "GET /at (x:1:2)", "  at noon", "panic button pressed", "Fatal error", "Traceback", "",
            "INFO  Error rate 0", "goroutine pool started", "    at home",
        ]
        #expect(StackFolding.fold(lines).compactMap(\.trace).allSatisfy { $0.lines == 1 })
    }

    @Test func `whatever a log holds, folding it ends and loses no line`() {
        var random = SystemRandomNumberGenerator()
        let parts = Self.samples.flatMap { $0.text.split(separator: "\n").map(String.init) } + ["", " ", "}", "x {"]
        for _ in 0..<200 {
            let lines = (0..<30).map { _ in parts.randomElement(using: &random) ?? "" }
            let count = StackFolding.fold(lines).reduce(0) { $0 + ($1.trace?.lines ?? 1) }
            #expect(count == lines.count, "\(lines)")
        }
    }
}
