/// Which operations a list shows: all, or those that are done or not (`done:true`).
enum OperationFilter: Hashable, Sendable {
    case all
    case done(Bool)

    init(_ text: String?) throws(APIError) {
        switch (text ?? "").filter({ $0 != " " }) {
        case "": self = .all
        case "done:true", "done=true": self = .done(true)
        case "done:false", "done=false": self = .done(false)
        default: throw APIError(.invalidArgument, "Invalid filter: `\(text ?? "")`.")
        }
    }

    func isMet(by isDone: Bool) -> Bool {
        switch self {
        case .all: true
        case .done(let wanted): isDone == wanted
        }
    }
}
