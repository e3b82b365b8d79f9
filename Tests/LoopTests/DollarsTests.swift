import Loop
import Testing

struct DollarsTests {
    @Test(
        arguments: [
            (0, "$0.00"), (0.2, "$0.20"), (1.005, "$1.00"), (0.004, "$0.0040"), (12.3456, "$12.35"), (-1, "$0.00"),
            (1e300, "$10000000000000.00"),
        ] as [(Double, String)])
    func `an amount is told in cents, and a small one is not nothing`(amount: Double, text: String) {
        #expect(Dollars.text(amount) == text)
    }
}
