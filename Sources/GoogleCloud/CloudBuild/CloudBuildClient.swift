import JSON
import Releases
package import Transport

/// Cloud Build behind its API v1, in one project and one of its regions. Every function throws ``Failure``.
package struct CloudBuildClient: Sendable {
    package let project: String
    package let region: String
    private let rest: RESTClient
    private let base: String
    private let log: BuildLogEntries

    /// - Parameter region: `global` for builds outside of any.
    package init(
        project: String, region: String, endpoints: GoogleEndpoints, tokens: any AccessTokens,
        http: HTTPClient = HTTPClient(), retry: RetryPolicy = RetryPolicy()
    ) {
        self.init(
            project: project, region: region, endpoints: endpoints,
            rest: RESTClient(tokens: tokens, retry: retry, limits: .process) { request throws(TransportError) in
                try await http.send(request)
            })
    }

    init(project: String, region: String, endpoints: GoogleEndpoints, rest: RESTClient) {
        self.project = project
        self.region = region
        self.rest = rest
        base = endpoints.cloudBuild
        log = BuildLogEntries(base: endpoints.logging, project: project, rest: rest)
    }

    /// Begins a build. Sent once: after a failure that may have happened, ``builds(tagged:)`` tells.
    package func create(_ specification: CloudBuildSpecification) async throws -> CloudBuild {
        try await lifting("beginning a build in Cloud Build") {
            let operation = try await rest.write("POST", "\(base)/v1/\(parent)/builds", body: specification.document)
            guard let build = operation["metadata"]?["build"].flatMap(CloudBuild.init) else {
                throw GoogleError.unreadable(what: "the operation", reason: "it names no build", isWrite: true)
            }
            return build
        }
    }

    package func build(_ id: String) async throws -> CloudBuild {
        try await lifting("looking at build `\(id)`") {
            guard let build = CloudBuild(try await rest.read(url(of: id))) else {
                throw GoogleError.unreadable(what: "the build", reason: "it has no id", isWrite: false)
            }
            return build
        }
    }

    /// The builds that have this tag, the newest first; at most the first page of them.
    package func builds(tagged tag: String) async throws -> [CloudBuild] {
        try await lifting("looking for builds") {
            let filter = "tags=\"\(tag)\"".percentEncoded
            let page = try await rest.read("\(base)/v1/\(parent)/builds?pageSize=50&filter=\(filter)")
            // Whatever a filter lets through, a build of somebody else must not be taken for ours.
            return (page["builds"]?.array ?? []).compactMap(CloudBuild.init).filter { $0.tags.contains(tag) }
        }
    }

    /// Stops a build. One that has ended stays as it is.
    package func cancel(_ id: String) async throws {
        try await lifting("cancelling build `\(id)`") {
            // The same however often it is sent.
            _ = try await rest.read(
                url(of: id) + ":cancel", method: "POST",
                body: ["projectId": .string(project), "id": .string(id), "name": .string("\(parent)/builds/\(id)")])
        }
    }

    /// Lines of a build's log as Cloud Logging has them, those that were not handed on before.
    package func logLines(of build: String, after position: inout BuildLogPosition) async throws -> [String] {
        let start = position
        let (lines, next) = try await lifting("reading the log of build `\(build)`") {
            try await log.lines(of: build, after: start)
        }
        position = next
        return lines
    }

    private var parent: String { "projects/\(project.percentEncoded)/locations/\(region.percentEncoded)" }

    private func url(of id: String) -> String { "\(base)/v1/\(parent)/builds/\(id.percentEncoded)" }
}
