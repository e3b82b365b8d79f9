package import Releases

extension BucketState: Ledger {
    package func record(_ release: ReleaseDocument) async throws {
        try await withState(of: release.environment) {
            try await self.found(release.environment)
            let former = try await self.store(release)
            let names = Set(Self.index(of: release))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.replace(release, at: Self.key(of: release)) }
                for name in names {
                    group.addTask { _ = try await self.put(release.run, to: name, ifGeneration: 0) }
                }
                try await group.waitForAll()
            }
            guard let former else { return }
            // What an earlier record of the run was listed under, and this one is not.
            let old = Set(Self.index(of: former) + [Self.key(of: former)])
            for name in old.subtracting(names).subtracting([Self.key(of: release)]) { await self.withdraw(name) }
        }
    }

    package func release(run: String) async throws -> ReleaseDocument? {
        try await prepare()
        return try await look(BucketNames.release(run), ReleaseDocument.self)?.content
    }

    package func releases(
        environment: String, service: String?, regions: [String], limit: Int
    ) async throws -> [ReleaseDocument] {
        guard limit > 0 else { return [] }
        return try await withState(of: environment) {
            let prefixes = Self.prefixes(environment, service, regions)
            var found: [String: ReleaseDocument] = [:]
            for prefix in prefixes {
                for (key, release) in try await self.newest(limit, under: prefix, environment, service, regions) {
                    found[key] = release
                }
            }
            return found.sorted { $0.key < $1.key }.prefix(limit).map(\.value)
        }
    }

    // MARK: - Writing

    /// Keeps it under its run, and returns what was there before.
    private func store(_ release: ReleaseDocument) async throws -> ReleaseDocument? {
        var former: Found<ReleaseDocument>?
        while true {
            let name = BucketNames.release(release.run)
            switch try await put(release, to: name, ifGeneration: former?.generation ?? 0) {
            case .written: return former?.content
            case .lost(let found): former = found
            }
        }
    }

    private func withdraw(_ name: String) async {
        guard let entry = try? await list(name, limit: 1).first, entry.name == name else { return }
        try? await bucket.remove(name, ifGeneration: entry.generation)
    }

    private static func key(of release: ReleaseDocument) -> String {
        BucketNames.history(release.environment) + BucketNames.moment(release)
    }

    /// Every name besides its key under which a release is found.
    private static func index(of release: ReleaseDocument) -> [String] {
        let environment = release.environment
        let prefixes = release.services.flatMap { result in
            [
                BucketNames.history(environment, service: result.service),
                BucketNames.history(environment, region: result.region),
                BucketNames.history(environment, service: result.service, region: result.region),
            ]
        }
        return prefixes.map { $0 + BucketNames.moment(release) }
    }

    // MARK: - Reading

    private static func prefixes(_ environment: String, _ service: String?, _ regions: [String]) -> [String] {
        switch (service, regions.isEmpty) {
        case (nil, true): [BucketNames.history(environment)]
        case (let service?, true): [BucketNames.history(environment, service: service)]
        case (nil, false): regions.map { BucketNames.history(environment, region: $0) }
        case (let service?, false): regions.map { BucketNames.history(environment, service: service, region: $0) }
        }
    }

    /// By the part of their names that says when they were.
    private func newest(
        _ limit: Int, under prefix: String, _ environment: String, _ service: String?, _ regions: [String]
    ) async throws -> [(String, ReleaseDocument)] {
        let isWhole = prefix == BucketNames.history(environment)
        var found: [(String, ReleaseDocument)] = []
        var first: String?
        while found.count < limit {
            let wanted = min(limit - found.count + (first == nil ? 0 : 1), 1000)
            let entries = try await list(prefix, from: first, limit: wanted)
            let fresh = entries.filter { $0.name != first }
            let keys = fresh.map { String($0.name.dropFirst(prefix.count)) }
            let documents = try await lookAll(
                zip(keys, fresh).map {
                    (BucketNames.history(environment) + $0, isWhole ? $1.generation : nil)
                }, ReleaseDocument.self)
            for document in documents.map(\.content) where document.isAbout(service, in: regions) {
                found.append((BucketNames.moment(document), document))
            }
            guard let last = fresh.last, entries.count == wanted else { break }
            first = last.name
        }
        return found
    }
}

extension ReleaseDocument {
    /// A name in the index may be older than what the run was recorded as in the end.
    fileprivate func isAbout(_ service: String?, in regions: [String]) -> Bool {
        if service == nil, regions.isEmpty { return true }
        return services.contains {
            (service == nil || $0.service == service) && (regions.isEmpty || regions.contains($0.region))
        }
    }
}
