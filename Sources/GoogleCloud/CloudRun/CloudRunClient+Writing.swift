import JSON
package import Releases

extension CloudRunClient {
    package func create(_ service: ServiceIdentity, change: ServiceChange) async throws -> OperationName {
        try await lifting("creating service `\(service.name)`") {
            let answer = try await rest.write(
                "POST", endpoints.create(service), body: ServiceEncoding.creation(change), quota: quota(service))
            return try operation(answer).name
        }
    }

    package func update(_ service: ServiceIdentity, change: ServiceChange) async throws -> OperationName {
        try await lifting("changing service `\(service.name)`") {
            let (body, mask) = ServiceEncoding.update(change, of: service)
            guard !mask.isEmpty else {
                throw Failure(.internalError, "a change of service `\(service.name)` that changes nothing")
            }
            let url = endpoints.update(service, mask: mask, forceNewRevision: change.forceNewRevision)
            let operation = try operation(try await rest.write("PATCH", url, body: body, quota: quota(service)))
            if let seen = change.generation {
                try await assertNobodyElseWrote(service, after: seen, change: change, operation: operation)
            }
            return operation.name
        }
    }

    /// Somebody who wrote between the look and the write has moved the generation too, so it is more than one ahead.
    /// A write that leaves the desired state as it was (annotations alone, an equal template) may not move it.
    private func assertNobodyElseWrote(
        _ service: ServiceIdentity, after seen: Int64, change: ServiceChange, operation: CloudRunOperation
    ) async throws {
        var found = operation.generation
        if found == nil {
            do {
                found = try await rest.read(endpoints.service(service))["generation"]?.integer
            } catch let error as GoogleError {
                // The write was taken, whatever became of the look at it.
                var failure = Failure(error, during: "looking at service `\(service.name)` after its change")
                failure.mayHaveHappened = true
                throw failure
            }
        }
        let unmoved = found == seen && !change.forceNewRevision
        guard found == seen + 1 || unmoved else {
            throw Failure(changed: service, seen: seen, found: found)
        }
    }

    package func setPublic(_ isPublic: Bool, of service: ServiceIdentity) async throws {
        try await lifting("\(isPublic ? "opening" : "closing") service `\(service.name)`") {
            // Each round reads the policy anew and writes it back with its etag, so that a repetition never loses
            // what another wrote in between.
            for round in 1... {
                let document = try await rest.read(endpoints.policy(of: service))
                // What is no policy must not be written back as one: every other binding would be gone.
                guard AccessPolicy.isPolicy(document) else {
                    throw GoogleError.unreadable(what: "the policy", reason: "it is none", isWrite: false)
                }
                var policy = AccessPolicy(document)
                guard policy.setPublic(isPublic) else { return }
                guard policy.hasEtag else {
                    throw GoogleError.unreadable(what: "the policy", reason: "it has no etag", isWrite: false)
                }
                do {
                    _ = try await rest.write(
                        "POST", endpoints.setPolicy(of: service), body: ["policy": policy.document],
                        quota: quota(service))
                    return
                } catch GoogleError.status(let status) where [409, 412].contains(status.httpStatus) && round < 3 {
                    continue
                }
            }
        }
    }

    private func quota(_ service: ServiceIdentity) -> WriteQuota {
        .cloudRun(project: service.project, region: service.region)
    }

    func operation(_ document: JSONValue) throws(GoogleError) -> CloudRunOperation {
        guard let operation = CloudRunOperation(document) else {
            throw .unreadable(what: "the operation", reason: "it has no name", isWrite: true)
        }
        return operation
    }
}

extension Failure {
    fileprivate init(changed service: ServiceIdentity, seen: Int64, found: Int64?) {
        self.init(
            .conflict, "service `\(service.name)` was changed by somebody else",
            details: [
                .init("generation seen", "\(seen)"),
                .init("generation found", found.map { "\($0)" } ?? "none"),
            ],
            hint: "look at it with `stagectl status \(service.name)`, then run the command again",
            mayHaveHappened: true)
    }
}
