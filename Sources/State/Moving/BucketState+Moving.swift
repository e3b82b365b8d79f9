package import Releases
import Synchronization
package import Verification

extension BucketState: MovableState {
    package func movedState(of environment: String) async throws -> MovedState? {
        try await look(BucketNames.control, BucketControl.self)?.content.moved[environment]
    }

    package func setMoved(_ moved: MovedState?, of environment: String) async throws {
        try await uncancelled {
            try await self.prepare()
            var found = try await self.look(BucketNames.control, BucketControl.self)
            while true {
                var control = found?.content ?? BucketControl(layout: BucketControl.currentLayout)
                guard control.moved[environment] != moved else { break }
                control.moved[environment] = moved
                let outcome = try await self.put(
                    control, to: BucketNames.control, ifGeneration: found?.generation ?? 0)
                if case .lost(let other) = outcome { found = other } else { break }
            }
            self.known.withLock { $0.control = nil }
        }
    }

    // MARK: - Runs

    package func runNames(of environment: String) async throws -> [String] {
        try await names(under: BucketNames.begun(environment)).map { name in
            BucketNames.text(String(name.drop { $0 != "-" }.dropFirst()))
        }
    }

    /// All of them, by pages, without what they begin with.
    func names(under prefix: String) async throws -> [String] {
        var names: [String] = []
        var first: String?
        while true {
            let page = try await list(prefix, from: first, limit: 1000)
            names += page.filter { $0.name != first }.map { String($0.name.dropFirst(prefix.count)) }
            guard page.count == 1000, let last = page.last else { return names }
            first = last.name
        }
    }

    package func movableRun(_ run: String) async throws -> MovableRun? {
        guard let begun = try await look(BucketNames.run(run), BucketRun.self)?.content else { return nil }
        var lines: [MovableRun.Line] = []
        var process = begun.process
        for chunk in try await chunks(of: run) {
            for record in chunk.records {
                switch record {
                case .entry(let entry, let token): lines.append(.init(entry: entry, fencingToken: token))
                case .claim(let other): process = other
                case .fence: break
                }
            }
        }
        return MovableRun(
            run: run, environment: begun.environment, plan: begun.plan, process: process, moment: begun.moment,
            lines: lines)
    }

    private func chunks(of run: String) async throws -> [JournalChunk] {
        let prefix = BucketNames.journal(run)
        return try await lookAll(
            try await names(under: prefix).map { (prefix + $0, nil) }, JournalChunk.self,
            version: JournalEntry.currentVersion
        ).map(\.content)
    }

    /// Everything that is missing in one chunk: a run that was brought is read by few requests.
    package func bring(_ run: MovableRun) async throws {
        let environment = run.environment
        if let known = try await movableRun(run.run) {
            let missing = try run.missing(after: known.lines, at: place)
            let count = try await chunks(of: run.run).count
            try await add(Array(missing), to: run, number: count + 1)
        } else {
            try await add(run.lines, to: run, number: 1)
            let begun = BucketRun(
                environment: environment, plan: run.plan, process: run.process, moment: run.moment)
            _ = try await put(begun, to: BucketNames.run(run.run), ifGeneration: 0)
        }
        let open = BucketNames.open(environment, run.run, moment: run.moment)
        _ = try await put(
            run.run, to: BucketNames.begun(environment, run.run, moment: run.moment), ifGeneration: 0)
        guard run.hasEnded else {
            _ = try await put(run.run, to: open, ifGeneration: 0)
            return
        }
        if let entry = try await list(open, limit: 1).first, entry.name == open {
            try await bucket.remove(open, ifGeneration: entry.generation)
        }
    }

    private func add(_ lines: [MovableRun.Line], to run: MovableRun, number: Int) async throws {
        guard !lines.isEmpty else { return }
        let chunk = JournalChunk(records: lines.map { .entry($0.entry, fencingToken: $0.fencingToken) })
        let outcome = try await put(
            chunk, to: BucketNames.journal(run.run, number), ifGeneration: 0, version: JournalEntry.currentVersion)
        guard case .lost = outcome else { return }
        throw Failure(
            .conflict, "somebody else writes the journal of run `\(run.run)` in `\(place)`",
            hint: "wait until that has ended, then type it again")
    }

    // MARK: - The rest

    package func releaseNames(of environment: String) async throws -> [String] {
        let names = try await names(under: BucketNames.history(environment))
        // `MOMENT-RUN.json`; the moment has hyphens of its own, and one length.
        let runs = try await Self.concurrently(names) { name in
            try await self.look(BucketNames.history(environment) + name, ReleaseDocument.self)?.content.run
        }
        return runs.compactMap(\.self).reversed()
    }

    package func lockRecords(of environment: String) async throws -> [LockRecord] {
        let prefix = BucketNames.locks(environment)
        return try await lookAll(
            try await names(under: prefix).map { (prefix + $0, nil) }, LockDocument.self
        ).map(\.content.record)
    }

    package func bring(_ lock: LockRecord) async throws {
        let name = BucketNames.lock(lock.service, lock.environment)
        while true {
            let found = try await look(name, LockDocument.self)
            var document = found?.content ?? LockDocument(record: lock)
            document.record.fencingToken = max(document.record.fencingToken, lock.fencingToken)
            document.record.holder = nil
            document.record.expires = 0
            if document == found?.content { return }
            if case .written = try await put(document, to: name, ifGeneration: found?.generation ?? 0) { return }
        }
    }

    package func verdicts(of environment: String) -> any VerdictRecords {
        BucketVerdicts(self, environment: environment, evenIfMoved: true)
    }

    package func movableImages() async throws -> [MovableImage] {
        let prefix = BucketNames.images()
        return try await lookAll(try await names(under: prefix).map { (prefix + $0, nil) }, BucketImage.self)
            .map(\.content).map {
                MovableImage(
                    builder: $0.builder, repository: $0.repository, sourceDigest: $0.sourceDigest, image: $0.image)
            }
    }

    package func bring(_ releases: [ForcedRelease], of environment: String) async throws {
        try await prepare()
        for release in releases {
            let name = BucketNames.forced(environment, moment: try nextMoment(), id: chance.mark())
            _ = try await put(release, to: name, ifGeneration: 0)
        }
    }
}
