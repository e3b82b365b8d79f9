#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The whole life of a sample service: read the settings, serve, end on SIGTERM.
enum SampleProgram {
    static func run() -> Int32 {
        // Blocked before any thread exists, so that every thread inherits it and `sigwait` is the one receiver; a
        // blocked signal also reaches process 1 of a container, which ignores unhandled ones.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        signal(SIGPIPE, SIG_IGN)

        let settings = Settings(environment: ProcessEnvironment(), arguments: CommandLine.arguments)
        for word in settings.unknownFaults {
            Log.error("sample \(settings.role): SAMPLE_FAULT has no fault named `\(word)`")
        }
        if settings.faults.contains(.exit) { return FaultBehaviour.crash(settings) }
        if settings.faults.contains(.noListen) { return FaultBehaviour.waitForEver(settings, signals: &signals) }

        do {
            let application = Application(settings: settings)
            for name in application.mutations.unknown {
                Log.error("sample \(settings.role): SAMPLE_MUTATION has no mutation named `\(name)`")
            }
            let server = try Server.start(application)
            Log.line("sample \(settings.role) listening on :\(settings.port)")
            var received: Int32 = 0
            sigwait(&signals, &received)
            Log.line("sample \(settings.role) received signal \(received), closing")
            server.stop()
            Log.line("sample \(settings.role) ended")
            return 0
        } catch {
            Log.error("sample \(settings.role) could not listen on :\(settings.port): \(error)")
            return 1
        }
    }
}
