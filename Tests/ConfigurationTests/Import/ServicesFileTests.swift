import Configuration
import JSON
import Testing

@Suite struct ServicesFileTests {
    private static let orders = ServiceImport(
        name: "orders",
        service: ["template": ["containers": [["image": .string("r/o@sha256:" + String(repeating: "c", count: 64))]]]],
        revision: nil, isPublic: false)
    private static let lines = orders.lines(indent: 2).joined(separator: "\n")

    @Test func `a service goes to the end of the others, and no other line is touched`() throws {
        let before = """
            # yaml-language-server: $schema=schema/services.json

            services: # all of them
              auth: # first
                image: auth

              # the last one
              backend:
                image: backend # trailing

            """
        let after = try ServicesFile(before).adding(Self.orders)
        #expect(after == before + "\n" + Self.lines + "\n")
    }

    @Test func `indentation is that of the file`() throws {
        let after = try ServicesFile("services:\n    auth:\n        image: auth\n").adding(Self.orders)
        #expect(after.contains("\n    orders:\n      image:"))
    }

    @Test(arguments: [nil, "", "# nothing yet\n"])
    func `a file that is not there or empty gets its first service`(text: String?) throws {
        let after = try ServicesFile(text).adding(Self.orders)
        #expect(after.hasPrefix(text ?? "") && after.hasSuffix("services:\n" + Self.lines + "\n"))
    }

    @Test func `a service that is there is not overwritten`() {
        #expect(throws: ServicesFile.Refusal.taken("orders")) {
            try ServicesFile("services:\n  orders:\n    image: x\n").adding(Self.orders)
        }
    }

    @Test(arguments: [
        "services: {}\n", "services: { auth: { image: auth } }\n", "{ services: { auth: { image: a } } }\n",
    ])
    func `a file that is not written by line is left alone`(text: String) {
        #expect(throws: ServicesFile.Refusal.notByLine) { try ServicesFile(text).adding(Self.orders) }
    }

    @Test func `a file that cannot be read is left alone`() {
        #expect(throws: ServicesFile.Refusal.self) { try ServicesFile("services: [").adding(Self.orders) }
    }
}
