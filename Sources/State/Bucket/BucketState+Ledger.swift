package import Releases

extension BucketState: Ledger {
    package func record(_ release: ReleaseDocument) async throws {
        try await withState(of: release.environment) {
            try await self.found(release.environment)
            let former = try await self.store(release)
            let names = Set(Self.index(of: release))
            let isNew = former == nil
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await self.replace(release, at: Self.key(of: release))
                    guard !isNew else { return }
                    // Who keeps the document trusts it while the names under which it is found are what they were.
                    _ = try await Self.concurrently(Array(names)) { try await self.replace(release.run, at: $0) }
                }
                group.addTask { try await self.keepDeliveries(of: release) }
                for name in names where isNew {
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

    package func releases(_ query: LedgerQuery) async throws -> [ReleaseDocument] {
        guard query.limit > 0 else { return [] }
        return try await withState(of: query.environment) {
            // Before any document is fetched: one of a run that had ended by then is what it stays.
            async let open = self.openRuns(query)
            let after = try await self.place(of: query.after)
            var found: [String: ReleaseDocument] = [:]
            for prefix in try await self.prefixes(query) {
                for (key, release) in try await self.newest(
                    query, under: prefix, after: after, open: try await open)
                {
                    found[key] = release
                }
            }
            return found.sorted { $0.key < $1.key }.prefix(query.limit).map(\.value)
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
        let (environment, outcome) = (release.environment, release.outcome)
        let prefixes = release.services.flatMap { result in
            [
                BucketNames.history(environment, service: result.service),
                BucketNames.history(environment, region: result.region),
                BucketNames.history(environment, service: result.service, region: result.region),
                BucketNames.history(environment, service: result.service, outcome: outcome),
            ] + (result.commit.map { [BucketNames.history(environment, commit: $0)] } ?? [])
        }
        return (prefixes + [BucketNames.history(environment, outcome: outcome)]).map {
            $0 + BucketNames.moment(release)
        }
    }

    // MARK: - Reading

    /// The parts of the index that say the most of what is asked for; the documents say the rest.
    private func prefixes(_ query: LedgerQuery) async throws -> [String] {
        let environment = query.environment
        if let commit = query.commit {
            // As many names as the commit has releases.
            let commits = BucketNames.commits(environment)
            let beginning = commits + BucketNames.segment(commit)
            let names = try await names(under: beginning)
            return Set(names.map { beginning + $0.prefix { $0 != "/" } + "/" }).sorted()
        }
        switch (query.services, query.regions, query.outcomes) {
        case ([], [], []): return [BucketNames.history(environment)]
        case ([], let regions, []): return regions.map { BucketNames.history(environment, region: $0) }
        case ([], _, let outcomes): return outcomes.map { BucketNames.history(environment, outcome: $0) }
        case (let services, [], []): return services.map { BucketNames.history(environment, service: $0) }
        case (let services, let regions, []):
            return services.flatMap { service in
                regions.map { BucketNames.history(environment, service: service, region: $0) }
            }
        case (let services, _, let outcomes):
            return services.flatMap { service in
                outcomes.map { BucketNames.history(environment, service: service, outcome: $0) }
            }
        }
    }

    /// Runs that may be recorded as something else yet; whoever lists all releases is told of each what it is. Nil while the
    /// bucket cannot be reached, and where nothing is kept that they could be missing from.
    private func openRuns(_ query: LedgerQuery) async throws -> Set<String>? {
        let isWhole = query.services.isEmpty && query.regions.isEmpty && query.outcomes.isEmpty && query.commit == nil
        guard !isWhole else { return [] }
        guard bucket.keepsAnswers else { return nil }
        let prefix = BucketNames.open(query.environment)
        do {
            let names = try await names(under: prefix)
            return Set(names.map { BucketNames.text(String($0.drop { $0 != "-" }.dropFirst())) })
        } catch let failure as Failure where failure.category == .unavailable {
            return nil
        }
    }

    /// The last part of the names of a run's release; nil for no run.
    private func place(of run: String?) async throws -> String? {
        guard let run else { return nil }
        guard let release = try await look(BucketNames.release(run), ReleaseDocument.self)?.content else {
            throw RunRefusal.notInHistory(run)
        }
        return BucketNames.moment(release)
    }

    /// By the part of their names that says when they were.
    private func newest(
        _ query: LedgerQuery, under prefix: String, after: String?, open: Set<String>?
    ) async throws -> [(String, ReleaseDocument)] {
        let whole = BucketNames.history(query.environment)
        let isWhole = prefix == whole
        // Names that begin with the moment follow it.
        let until = query.until.map(BucketNames.descending)
        var first = [after, until].compactMap(\.self).max().map { prefix + $0 }
        var found: [(String, ReleaseDocument)] = []
        var wanted = min(query.limit + 1, 1000)
        while found.count < query.limit {
            let entries = try await list(prefix, from: first, limit: wanted)
            let fresh = entries.filter { $0.name != first }.map {
                (key: String($0.name.dropFirst(prefix.count)), entry: $0)
            }
            let inTime = fresh.filter {
                query.isInTime(BucketNames.started($0.key)) && after.map($0.key.follows) ?? true
            }
            var rest = inTime[...]
            while !rest.isEmpty, found.count < query.limit {
                let batch = rest.prefix(max(query.limit - found.count, 16))
                rest = rest.dropFirst(batch.count)
                let documents = try await Self.concurrently(Array(batch)) { key, entry in
                    if isWhole {
                        return try await self.look(entry.name, ReleaseDocument.self, generation: entry.generation)?
                            .content
                    }
                    guard let open, !open.contains(BucketNames.run(ofMoment: key)) else {
                        return try await self.look(whole + key, ReleaseDocument.self)?.content
                    }
                    return try await self.look(whole + key, ReleaseDocument.self, listedAs: entry)
                }.compactMap(\.self)
                // A name in the index may be older than what the run was recorded as in the end.
                for document in documents where query.matches(document) {
                    found.append((BucketNames.moment(document), document))
                }
            }
            guard let last = entries.last, entries.count == wanted else { break }
            if let since = query.since, BucketNames.started(String(last.name.dropFirst(prefix.count))) < since { break }
            first = last.name
            // Where few of many are wanted, not a request for each handful.
            wanted = min(wanted * 2, 1000)
        }
        return found
    }
}

extension String {
    fileprivate func follows(_ other: String) -> Bool { self > other }
}
