/// How many checks ended how. Every key is always there, and they add up to `total`.
package struct VerdictCounts: Hashable, Sendable {
    private var numbers: [CheckStatus: Int] = [:]
    /// Counted on its own, so that the sum can be compared with something.
    package private(set) var total = 0

    package init(_ statuses: some Sequence<CheckStatus> = []) {
        for status in statuses {
            numbers[status, default: 0] += 1
            total += 1
        }
    }

    package subscript(_ status: CheckStatus) -> Int { numbers[status] ?? 0 }

    package var addUp: Bool {
        CheckStatus.allCases.reduce(0) { $0 + self[$1] } == total
    }

    /// As in the JSON results: eleven statuses and `total`.
    package var dictionary: [String: Int] {
        var result = ["total": total]
        for status in CheckStatus.allCases { result[status.rawValue] = self[status] }
        return result
    }
}

extension VerdictCounts: Codable {
    package init(from decoder: any Decoder) throws {
        let dictionary = try decoder.singleValueContainer().decode([String: Int].self)
        for status in CheckStatus.allCases { numbers[status] = dictionary[status.rawValue] ?? 0 }
        numbers = numbers.filter { $0.value != 0 }
        total = dictionary["total"] ?? 0
        guard numbers.values.allSatisfy({ $0 > 0 }), addUp else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "counts do not add up to their total"))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(dictionary)
    }
}
