/// A drawing with a title and a description, so that whoever cannot see it is told the same.
struct SVGFigure {
    let width: Double
    let height: Double
    private var shapes = ""

    init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    mutating func rect(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String, title: String? = nil
    ) {
        let size =
            "x=\"\(Decimal.short(x))\" y=\"\(Decimal.short(y))\" width=\"\(Decimal.short(max(0, width)))\" height=\"\(Decimal.short(max(0, height)))\""
        guard let title else {
            shapes += "<rect class=\"\(style)\" \(size)/>"
            return
        }
        shapes += "<rect class=\"\(style)\" \(size)><title>\(HTMLText.line(title, limit: 300))</title></rect>"
    }

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
        shapes +=
            "<line class=\"\(style)\" x1=\"\(Decimal.short(x1))\" y1=\"\(Decimal.short(y1))\" x2=\"\(Decimal.short(x2))\" y2=\"\(Decimal.short(y2))\"/>"
    }

    mutating func dot(_ x: Double, _ y: Double, _ radius: Double, _ style: String, title: String) {
        shapes +=
            "<circle class=\"\(style)\" cx=\"\(Decimal.short(x))\" cy=\"\(Decimal.short(y))\" r=\"\(Decimal.short(radius))\">"
            + "<title>\(HTMLText.line(title, limit: 300))</title></circle>"
    }

    mutating func path(_ points: [(Double, Double)], _ style: String) {
        let steps = points.enumerated().map { "\($0 == 0 ? "M" : "L")\(Decimal.short($1.0)) \(Decimal.short($1.1))" }
        shapes += "<path class=\"\(style)\" d=\"\(steps.joined())\"/>"
    }

    /// - Parameter anchor: `start`, `middle` or `end`.
    mutating func text(_ text: String, _ x: Double, _ y: Double, _ style: String = "", anchor: String = "start") {
        shapes +=
            "<text class=\"\(style)\" x=\"\(Decimal.short(x))\" y=\"\(Decimal.short(y))\" text-anchor=\"\(anchor)\">"
            + "\(HTMLText.line(text, limit: 120))</text>"
    }

    /// - Parameters:
    ///   - id: unique in the page.
    ///   - description: what the drawing shows, in words and numbers.
    func markup(_ id: String, title: String, description: String) -> String {
        "<figure><figcaption>\(HTMLText.line(title))</figcaption><div class=\"scroll chart\" tabindex=\"0\" role=\"region\" "
            + "aria-label=\"\(HTMLText.line(title))\"><svg role=\"img\" aria-labelledby=\"\(id)-t \(id)-d\" viewBox=\"0 0 "
            + "\(Decimal.short(width)) \(Decimal.short(height))\"><title id=\"\(id)-t\">\(HTMLText.line(title))</title>"
            + "<desc id=\"\(id)-d\">\(HTMLText.line(description, limit: 2000))</desc>\(shapes)</svg></div></figure>"
    }
}

/// Round numbers for an axis.
enum AxisScale {
    /// At most `count` steps from 0 to the first that is not below the largest value.
    static func ticks(to largest: Double, count: Int = 5) -> [Double] {
        guard largest > 0, largest.isFinite else { return [0, 1] }
        var size = 1e-3
        let factors = [2.0, 2.5, 2.0]
        var turn = 0
        while size * Double(count) < largest, turn < 120 {
            size *= factors[turn % 3]
            turn += 1
        }
        let steps = Int((largest / size).rounded(.up))
        return (0...max(1, steps)).map { Double($0) * size }
    }
}
