/// What checks look with, besides HTTP and WebSocket. A check whose probe is missing ends as an error.
package struct CheckProbes: Sendable {
    package var tls: (any TLSProbe)?
    package var names: (any NameLookup)?
    package var commands: (any CommandProbe)?
    package var containers: (any ContainerProbe)?
    package var jobs: (any JobProbe)?
    package var runners: (any RunnerProbe)?
    /// Hears how external runners go: the check's id, and what is known by now.
    package var progress: @Sendable (String, RunnerProgress) -> Void

    package init(
        tls: (any TLSProbe)? = nil, names: (any NameLookup)? = nil, commands: (any CommandProbe)? = nil,
        containers: (any ContainerProbe)? = nil, jobs: (any JobProbe)? = nil, runners: (any RunnerProbe)? = nil,
        progress: @escaping @Sendable (String, RunnerProgress) -> Void = { _, _ in }
    ) {
        self.tls = tls
        self.names = names
        self.commands = commands
        self.containers = containers
        self.jobs = jobs
        self.runners = runners
        self.progress = progress
    }
}
