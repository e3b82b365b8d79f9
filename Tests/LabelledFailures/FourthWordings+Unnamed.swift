/// What no cause can be read from: a wrong result, and words or numbers that only look like a cause.
extension FourthWordings {
    static let unnamed: [Wording] = [
        Wording("AssertionError: assert 'EUR' == 'USD'"),
        Wording("expect(received).toEqual(expected) // deep equality, - Expected - 1, + Received + 1, \"total\": {n}"),
        Wording("org.opentest4j.AssertionFailedError: expected: <3> but was: <2>"),
        Wording(
            "Error: expect(locator).toHaveText(expected) failed, Expected string: \"12.00\", Received string: \"11.99\""
        ),
        Wording("strict mode violation: getByRole('button') resolved to 2 elements"),
        Wording("AssertionError: expected { Object (id, total) } to have property 'currency'"),
        Wording("cart_test.go:{line}: total = 1199, want 1200"),
        Wording(200, kind: "http", "$.items[0].price is 12, wanted 11"),
        Wording(200, kind: "http", "the header cache-control is 'no-store', wanted 'public'"),
        Wording(200, kind: "http", "$.token_type is 'bearer', wanted 'Bearer'"),
        Wording("AssertionError: expected 201 to equal 409, body: {\"id\":\"{id}\"}"),
        Wording("Request failed with status code 409, body: {\"error\":\"order was shipped already\"}"),
        Wording("Request failed with status code 400, body: {\"error\":\"quantity must be positive\"}"),
        Wording(
            "assert 422 == 200, {\"detail\":[{\"type\":\"missing\",\"loc\":[\"body\",\"sku\"],\"msg\":\"Field required\"}]}"
        ),
        Wording("expected response to have status code 200 but got 302"),
        Wording("expected response to have status code 404 but got 200"),
        Wording("Expected: 403 Received: 200"), Wording("assert 200 == 401"), Wording("assert 200 == 429"),
        Wording(close: 1000, kind: "ws", "the socket was closed with 1000 before the third message"),
        Wording("Screenshot comparison failed: 1200 pixels (ratio 0.02 of all image pixels) are different"),
        Wording("expected 429 items, got 428"), Wording("order number 503 is missing in the list"),
        Wording("price is 404 EUR, wanted 403 EUR"), Wording("1011 rows, wanted 1012"),
        Wording("field `timeout` of the settings is 30, wanted 60"),
        Wording("expected property 'memoryLimit' to equal '512Mi' but got '1Gi'"),
        Wording("the list of permissions has 3 entries, wanted 4"),
        Wording("Snapshot `invoice page 1` mismatched"),
        Wording("expected the message to be 'Payment refused' but got 'Payment received'"),
        Wording("expected language 'de' to be one of ['en', 'fr']"),
        Wording(
            "org.opentest4j.AssertionFailedError: expected: <READY> but was: <PENDING>"),
        Wording(
            nil, "AssertionError: expected 2 to equal 3",
            logs: [["JWT signing key rotated, 2 keys in the set"]]),
        Wording(nil, "AssertionError: expected 2 to equal 3", logs: [["memory: 201 MiB of 512 MiB used"]]),
        Wording(
            nil, "AssertionError: expected 2 to equal 3", logs: [["certificate of partner.example.com ends in 21 days"]]
        ),
        Wording(nil, "AssertionError: expected 2 to equal 3", logs: [["rate limit of {user}: 12 of 100 used"]]),
        Wording(nil, "AssertionError: expected 2 to equal 3", logs: [["scaled from 1 to 2 instances"]]),
        Wording(nil, "AssertionError: expected 2 to equal 3", logs: [["user {user} was given the role editor"]]),
    ]
}
