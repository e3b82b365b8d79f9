/// A program to run, as a value: no shell ever sees it.
package struct CommandLine: Hashable, Sendable {
    /// Program (looked up in PATH when it has no slash) and arguments.
    package var arguments: [String]
    /// Added to the environment of this process.
    package var environment: [String: String]
    package var workingDirectory: String?
    package var input: [UInt8]
    /// After that the child is asked to end (`request`), and its process group gets SIGKILL after `grace`.
    package var deadline: Duration?
    package var grace: Duration
    /// Bytes of each stream that are kept; what comes after is counted and dropped, never an error.
    package var outputLimit: Int
    /// What it started is killed when this process is gone, whatever ended that; else it runs on until it ends.
    package var endsWithThisProcess: Bool
    /// Names of this process's variables that it gets; nil for all.
    package var inherited: Set<String>?
    /// What it left running is killed when it has ended by itself, too.
    package var leavesNothing = false
    /// Memory and time of it and of all that it starts are looked at while it runs.
    package var isMetered = false
    /// Both streams are appended to this file and none is kept: what writes into a pipe dies when its reader is gone.
    package var outputFile: String?
    /// It runs on to its own end when this process is gone, also after `ChildProcess.killAll`. Wants an `outputFile`.
    package var survivesThisProcess: Bool
    /// How it is asked to end.
    package var request: EndRequest

    package enum EndRequest: Hashable, Sendable {
        /// SIGTERM to everything that it started.
        case terminateGroup
        /// SIGINT to itself alone: it ends what it started in its own order.
        case interruptLeader
    }

    package init(
        _ arguments: [String], environment: [String: String] = [:], workingDirectory: String? = nil,
        input: [UInt8] = [], deadline: Duration? = nil, grace: Duration = .seconds(5), outputLimit: Int = 4 << 20,
        endsWithThisProcess: Bool = false, outputFile: String? = nil, survivesThisProcess: Bool = false,
        request: EndRequest = .terminateGroup
    ) {
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.input = input
        self.deadline = deadline
        self.grace = grace
        self.outputLimit = outputLimit
        self.endsWithThisProcess = endsWithThisProcess
        self.outputFile = outputFile
        self.survivesThisProcess = survivesThisProcess
        self.request = request
    }
}

package enum OutputStream: Hashable, Sendable {
    case output, error
}

package struct ProcessResult: Hashable, Sendable {
    /// The exit code, or 128 + n for signal n.
    package var exitCode: Int32
    package var output: [UInt8]
    package var errorOutput: [UInt8]
    package var timedOut: Bool
    /// Bytes of both streams that came after `outputLimit` and were not kept.
    package var droppedBytes: Int
    /// Of a command that is metered.
    package var usage: ProcessUsage?

    package init(
        exitCode: Int32, output: [UInt8], errorOutput: [UInt8], timedOut: Bool = false, droppedBytes: Int = 0
    ) {
        self.exitCode = exitCode
        self.output = output
        self.errorOutput = errorOutput
        self.timedOut = timedOut
        self.droppedBytes = droppedBytes
    }

    package var outputText: String { String(decoding: output, as: UTF8.self) }
    package var errorText: String { String(decoding: errorOutput, as: UTF8.self) }
}

package enum ProcessError: Error, Hashable, Sendable {
    case programNotFound(String)
    case couldNotStart(program: String, reason: String)
}
