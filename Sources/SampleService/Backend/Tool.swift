/// What agents can use; each has a name, and arguments that may be wrong.
enum Tool: String, CaseIterable, Sendable {
    case add, divide, upper, count

    struct Refusal: Error { var reason: String }

    func use(_ arguments: JSON) throws(Refusal) -> JSON {
        switch self {
        case .add:
            guard let a = arguments["a"]?.integer, let b = arguments["b"]?.integer else {
                throw Refusal(reason: "`a` and `b` must be integers")
            }
            let (sum, overflows) = a.addingReportingOverflow(b)
            guard !overflows else { throw Refusal(reason: "the sum is too large") }
            return .integer(sum)
        case .divide:
            guard let a = arguments["a"]?.integer, let b = arguments["b"]?.integer else {
                throw Refusal(reason: "`a` and `b` must be integers")
            }
            let (quotient, overflows) = a.dividedReportingOverflow(by: b)
            guard !overflows else { throw Refusal(reason: "`a` cannot be divided by `b`") }
            return .integer(quotient)
        case .upper:
            guard let text = arguments["text"]?.text else { throw Refusal(reason: "`text` must be a text") }
            return .string(text.uppercased())
        case .count:
            guard let text = arguments["text"]?.text else { throw Refusal(reason: "`text` must be a text") }
            return .integer(text.split(separator: " ").count)
        }
    }
}
