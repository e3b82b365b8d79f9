/// Names as Cloud Run gives them: `migrate-vnttt`.
enum ExecutionName {
    private static let letters = Array("bcdfghjklmnpqrstvwxz2456789")

    static func make(job: String) -> String {
        let suffix = (0..<5).map { _ in letters.randomElement() ?? "x" }
        return "\(job)-\(String(suffix))"
    }
}
