import ArgumentParser

/// `stagectl deploy`
struct DeployCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy",
        abstract: "Build, push, candidate, health, smoke, traffic, record.",
        discussion: """
            Builds only what changed, starts it without traffic, proves it, and moves the traffic; whatever fails is \
            put back. The first thing to try after a first deploy of the samples: \
            stagectl deploy backend --set-env SAMPLE_FAULT=ws-1011
            """)
    static let schema = "stagectl.release/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var change: ChangeFlags
    @OptionGroup var regions: RegionOptions
    @OptionGroup var flags: DeployFlags

    @Argument(help: "Services to deploy.")
    var services: [String] = []

    @Flag(help: "Every service of the environment.")
    var all = false

    @Option(help: "Write the release as release.json into this folder.")
    var report: String?

    func validate() throws {
        if report?.isEmpty == true { throw ValidationError("--report takes a folder") }
        if flags.image != nil, all || services.count > 1 {
            throw ValidationError("--image is one service's image; name that service alone")
        }
    }

    func run(in session: Session) async throws -> CommandResult {
        try await Deployment(
            of: try session.place(services, all: all, in: regions), flags, change: change, report: report
        ).run(in: session)
    }
}
