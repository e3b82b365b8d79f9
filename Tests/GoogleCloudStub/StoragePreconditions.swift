/// What a request demands of an object before it does anything (cloud.google.com/storage/docs/request-preconditions).
struct StoragePreconditions {
    private let query: [String: String]
    /// A read answers 304 where the object is still the one that the caller has.
    private let isRead: Bool

    init(_ request: LoopbackHTTP.Request) {
        query = request.query
        isRead = request.method == "GET"
    }

    /// The status with which the request fails; nil where everything is as demanded.
    ///
    /// - Parameter object: nil for one that does not exist, whose generation is 0 and which has no metageneration.
    func refusal(of object: GoogleStub.Object?) -> Int? {
        let generation = object?.generation ?? 0
        for (name, now) in [("Generation", generation), ("Metageneration", object?.metageneration)] {
            if let wanted = query["if\(name)Match"] {
                guard let wanted = Int(wanted), wanted >= 0 else { return 400 }
                if wanted != now { return 412 }
            }
            if let unwanted = query["if\(name)NotMatch"] {
                guard let unwanted = Int(unwanted), unwanted >= 0 else { return 400 }
                if unwanted == now { return isRead ? 304 : 412 }
            }
        }
        return nil
    }
}
