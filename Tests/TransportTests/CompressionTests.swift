import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1)))
struct CompressionTests {
    /// RFC 1952 around one stored block of RFC 1951.
    private func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var checksum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            checksum ^= UInt32(byte)
            for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        checksum = ~checksum
        let length = UInt16(bytes.count)
        let words = [checksum, UInt32(bytes.count)].flatMap { word in (0..<4).map { UInt8(word >> ($0 * 8) & 255) } }
        return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1]
            + [length, ~length].flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] } + bytes + words
    }

    private func server(_ body: [UInt8], encoding: String = "gzip") async throws -> LoopbackServer {
        try await LoopbackServer.start { _ in
            [
                .send("HTTP/1.1 200 X\r\nContent-Encoding: \(encoding)\r\nContent-Length: \(body.count)\r\n\r\n"),
                .sendBytes(body),
            ]
        }
    }

    private func request(_ server: LoopbackServer, maximumBodyBytes: Int = 1000) -> HTTPRequest {
        var request = HTTPRequest("GET", server.url, maximumBodyBytes: maximumBodyBytes)
        request.acceptsCompression = true
        return request
    }

    @Test func `gzip is read as it was written, up to a limit, and nothing else is`() throws {
        for content in [[], Array("short".utf8), [UInt8](repeating: 7, count: 300_000)] as [[UInt8]] {
            let stream = try #require(GzipStream())
            var packed: [UInt8] = []
            stream.write(content) { packed += $0 }
            stream.finish { packed += $0 }
            #expect(Gunzip.bytes(of: packed, atMost: content.count) == content)
            // A thousandth of what it becomes.
            if !content.isEmpty { #expect(Gunzip.bytes(of: packed, atMost: content.count - 1) == nil) }
            for cut in [0, 1, 10, packed.count - 1] {
                #expect(Gunzip.bytes(of: Array(packed.prefix(cut)), atMost: 1 << 20) == nil)
            }
            #expect(Gunzip.bytes(of: packed + [0], atMost: 1 << 20) == nil)
            var changed = packed
            changed[packed.count - 6] ^= 1
            #expect(Gunzip.bytes(of: changed, atMost: 1 << 20) == nil)
        }
        #expect(Gunzip.bytes(of: gzip(Array("stored".utf8)), atMost: 100) == Array("stored".utf8))
        #expect(Gunzip.bytes(of: Array("no gzip at all".utf8), atMost: 100) == nil)
    }

    @Test func `a compressed answer is decoded for who asked for it`() async throws {
        let text = Array("compressed".utf8)
        let server = try await server(gzip(text))
        #expect(try await HTTPClient().send(request(server)).body == text)
        #expect(server.requests.first?.header("Accept-Encoding") == "gzip, deflate")
        #expect(try await HTTPClient().send(HTTPRequest("GET", server.url)).body == gzip(text))
        #expect(server.requests.last?.header("Accept-Encoding") == nil)
    }

    @Test func `the limit counts what comes out`() async throws {
        let server = try await server(gzip([UInt8](repeating: 7, count: 1001)))
        await #expect(throws: TransportError.bodyTooLarge(limit: 1000)) {
            try await HTTPClient().send(request(server))
        }
    }

    @Test(arguments: ["gzip", "deflate"])
    func `what is not what it says is a lost answer`(encoding: String) async throws {
        let server = try await server(Array("not compressed".utf8), encoding: encoding)
        let error = await #expect(throws: TransportError.self) { try await HTTPClient().send(request(server)) }
        guard case .connectionLost = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
