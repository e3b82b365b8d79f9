import Testing

@testable import Reporting

/// As much of a terminal as the live list uses: it wraps unless told not to, goes up, and clears a line.
struct TerminalModel {
    private var columns: Int
    private let folds: Bool
    private var wraps = true
    private var cells: [[Character]] = [[]]
    private var row = 0
    private var column = 0

    init(columns: Int, folds: Bool = true) {
        self.columns = columns
        self.folds = folds
    }

    /// Down to where the cursor is; below it nothing may be left.
    var lines: [String] {
        let below = cells[(row + 1)...].joined()
        #expect(below.isEmpty)
        return cells[...row].map { String($0) }
    }

    mutating func write(_ text: String) {
        var rest = Array(text)[...]
        while let character = rest.popFirst() {
            switch character {
            case "\n": (row, column) = (row + 1, 0)
            case "\r": column = 0
            case "\u{1B}":
                #expect(rest.first == "[")
                let parameters = String(rest.dropFirst().prefix { $0.isNumber || $0 == "?" })
                let verb = rest.dropFirst(1 + parameters.count).first
                rest = rest.dropFirst(2 + parameters.count)
                act(verb, parameters)
            default: put(character)
            }
            while cells.count <= row { cells.append([]) }
        }
    }

    private mutating func act(_ verb: Character?, _ parameters: String) {
        switch verb {
        case "A": row = max(0, row - (Int(parameters) ?? 1))
        case "K": cells[row] = parameters == "2" ? [] : Array(prefix(of: cells[row], columns: column))
        case "h" where parameters == "?7": wraps = true
        case "l" where parameters == "?7": wraps = false
        case "m": break
        // `J` is kept in the scroll-back when it begins in the first line.
        default: Issue.record("the list has no use for \(verb.map(String.init) ?? "nothing") with \(parameters)")
        }
    }

    private func prefix(of cells: [Character], columns: Int) -> [Character] {
        var width = 0
        return Array(
            cells.prefix {
                width += DisplayWidth.of(String($0))
                return width <= columns
            })
    }

    private mutating func put(_ character: Character) {
        let width = DisplayWidth.of(String(character))
        if column + width > columns {
            guard wraps else { return }
            (row, column) = (row + 1, 0)
        }
        while cells.count <= row { cells.append([]) }
        // What is written over goes.
        if column < cells[row].reduce(0, { $0 + DisplayWidth.of(String($1)) }) {
            let kept = prefix(of: cells[row], columns: column)
            let rest = cells[row].dropFirst(kept.count + 1)
            cells[row] = kept + [character] + rest
        } else {
            cells[row].append(character)
        }
        column += width
    }

    /// Folds anew what is too long, as most terminals do, or cuts it off.
    mutating func resize(to columns: Int) {
        let old = lines
        guard folds else {
            self.columns = columns
            cells = cells.map { prefix(of: $0, columns: columns) }
            return
        }
        self = TerminalModel(columns: columns)
        write(old.joined(separator: "\n"))
    }
}
