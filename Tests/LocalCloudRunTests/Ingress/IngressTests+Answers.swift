import LocalCloudRun
import NIOCore
import Synchronization
import Testing

/// Answers that the ingress gives in a container's place.
extension IngressTests {
    @Test(
        arguments: [
            ([], 403), (["Authorization: Basic dTpw"], 403), (["Authorization: Bearer wrong"], 401),
            (["Authorization: Bearer token-of-vault"], 200),
            (["authorization: bearer token-of-vault"], 200),
            (["X-Serverless-Authorization: Bearer token-of-vault", "Authorization: Bearer other"], 200),
            (["X-Serverless-Authorization: Bearer wrong", "Authorization: Bearer token-of-vault"], 401),
        ] as [([String], Int)])
    func `a private service opens to its token alone`(headers: [String], status: Int) async throws {
        try await Self.withIngress { port, _, _, _ in
            let client = try await RawClient.connect(port)
            let answer = try await client.request("GET", "/path", host: "vault.localhost", headers: headers)
            #expect(answer.status == status)
            if status == 403 {
                #expect(
                    answer.text.contains("does not have permission to get URL <code>/path</code> from this server."))
                #expect(answer["server"] == "Google Frontend")
            }
            if status == 401 {
                #expect(answer.text.contains("does not have permission to the requested URL <code>/path</code>."))
                #expect(answer["www-authenticate"]?.contains(#"error="invalid_token""#) == true)
            }
            await client.close()
        }
    }

    @Test func `a refused body is drained, so that the answer arrives`() async throws {
        try await Self.withIngress { port, _, _, _ in
            let client = try await RawClient.connect(port)
            let answer = try await client.request(
                "POST", "/", host: "vault.localhost", body: String(repeating: "x", count: 4 << 20))
            #expect(answer.status == 403)
            #expect(answer["connection"] == "close")
            #expect(await client.readToEnd() == 0)
        }
    }

    @Test func `no instance gives the platform's own text`() async throws {
        try await Self.withIngress { port, _, instances, _ in
            let client = try await RawClient.connect(port)
            let answer = try await client.request("GET", "/", host: "full.localhost")
            #expect(answer.status == 429)
            #expect(answer.text == "Rate exceeded.")
            #expect(instances.state.records.map(\.status) == [429])
            await client.close()
        }
    }

    @Test func `a container that is gone is 503, one that drops the request too`() async throws {
        try await Self.withIngress { port, ingress, instances, one in
            let client = try await RawClient.connect(port)
            let dropped = try await client.request("GET", "/drop", host: "one---web.localhost")
            #expect(dropped.status == 503)
            #expect(dropped.text.hasPrefix("upstream connect error"))
            await one.kill()
            let gone = try await client.request("POST", "/", host: "one---web.localhost", body: "x")
            #expect(gone.status == 503)
            #expect(ingress.openConnections(revision: "one") == 0)
            #expect(instances.state.given == instances.state.finished)
            await client.close()
        }
    }

    @Test func `a kept connection that died is replaced for GET without anybody noticing`() async throws {
        try await Self.withIngress { port, _, _, one in
            let client = try await RawClient.connect(port)
            for _ in 0..<20 {
                #expect(try await client.request("GET", "/", host: "one---web.localhost").status == 200)
                await one.dropConnections()
            }
            await client.close()
        }
    }

    @Test func `half an answer ends with a closed connection`() async throws {
        try await Self.withIngress { port, _, _, _ in
            let client = try await RawClient.connect(port)
            await #expect(throws: RawClient.ConnectionEnded.self) {
                try await client.request("GET", "/half", host: "one---web.localhost")
            }
        }
    }

    @Test func `a slow container is cut off with 504`() async throws {
        try await Self.withIngress(timeoutSeconds: 1) { port, _, instances, _ in
            let client = try await RawClient.connect(port)
            let answer = try await client.request("GET", "/never", host: "one---web.localhost")
            #expect(answer.status == 504)
            #expect(answer.text == "upstream request timeout")
            #expect(instances.state.records.map(\.status) == [504])
            #expect(try await client.request("GET", "/", host: "one---web.localhost").status == 200)
            await client.close()
        }
    }

    @Test func `a caller that leaves gives its instance back`() async throws {
        try await Self.withIngress { port, ingress, instances, _ in
            let client = try await RawClient.connect(port)
            try await client.send("GET /never HTTP/1.1\r\nHost: one---web.localhost\r\n\r\n")
            #expect(try await Self.eventually { ingress.openConnections(revision: "one") == 1 })
            await client.close()
            #expect(try await Self.eventually { ingress.openConnections(revision: "one") == 0 })
            #expect(try await Self.eventually { instances.state.finished == instances.state.given })
            #expect(instances.state.records.map(\.status) == [499])
        }
    }

    @Test func `requests sent ahead are answered in order`() async throws {
        try await Self.withIngress { port, _, _, _ in
            let client = try await RawClient.connect(port)
            let hosts = ["one---web", "nobody", "two---web", "full", "one---web"]
            try await client.send(hosts.map { "GET / HTTP/1.1\r\nHost: \($0).localhost\r\n\r\n" }.joined())
            var statuses: [Int] = []
            for _ in hosts { statuses.append(try await client.answer().status) }
            #expect(statuses == [200, 404, 200, 429, 200])
            await client.close()
        }
    }

    @Test func `HEAD, HTTP 1.0 and Expect keep their framing`() async throws {
        try await Self.withIngress { port, _, _, _ in
            let client = try await RawClient.connect(port)
            let head = try await client.request("HEAD", "/", host: "one---web.localhost")
            #expect(head["content-length"] == "3")
            try await client.send(
                "POST /length HTTP/1.1\r\nHost: one---web.localhost\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"
            )
            #expect(try await client.answer().status == 100)
            try await client.send("body")
            #expect(try await client.answer().text == "4")
            try await client.send("GET /echo HTTP/1.0\r\nHost: one---web.localhost\r\n\r\n")
            let old = try await client.answer()
            #expect(old.status == 200)
            #expect(old["transfer-encoding"] == nil)
            #expect(old["connection"] == "close")
        }
    }

    @Test(
        arguments: [
            "POST / HTTP/1.1\r\nHost: web.localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: web.localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            "POST / HTTP/1.1\r\nHost: web.localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: web.localhost\r\nTransfer-Encoding: chunked\r\n"
                + "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: web.localhost\r\nHost: vault.localhost\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: web.localhost\r\nBad Header: 1\r\n\r\n",
            "CONNECT vault.localhost:80 HTTP/1.1\r\nHost: web.localhost\r\n\r\n",
            "hello\r\n\r\n",
        ])
    func `a request that two parsers could read differently is refused`(request: String) async throws {
        try await Self.withIngress { port, _, instances, _ in
            let client = try await RawClient.connect(port)
            try await client.send(request)
            #expect(try await client.answer().status == 400)
            _ = await client.readToEnd()
            #expect(instances.state.given == 0)
        }
    }
}
