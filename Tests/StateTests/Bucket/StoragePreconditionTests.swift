import GoogleCloudStub
import Testing

/// A Cloud Storage that team state is tested against must refuse what Google's would refuse: each method is asked with each
/// precondition that Google describes for it, in each state that an object can be in. A server that is laxer fails here.
@Suite struct StoragePreconditionTests {
    /// What an object is like before it is asked for.
    enum Before: String, CaseIterable, Sendable {
        case absent, once, twice, patched
    }

    enum Method: String, CaseIterable, Sendable {
        case get, media, delete, patch, insertMultipart, insertMedia, insertResumable, compose

        /// As the discovery document names it.
        var name: String {
            switch self {
            case .get, .media: "get"
            case .insertMultipart, .insertMedia, .insertResumable: "insert"
            case .delete, .patch, .compose: rawValue
            }
        }

        /// Asks for what must be there.
        var needsObject: Bool { self == .get || self == .media || self == .delete || self == .patch }
    }

    /// A number that a precondition names.
    enum Number: String, CaseIterable, Sendable {
        case zero, current, former, foreign
    }

    /// Whether the request may go on, by Google's words on each parameter (storage.v1).
    private static func holds(_ precondition: String, _ number: Number, before: Before) -> Bool {
        let exists = before != .absent
        return switch (precondition, number) {
        // "Setting to 0 makes the operation succeed only if there are no live versions of the object."
        case ("ifGenerationMatch", .zero): !exists
        case ("ifGenerationMatch", .current), ("ifMetagenerationMatch", .current): exists
        // "Setting to 0 makes the operation succeed only if there is a live version of the object", and "if no live object
        // exists, the precondition fails".
        case ("ifGenerationNotMatch", .current), ("ifMetagenerationNotMatch", .current): false
        case ("ifGenerationNotMatch", _), ("ifMetagenerationNotMatch", _): exists
        default: false
        }
    }

    @Test(arguments: Method.allCases)
    func `the stub holds every precondition that Google describes`(method: Method) async throws {
        let all = ["ifGenerationMatch", "ifGenerationNotMatch", "ifMetagenerationMatch", "ifMetagenerationNotMatch"]
        let described = RequestRules.preconditions(of: method.name)
        if let described { #expect(Set(described).isSubset(of: all), "a new one: \(described)") }
        try await StorageServer.stub.with { (base: String) async throws -> Void in
            try await Self.ask(method, described ?? Array(all.prefix(1)), Number.allCases, at: base)
        }
    }

    @Test func `fake-gcs-server holds generations of multipart uploads`() async throws {
        try await StorageServer.fakeGCSServer.with { base in
            try await Self.ask(.insertMultipart, ["ifGenerationMatch"], [.zero, .current, .former], at: base)
        }
    }

    private static func ask(
        _ method: Method, _ preconditions: [String], _ numbers: [Number], at base: String
    ) async throws {
        var asked = 0
        for before in Before.allCases {
            for precondition in preconditions {
                for number in numbers {
                    asked += 1
                    let object = StorageQuestion(base, "o\(asked)")
                    guard let (wanted, state) = try await object.prepare(before, precondition, number) else { continue }
                    let status = try await object.send(method, "\(precondition)=\(wanted)")
                    let title = "\(method) of one \(before) with \(precondition)=\(number)"
                    let holds = holds(precondition, number, before: before)
                    let after = try await object.state()
                    if holds, before != .absent || !method.needsObject {
                        #expect((200..<300).contains(status), "\(title): \(status)")
                        let isChange = method != .get && method != .media
                        #expect((after != state) == isChange, "\(title): \(state) then \(after)")
                    } else {
                        let refusals = [412, 304] + (before == .absent && method.needsObject ? [404] : [])
                        #expect(refusals.contains(status), "\(title): \(status)")
                        #expect(after == state, "\(title) was refused and left \(after)")
                    }
                }
            }
        }
        #expect(asked > 0)
    }

    @Test func `a resumable upload is held to its precondition when it ends, too`() async throws {
        try await StorageServer.stub.with { (base: String) async throws -> Void in
            let object = StorageQuestion(base, "late")
            let session = try await object.begin("ifGenerationMatch=0")
            #expect(try await object.send(.insertMultipart, "") == 200)
            let between = try await object.state()
            #expect(try await object.finish(session) == 412)
            #expect(try await object.state() == between)
        }
    }

    @Test func `parts that are composed are those that were named`() async throws {
        try await StorageServer.stub.with { (base: String) async throws -> Void in
            let object = StorageQuestion(base, "whole")
            #expect(try await object.compose("", source: 0) == 412)
            #expect(try await object.compose("", source: nil) == 200)
        }
    }

    @Test(arguments: [Method.get, .media, .delete, .patch])
    func `another generation than the one that is there is not found`(method: Method) async throws {
        try await StorageServer.stub.with { (base: String) async throws -> Void in
            let object = StorageQuestion(base, "o")
            #expect(try await object.send(.insertMultipart, "") == 200)
            let state = try await object.state()
            #expect(try await object.send(method, "generation=7") == 404)
            #expect(try await object.state() == state)
            let status = try await object.send(method, "generation=\(state.generation)")
            #expect((200..<300).contains(status))
        }
    }

    @Test(arguments: ["", "x", "-1", "1.5"]) func `what is no number is no precondition`(text: String) async throws {
        try await StorageServer.stub.with { (base: String) async throws -> Void in
            for name in ["ifGenerationMatch", "ifMetagenerationMatch", "ifGenerationNotMatch"] {
                let object = StorageQuestion(base, "o")
                #expect(try await object.send(.insertMultipart, "\(name)=\(text)") == 400)
                #expect(try await object.state() == .none)
            }
        }
    }

    // MARK: - Lists

    @Test(arguments: StorageServer.allCases)
    func `a list is in order, whole by pages, and shows at once what was written and removed`(
        server: StorageServer
    ) async throws {
        try await server.with { base in
            let names = ["a", "a/b", "a/c", "a-b", "B", "ä", "z/1", "z/10", "z/2"]
            for name in names.shuffled() {
                let object = StorageQuestion(base, name)
                #expect(try await object.send(.insertMultipart, "ifGenerationMatch=0") == 200)
                #expect(try await StorageQuestion.list(base, "prefix=\(StorageQuestion.escaped(name))").contains(name))
            }
            let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            #expect(try await StorageQuestion.list(base, "") == sorted)
            #expect(try await StorageQuestion.list(base, "prefix=z%2F") == ["z/1", "z/10", "z/2"])
            #expect(try await StorageQuestion.list(base, "startOffset=a%2Fb&prefix=a") == ["a/b", "a/c"])
            for size in [1, 2, 4] {
                #expect(try await StorageQuestion.list(base, "maxResults=\(size)") == sorted, "by pages of \(size)")
            }
            let removal = try await StorageQuestion(base, "a/c").send(.delete, "")
            #expect((200..<300).contains(removal))
            #expect(try await StorageQuestion.list(base, "prefix=a%2F") == ["a/b"])
            let object = StorageQuestion(base, "a/b")
            let before = try await object.state()
            #expect(try await object.send(.insertMultipart, "ifGenerationMatch=\(before.generation)") == 200)
            let after = try await object.state()
            #expect(after.generation != before.generation)
        }
    }
}
