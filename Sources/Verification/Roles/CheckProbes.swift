/// What checks look with, besides HTTP and WebSocket. A check whose probe is missing ends as an error.
package struct CheckProbes: Sendable {
    package var tls: (any TLSProbe)?
    package var names: (any NameLookup)?
    package var commands: (any CommandProbe)?
    package var containers: (any ContainerProbe)?
    package var jobs: (any JobProbe)?

    package init(
        tls: (any TLSProbe)? = nil, names: (any NameLookup)? = nil, commands: (any CommandProbe)? = nil,
        containers: (any ContainerProbe)? = nil, jobs: (any JobProbe)? = nil
    ) {
        self.tls = tls
        self.names = names
        self.commands = commands
        self.containers = containers
        self.jobs = jobs
    }
}
