/// The executable that runs now, to start itself again.
enum ProgramPath {
    static var own: String {
        #if os(Linux)
        "/proc/self/exe"
        #else
        CommandLine.arguments.first ?? "stagectl"
        #endif
    }
}
