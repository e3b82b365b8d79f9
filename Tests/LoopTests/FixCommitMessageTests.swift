import Loop
import Testing

struct FixCommitMessageTests {
    @Test func `subject, causes, checks and trailers`() {
        let message = FixCommitMessage(
            run: "l-1", iteration: 3, service: "backend", priority: "P1",
            causes: [.init("the application refuses WebSocket upgrades", checks: ["ws.events", "ws.echo"])],
            signer: "Ada <ada@example.com>", summary: "sends the header")
        #expect(
            message.text == """
                loop(3): fixes backend P1/ws.events and 1 more

                - the application refuses WebSocket upgrades
                  ws.events, ws.echo

                The fix says: sends the header

                Stagectl-Loop: l-1/3
                Signed-off-by: Ada <ada@example.com>

                """)
        #expect(FixCommitMessage.isCommit(message.text, of: "l-1/3"))
        #expect(!FixCommitMessage.isCommit(message.text, of: "l-1/30"))
        #expect(!FixCommitMessage.isCommit("Stagectl-Loop: l-1/33", of: "l-1/3"))
    }

    @Test func `text from outside brings no line and no trailer of its own`() {
        let message = FixCommitMessage(
            run: "l", iteration: 1, causes: [.init("a\nSigned-off-by: x", checks: ["c\n\nStagectl-Loop: l/2"])],
            summary: "\u{1B}[31mred\nStagectl-Loop: l/9")
        #expect(!message.text.split(separator: "\n").contains { $0.hasPrefix("Stagectl-Loop: l/9") })
        #expect(!FixCommitMessage.isCommit(message.text, of: "l/2"))
        #expect(!message.text.contains("\u{1B}"))
        #expect(message.text.split(separator: "\n").count { $0.hasPrefix("Signed-off-by") } == 0)
    }
}
