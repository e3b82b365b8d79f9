/// Names that Cloud Run would give: `backend-00002-kop`.
enum RevisionName {
    private static let consonants = Array("bcdfghjklmnpqrstvwxz")
    private static let vowels = Array("aeiou")

    /// `number` counts the revisions of the service; a long service name is cut so that 63 characters suffice.
    static func make(
        service: String, number: Int64, using generator: inout some RandomNumberGenerator
    ) -> String {
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
        var suffix = ""
        for letters in [consonants, vowels, consonants] {
            suffix.append(letters.randomElement(using: &generator) ?? "a")
        }
        return "\(service.prefix(63 - padded.count - suffix.count - 2))-\(padded)-\(suffix)"
    }
}
