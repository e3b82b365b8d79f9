import Configuration
import Releases
import Reporting
import Verification

/// Services in their regions, as they were named on the command line.
extension Session {
    /// The services, or all, in the named regions, or in all of theirs. Throws `usage` with the nearest name for what is
    /// not there.
    func place(_ names: [String], all: Bool, in regions: RegionOptions) throws -> [Placement] {
        try place(select(names, all: all), in: regions, isNamed: !names.isEmpty)
    }

    private func place(_ services: [Service], in options: RegionOptions, isNamed: Bool) throws -> [Placement] {
        let environment = try environment()
        _ = try regions(options, of: environment)
        var result: [Placement] = []
        for service in services {
            let own = environment.placements(of: service).filter {
                options.names.isEmpty || options.names.contains($0.region)
            }
            guard !own.isEmpty || !isNamed else {
                throw Failure(
                    .usage, "`\(service.name)` is not in \(options.names.joined(separator: ", "))",
                    details: [.init("regions", environment.regions(of: service).joined(separator: ", "))],
                    hint: "name one of these with --region")
            }
            result += own
        }
        guard !result.isEmpty else {
            throw Failure(
                .usage, "no service is in \(options.names.joined(separator: ", "))",
                hint: "stagectl config show says which regions each service is in")
        }
        return result
    }

    /// Those that were named, or all of the environment. Throws `usage` with the nearest name for one that is not there.
    func regions(_ options: RegionOptions, of environment: Environment) throws -> [String] {
        let regions = environment.regions
        for name in options.names where !regions.contains(name) {
            throw Failure(
                .usage, "`\(SafeText.line(name))` is not a region of `\(environmentName)`",
                details: [.init("regions", regions.joined(separator: ", "))],
                hint: NearestName.of(name, in: regions).map { "did you mean `--region \($0)`?" }
                    ?? "see environments/\(environmentName).yaml")
        }
        return options.names.isEmpty ? regions : options.names
    }

    /// The one place that is meant. Throws `usage` where the service is in several.
    func placeOne(_ name: String, in regions: RegionOptions) throws -> Placement {
        let placements = try place([name], all: false, in: regions)
        guard placements.count == 1 else {
            throw Failure(
                .usage, "`\(name)` is in \(placements.count) regions; which one is meant?",
                details: [.init("regions", placements.map(\.region).joined(separator: ", "))],
                hint: "--region \(placements[0].region)")
        }
        return placements[0]
    }

    /// The same for revisions, whose names belong to one region: what was typed is about that one alone, and whoever
    /// changes it says so.
    func placeOne(
        _ name: String, in regions: RegionOptions, having revisions: [String], on platform: any Platform
    ) async throws -> Placement {
        let placements = try place([name], all: false, in: regions)
        guard placements.count > 1, let own = try await place(having: revisions, among: placements, platform) else {
            return try placeOne(name, in: regions)
        }
        throw Failure(
            .usage, "\(revisions.map { "`\(SafeText.line($0))`" }.joined(separator: ", ")) can only be in one region",
            details: [
                .init("found in", own.region), .init("regions", placements.map(\.region).joined(separator: ", ")),
            ],
            hint: "--region \(own.region)")
    }

    /// The first that has them all.
    func place(
        having revisions: [String], among placements: [Placement], _ platform: any Platform
    ) async throws -> Placement? {
        for placement in placements {
            let known = Set(try await platform.revisions(of: placement.identity).map(\.name))
            if known.isSuperset(of: revisions) { return placement }
        }
        return nil
    }
}

extension [Placement] {
    /// Each service once, in the order of this list.
    var services: [Service] {
        var seen: Set<String> = []
        return map(\.service).filter { seen.insert($0.name).inserted }
    }
}

extension Placement {
    /// The suite as it runs against this place: what is said of it in one region is not said of the others.
    func own(_ suite: Suite) -> Suite {
        guard let region = key.region else { return suite }
        var suite = suite
        suite.name = ServiceKey(suite.name, region: region).description
        return suite
    }
}
