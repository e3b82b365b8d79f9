import Crypto
import GoogleCloudStub
import JSON
import Releases
import Synchronization
import Testing
import Transport

@testable import GoogleCloud

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Bytes that are never the same twice in a row, so that a part in the wrong place shows.
func patterned(_ count: Int, seed: UInt8 = 7) -> [UInt8] {
    var value = UInt32(seed) | 1
    return (0..<count).map { _ in
        value = value &* 1_664_525 &+ 1_013_904_223
        return UInt8(truncatingIfNeeded: value >> 24)
    }
}

func source(_ bytes: [UInt8]) -> UploadSource {
    UploadSource(
        bytes: Int64(bytes.count), md5: Data(Insecure.MD5.hash(data: bytes)).base64EncodedString(),
        contentType: "application/gzip"
    ) { Array(bytes[Int($0)..<min(Int($0) + $1, bytes.count)]) }
}

func storage(_ base: String, token: String? = "stub-token") -> StorageClient {
    StorageClient(
        endpoints: GoogleEndpoints(all: base), tokens: FixedToken(value: token),
        retry: RetryPolicy(firstDelay: .milliseconds(1), longestDelay: .milliseconds(5)))
}

/// The client against a stub that holds every request against Google's discovery document.
@Suite(.serialized) struct StorageClientTests {
    private static let part = 256 << 10

    private func withStub(_ body: (GoogleStub, StorageClient) async throws -> Void) async throws {
        let stub = try GoogleStub()
        defer { stub.stop() }
        stub.addBucket("sources", project: "p")
        try await body(stub, storage(stub.base))
        #expect(stub.problems.isEmpty)
    }

    @Test func `a content arrives whole, in parts`() async throws {
        try await withStub { stub, client in
            let bytes = patterned(5 * Self.part + 123)
            let reached = Mutex<[Int64]>([])
            let object = try await client.upload(
                source(bytes), as: "source/a b.tar.gz", in: "sources", ifGeneration: 0, partBytes: 2 * Self.part + 5
            ) { count in reached.withLock { $0.append(count) } }
            #expect(stub.objects["sources/source/a b.tar.gz"]?.bytes == bytes)
            #expect(object.bytes == Int64(bytes.count))
            #expect(reached.withLock { $0 } == [Int64(2 * Self.part), Int64(4 * Self.part), Int64(bytes.count)])
            #expect(stub.count("PUT", "/session/") == 3)
            #expect(try await client.object("source/a b.tar.gz", in: "sources") == object)
        }
    }

    @Test(arguments: [0, 1, 256 << 10, 512 << 10])
    func `contents of every length`(count: Int) async throws {
        try await withStub { stub, client in
            let bytes = patterned(count)
            _ = try await client.upload(source(bytes), as: "a", in: "sources", ifGeneration: 0, partBytes: Self.part)
            #expect(stub.objects["sources/a"]?.bytes == bytes)
        }
    }

    @Test(
        arguments: [
            ("PUT", GoogleStub.Fault.Kind.loseAnswer), ("PUT", .refuse), ("PUT", .status(503)), ("PUT", .status(500)),
            ("PUT", .status(429)), ("PUT", .status(410)), ("PUT", .status(404)), ("PUT", .keepOnly(1000)),
            ("PUT", .keepOnly(0)), ("POST", .loseAnswer), ("POST", .refuse), ("POST", .status(502)),
        ])
    func `an upload survives what happens on the way`(method: String, kind: GoogleStub.Fault.Kind) async throws {
        try await withStub { stub, client in
            let bytes = patterned(3 * Self.part + 7)
            for times in 1...2 {
                stub.fail(.init(method, method == "PUT" ? "/session/" : "/upload/", kind, times: times))
                let name = "object-\(times)"
                let object = try await client.upload(
                    source(bytes), as: name, in: "sources", ifGeneration: 0, partBytes: Self.part)
                #expect(stub.objects["sources/\(name)"]?.bytes == bytes)
                #expect(stub.objects["sources/\(name)"]?.generation == Int(object.generation))
            }
        }
    }

    @Test func `the answer to the last part is lost and the object is found`() async throws {
        try await withStub { stub, client in
            let bytes = patterned(100)
            stub.fail(.init("PUT", "/session/", .loseAnswer))
            _ = try await client.upload(source(bytes), as: "a", in: "sources", ifGeneration: 0)
            // The condition does not hold any more, as the object is there: its content is ours.
            #expect(stub.objects["sources/a"]?.bytes == bytes)
        }
    }

    @Test func `an object that is there with this content is as good, another one is a conflict`() async throws {
        try await withStub { stub, client in
            let bytes = patterned(1000)
            stub.addObject("same", in: "sources", bytes)
            stub.addObject("other", in: "sources", patterned(1000, seed: 9))
            _ = try await client.upload(source(bytes), as: "same", in: "sources", ifGeneration: 0)
            let refusal = try await failure {
                _ = try await client.upload(source(bytes), as: "other", in: "sources", ifGeneration: 0)
            }
            #expect(refusal.category == .conflict)
            #expect(stub.objects["sources/other"]?.bytes == patterned(1000, seed: 9))
        }
    }

    @Test func `a content that is not what its digest says never becomes an object`() async throws {
        try await withStub { stub, client in
            let bytes = patterned(1000)
            var wrong = source(bytes)
            wrong.md5 = source(patterned(1000, seed: 3)).md5
            let refusal = try await failure {
                _ = try await client.upload(wrong, as: "a", in: "sources", ifGeneration: 0)
            }
            #expect(refusal.category == .release)
            #expect(stub.objects.isEmpty)
        }
    }

    @Test func `a server that stays away ends the upload, and so does the deadline`() async throws {
        try await withStub { stub, client in
            stub.fail(.init("PUT", "/session/", .status(503), times: 1000))
            let bytes = patterned(1000)
            let gone = try await failure {
                _ = try await client.upload(source(bytes), as: "a", in: "sources", ifGeneration: 0)
            }
            #expect(gone.category == .unavailable)
            let late = try await failure {
                _ = try await client.upload(
                    source(bytes), as: "a", in: "sources", ifGeneration: 0, deadline: .milliseconds(1))
            }
            #expect(late.category == .deadline)
        }
    }

    @Test func `small contents are written under a condition, read and removed`() async throws {
        try await withStub { _, client in
            func insert(_ text: String, ifGeneration: Int64?) async throws -> StoredObject {
                try await client.insert(
                    Array(text.utf8), as: "locks/backend", in: "sources", contentType: "application/json",
                    ifGeneration: ifGeneration)
            }
            let first = try await insert("one", ifGeneration: 0)
            let early = try await failure { _ = try await insert("two", ifGeneration: 0) }
            #expect(early.category == .conflict)
            let second = try await insert("two", ifGeneration: first.generation)
            let content = try await client.download("locks/backend", in: "sources")
            #expect(content == StoredContent(bytes: Array("two".utf8), generation: second.generation))
            let refusal = try await failure {
                try await client.delete("locks/backend", in: "sources", ifGeneration: first.generation)
            }
            #expect(refusal.category == .conflict)
            #expect(try await client.delete("locks/backend", in: "sources", ifGeneration: second.generation))
            #expect(try await client.delete("locks/backend", in: "sources", ifGeneration: nil) == false)
            #expect(try await client.download("locks/backend", in: "sources") == nil)
            #expect(try await client.object("locks/backend", in: "sources") == nil)
        }
    }

    @Test func `a growing object is read from where the last reading ended`() async throws {
        try await withStub { stub, client in
            func read(from offset: Int64) async throws -> StoredPart {
                try await client.part(of: "log", in: "sources", from: offset, limit: 4)
            }
            let (none, some, more, end): (StoredPart, StoredPart, StoredPart, StoredPart)
            none = try await read(from: 0)
            stub.addObject("log", in: "sources", Array("abcdefg".utf8))
            some = try await read(from: 0)
            more = try await read(from: 4)
            end = try await read(from: 7)
            #expect(none == .noObject)
            #expect(some == .bytes(Array("abcd".utf8)))
            #expect(more == .bytes(Array("efg".utf8)))
            #expect(end == .nothingMore)
        }
    }

    @Test func `a missing bucket is made, one's own is used, and somebody else's is refused`() async throws {
        try await withStub { stub, client in
            try await client.ensureBucket("p_cloudbuild", of: "p", location: "us-central1")
            #expect(stub.buckets["p_cloudbuild"] == "p")
            try await client.ensureBucket("p_cloudbuild", of: "p")
            #expect(stub.count("POST", "/storage/v1/b") == 1)
            stub.addBucket("q_cloudbuild", project: "thief")
            let refusal = try await failure { try await client.ensureBucket("q_cloudbuild", of: "q") }
            #expect(refusal.category == .permission)
            // Also where its metadata are forbidden, as they are for somebody else's.
            stub.forbid("/b/q_cloudbuild")
            let hidden = try await failure { try await client.ensureBucket("q_cloudbuild", of: "q") }
            #expect(hidden.category == .permission)
            // A lost answer is a look away.
            stub.fail(.init("POST", "/storage/v1/b", .loseAnswer))
            try await client.ensureBucket("r_cloudbuild", of: "r")
            #expect(stub.buckets["r_cloudbuild"] == "r")
        }
    }

    @Test(arguments: [
        ("https://storage.googleapis.com/upload/x?upload_id=1", true), ("https://www.googleapis.com/upload/x", true),
        ("http://storage.googleapis.com/upload/x", false), ("https://evil.example/upload", false),
        ("https://storage.googleapis.com.evil.example/", false), ("https://storage.googleapis.com:8443/x", false),
        ("https://a@storage.googleapis.com/", false), ("/upload/relative", false), ("", false),
    ])
    func `content travels to the server's own sessions alone`(session: String, isTrusted: Bool) {
        #expect(StorageEndpoints(base: "https://storage.googleapis.com").trusts(session: session) == isTrusted)
        #expect(StorageEndpoints(base: "http://127.0.0.1:8085").trusts(session: session) == false)
    }

    @Test func `gcloud's own form of the endpoint is understood`() {
        let plain = StorageEndpoints(base: "https://storage.googleapis.com")
        let override = StorageEndpoints(
            base: GoogleEndpoints(storage: "https://storage.googleapis.com/storage/v1/").storage)
        #expect(plain == override)
        #expect(plain.object("a/b c", in: "x") == "https://storage.googleapis.com/storage/v1/b/x/o/a%2Fb%20c")
    }

    private static let answers: [(Int, String?, UploadAnswer)] = [
        (308, "bytes=0-99", .received(100)), (308, nil, .received(0)), (308, "bytes=0-200", .gone), (410, nil, .gone),
        (404, nil, .gone), (200, nil, .finished(["a": 1])),
        (308, "bytes=5-9", .unreadable(reason: "the range `bytes=5-9`")),
        (308, "bytes=0--1", .unreadable(reason: "the range `bytes=0--1`")),
        (308, "bytes=0-9223372036854775807", .unreadable(reason: "the range `bytes=0-9223372036854775807`")),
    ]

    @Test(arguments: answers)
    func `answers within an upload`(status: Int, range: String?, expected: UploadAnswer) {
        let headers = HTTPHeaders(range.map { [.init("range", $0)] } ?? [])
        let response = HTTPResponse(status: status, headers: headers, body: Array("{\"a\":1}".utf8))
        #expect(UploadAnswer(response, sent: 200) == expected)
    }
}
