/// What a request demands of an object before it does anything (cloud.google.com/storage/docs/request-preconditions).
struct StoragePreconditions: Sendable {
    private let query: [String: String]

    init(_ request: LoopbackHTTP.Request) { query = request.query }

    /// The status with which the request fails; nil where everything is as demanded.
    ///
    /// - Parameter object: nil for one that does not exist, whose generation is 0 and which has no metageneration.
    func refusal(of object: GoogleStub.Object?) -> Int? {
        for (name, now) in [("Generation", object?.generation ?? 0), ("Metageneration", object?.metageneration)] {
            if let wanted = query["if\(name)Match"] {
                guard let wanted = Int(wanted), wanted >= 0 else { return 400 }
                if wanted != now { return 412 }
            }
            if let unwanted = query["if\(name)NotMatch"] {
                guard let unwanted = Int(unwanted), unwanted >= 0 else { return 400 }
                // Where there is no object the precondition fails, whatever it names (storage.v1, `ifGenerationNotMatch`).
                if object == nil || unwanted == now { return 304 }
            }
        }
        return nil
    }

    /// Whether the request is about another generation than the one that is there.
    func misses(_ object: GoogleStub.Object) -> Bool {
        query["generation"].map { $0 != "\(object.generation)" } ?? false
    }
}
