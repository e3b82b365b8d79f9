/// Decides whether a scalar is a value of a type, and words what is expected.
struct ScalarRule {
    struct Mistake {
        var expected: String
        var hint: String?
    }

    let type: SchemaType

    init(_ type: SchemaType) {
        self.type = type
    }

    var expectation: String {
        switch type {
        case .string(let rule): rule.expectation
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .boolean: "`true` or `false`"
        case .duration(let range, let step):
            "a duration from \(DurationText.spelled(milliseconds: range.lowerBound)) to "
                + DurationText.spelled(milliseconds: range.upperBound) + (step == 1000 ? " in whole seconds" : "")
        case .percent(let range): "a percentage from \(range.lowerBound) to \(range.upperBound)"
        case .memory(let range):
            "an amount of memory from \(MemoryText.spelled(range.lowerBound)) to "
                + MemoryText.spelled(range.upperBound)
        case .processor: "cores: `1`, `2`, `4`, `6`, `8`, or a part of one such as `500m`"
        case .choice(let names): names.map { "`\($0)`" }.joined(separator: ", ")
        case .scalar: "text, a number, `true` or `false`"
        case .plainData: "text, a number, `true` or `false`, or lists and mappings of these"
        case .list: "a list"
        case .map, .object, .scalarOr: "a mapping"
        }
    }

    /// Nil where the scalar is fine.
    func mistake(in scalar: ConfigurationScalar) -> Mistake? {
        let text = scalar.text
        switch type {
        case .string(let rule):
            if case .text = scalar.kind {
                return rule.allows(text) ? nil : Mistake(expected: rule.expectation)
            }
            return Mistake(expected: rule.expectation, hint: "put it in quotes: `\"\(text)\"`")
        case .integer(let range):
            if case .integer(let value) = scalar.kind, range.contains(value) { return nil }
            return Mistake(
                expected: expectation,
                hint: !scalar.isPlain && Int(text) != nil ? "write it without quotes" : nil)
        case .boolean:
            if case .boolean = scalar.kind { return nil }
            return Mistake(expected: expectation, hint: booleanHint(text))
        case .duration(let range, let step):
            guard let value = DurationText.milliseconds(text) else {
                let isNumber = Int(text).map { $0 >= 0 } ?? false
                return Mistake(
                    expected: expectation,
                    hint: isNumber
                        ? "a duration needs a unit: `\(text)s` or `\(text)ms`" : "for example `5s` or `300ms`")
            }
            return range.contains(value) && value % step == 0 ? nil : Mistake(expected: expectation)
        case .percent(let range):
            let value = Int(text.hasSuffix("%") ? String(text.dropLast()) : text)
            return value.map(range.contains) ?? false ? nil : Mistake(expected: expectation)
        case .memory(let range):
            guard let bytes = MemoryText.bytes(text) else {
                return Mistake(expected: expectation, hint: "for example `512Mi` or `1Gi`")
            }
            return range.contains(bytes) ? nil : Mistake(expected: expectation)
        case .processor:
            guard let cores = ProcessorText.milliCores(text) else { return Mistake(expected: expectation) }
            return (80..<1000).contains(cores) || [1000, 2000, 4000, 6000, 8000].contains(cores)
                ? nil : Mistake(expected: expectation)
        case .choice(let names):
            if names.contains(text) { return nil }
            return Mistake(
                expected: expectation, hint: NearestName.of(text, in: names).map { "did you mean `\($0)`?" })
        case .scalar, .plainData:
            return nil
        case .list, .map, .object, .scalarOr:
            return Mistake(expected: expectation)
        }
    }

    /// YAML 1.1 spellings, which are text in YAML 1.2.
    private func booleanHint(_ text: String) -> String? {
        switch text.lowercased() {
        case "yes", "on", "y", "true": "write `true`"
        case "no", "off", "n", "false": "write `false`"
        default: nil
        }
    }
}
