import JSON

/// A root with the modules that lie on this machine, evaluated as far as that works without a plan.
struct DeclaredConfiguration: Sendable {
    private(set) var resources: [DeclaredResource] = []
    private(set) var outputs: [String: HCLValue] = [:]
    private(set) var mistakes: [String] = []
    /// Names of resources with a count or keys that nobody knows here, and modules that are not on this machine: nothing
    /// can be said to be missing of a type while one of these may have it.
    private(set) var isIncomplete = false
    /// Variables that the root declares, for finding slips in what is given to it.
    private(set) var variables: Set<String> = []

    private static let maximumDepth = 8

    /// - Parameters:
    ///   - folder: the root's, absolute.
    ///   - label: how it is named to people: `terraform/staging`.
    ///   - given: values of variables, over those of `terraform.tfvars` and `*.auto.tfvars`.
    init(folder: String, label: String, given: [String: HCLValue], variableFiles: [String] = []) {
        var given = given
        let files = RootFiles.names(in: folder)
            .filter { $0 == "terraform.tfvars" || $0.hasSuffix(".auto.tfvars") }.map { "\(folder)/\($0)" }
        for path in (files + variableFiles).reversed() {
            guard let body = parse(path, label: label) else { continue }
            var evaluator = HCLEvaluator(scope: [:])
            for (name, expression) in body.attributes where given[name] == nil {
                given[name] = evaluator.value(expression)
            }
        }
        let module = read(folder, label, given: given, prefix: "", depth: 0)
        variables = module.variables
        outputs = module.outputs
    }

    private struct Module {
        var outputs: [String: HCLValue] = [:]
        var variables: Set<String> = []
    }

    private mutating func parse(_ path: String, label: String) -> HCLBody? {
        guard let bytes = RootFiles.contents(path, limit: 4 << 20) else { return nil }
        do throws(HCLMistake) {
            return try HCLParser.file(String(decoding: bytes, as: UTF8.self))
        } catch {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            mistakes.append("\(label)/\(name):\(error.position.line):\(error.position.column): \(error.message)")
            return nil
        }
    }

    private mutating func read(
        _ folder: String, _ label: String, given: [String: HCLValue], prefix: String, depth: Int
    ) -> Module {
        var files: [(name: String, body: HCLBody)] = []
        for name in RootFiles.names(in: folder) where name.hasSuffix(".tf") || name.hasSuffix(".tofu") {
            if let body = parse("\(folder)/\(name)", label: label) { files.append((name, body)) }
        }
        let blocks = files.flatMap { file in file.body.blocks.map { (file: file.name, block: $0) } }
        var module = Module()
        var evaluator = HCLEvaluator(scope: [:])
        evaluator.scope["var"] = .object(variables(blocks.map(\.block), given: given, module: &module))
        evaluator.scope["path"] = .object([
            "module": .known(.string(folder)), "root": .known(.string(folder)),
        ])
        let plain = blocks.map(\.block)
        evaluateLocals(plain, &evaluator)
        addResourceScope(plain, prefix, &evaluator)
        for (file, block) in blocks where block.type == "module" {
            call(block, "\(label)/\(file)", folder, label, prefix, depth, &evaluator)
        }
        // What modules give may be named by locals and resources.
        evaluateLocals(plain, &evaluator)
        addResourceScope(plain, prefix, &evaluator)
        for (file, block) in blocks where block.type == "resource" && block.labels.count == 2 {
            for (address, body) in declared(block, prefix, evaluator) {
                resources.append(
                    DeclaredResource(
                        type: block.labels[0], address: address, body: body,
                        place: "\(label)/\(file):\(block.position.line):\(block.position.column)"))
            }
        }
        for block in blocks.map(\.block) where block.type == "output" {
            if let name = block.labels.first { module.outputs[name] = evaluator.value(block.body.attributes["value"]) }
        }
        return module
    }

    private func variables(
        _ blocks: [HCLBlock], given: [String: HCLValue], module: inout Module
    ) -> [String: HCLValue] {
        var values: [String: HCLValue] = [:]
        for block in blocks where block.type == "variable" {
            guard let name = block.labels.first else { continue }
            module.variables.insert(name)
            var evaluator = HCLEvaluator(scope: [:])
            values[name] = given[name] ?? evaluator.value(block.body.attributes["default"])
            // An optional attribute that is left out has its default, and `null` stands for it elsewhere.
            if let type = block.body.attributes["type"] { values[name] = values[name].map { HCLTypes.fill($0, type) } }
        }
        return values
    }

    /// Locals name each other in any order: as often as something new becomes known.
    private func evaluateLocals(_ blocks: [HCLBlock], _ evaluator: inout HCLEvaluator) {
        let attributes = blocks.filter { $0.type == "locals" }.flatMap(\.body.attributes)
        var known: [String: HCLValue] = [:]
        for _ in 0...min(attributes.count, 20) {
            let before = known
            for (name, expression) in attributes { known[name] = evaluator.value(expression) }
            evaluator.scope["local"] = .object(known)
            if known == before { break }
        }
    }

    private mutating func call(
        _ block: HCLBlock, _ file: String, _ folder: String, _ label: String, _ prefix: String, _ depth: Int,
        _ evaluator: inout HCLEvaluator
    ) {
        guard let name = block.labels.first else { return }
        guard case .literal(.string(let source))? = block.body.attributes["source"], source.hasPrefix("."),
            depth < Self.maximumDepth
        else { return isIncomplete = true }
        let place = "\(folder)/\(source)"
        let shown = Self.tidied("\(label)/\(source)")
        var results: [(key: String, outputs: HCLValue)] = []
        for (key, instance) in instances(of: block, evaluator) {
            var instance = instance
            var arguments: [String: HCLValue] = [:]
            for (argument, expression) in block.body.attributes
            where !["source", "version", "for_each", "count", "providers", "depends_on"].contains(argument) {
                arguments[argument] = instance.value(expression)
            }
            let module = read(
                place, shown, given: arguments, prefix: "\(prefix)module.\(name)\(key).", depth: depth + 1)
            results.append((key, .object(module.outputs)))
        }
        var all: [String: HCLValue] = [:]
        if case .object(let known)? = evaluator.scope["module"] { all = known }
        all[name] = Self.collected(results, of: block)
        evaluator.scope["module"] = .object(all)
    }

    /// Each instance with its key as an address has it; one whose keys are unknown is taken once, with unknown ones.
    private mutating func instances(of block: HCLBlock, _ evaluator: HCLEvaluator) -> [(String, HCLEvaluator)] {
        var evaluator = evaluator
        if let each = block.body.attributes["for_each"] {
            switch evaluator.value(each) {
            case .object(let members):
                return members.sorted { $0.key < $1.key }.map { key, value in
                    instance(evaluator, "each", ["key": .known(.string(key)), "value": value], "[\"\(key)\"]")
                }
            case .list(let elements) where !elements.contains(.unknown):
                return elements.map { element in
                    instance(
                        evaluator, "each", ["key": element, "value": element], "[\"\(element.text ?? "")\"]")
                }
            case .list, .known, .unknown:
                isIncomplete = true
                return [instance(evaluator, "each", [:], "[…]")]
            }
        }
        guard let count = block.body.attributes["count"] else { return [("", evaluator)] }
        guard let number = evaluator.value(count).number, (0...1000).contains(number) else {
            isIncomplete = true
            return [instance(evaluator, "count", [:], "[…]")]
        }
        return (0..<Int(number)).map { index in
            instance(evaluator, "count", ["index": .known(.integer(Int64(index)))], "[\(index)]")
        }
    }

    private func instance(
        _ evaluator: HCLEvaluator, _ name: String, _ values: [String: HCLValue], _ key: String
    ) -> (String, HCLEvaluator) {
        var evaluator = evaluator
        evaluator.scope[name] = .object(values)
        return (key, evaluator)
    }

    private static func collected(_ results: [(key: String, outputs: HCLValue)], of block: HCLBlock) -> HCLValue {
        if block.body.attributes["for_each"] != nil {
            guard !results.contains(where: { $0.key == "[…]" }) else { return .unknown }
            return .object(
                Dictionary(
                    results.map { (String($0.key.dropFirst(2).dropLast(2)), $0.outputs) }, uniquingKeysWith: { $1 }))
        }
        if block.body.attributes["count"] != nil { return .list(results.map(\.outputs)) }
        return results.first?.outputs ?? .unknown
    }

    /// Every instance of a resource, by address.
    private mutating func declared(
        _ block: HCLBlock, _ prefix: String, _ evaluator: HCLEvaluator
    ) -> [(address: String, body: DeclaredBody)] {
        instances(of: block, evaluator).map { key, instance in
            var instance = instance
            return (prefix + block.labels.joined(separator: ".") + key, DeclaredBody(block.body, &instance))
        }
    }

    /// What others can say of a resource: its arguments, and in place of what only a provider computes its address, by
    /// which it is found again.
    private mutating func addResourceScope(_ blocks: [HCLBlock], _ prefix: String, _ evaluator: inout HCLEvaluator) {
        var types: [String: [String: HCLValue]] = [:]
        for block in blocks where block.type == "resource" && block.labels.count == 2 {
            let all = declared(block, prefix, evaluator).map { address, body in
                var attributes = body.attributes
                for name in ["id", "self_link"] { attributes[name] = .known(.string(address)) }
                return (address, HCLValue.object(attributes))
            }
            let value: HCLValue
            if block.body.attributes["for_each"] != nil {
                value = .object(
                    Dictionary(all.map { (Self.key(of: $0.0), $0.1) }, uniquingKeysWith: { $1 }))
            } else {
                value = block.body.attributes["count"] != nil ? .list(all.map(\.1)) : all.first?.1 ?? .unknown
            }
            types[block.labels[0], default: [:]][block.labels[1]] = value
        }
        for (type, named) in types { evaluator.scope[type] = .object(named) }
    }

    /// `x` of `a.b["x"]`.
    private static func key(of address: String) -> String {
        guard address.hasSuffix("\"]"), let start = address.ranges(of: "[\"").last?.lowerBound else { return "" }
        return String(address[start...].dropFirst(2).dropLast(2))
    }

    /// `terraform/staging/../modules/lb` as `terraform/modules/lb`.
    private static func tidied(_ path: String) -> String {
        path.split(separator: "/").reduce(into: [Substring]()) { parts, part in
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else if part != "." {
                parts.append(part)
            }
        }.joined(separator: "/")
    }
}

extension DeclaredBody {
    init(_ body: HCLBody, _ evaluator: inout HCLEvaluator) {
        for (name, expression) in body.attributes { attributes[name] = evaluator.value(expression) }
        for block in body.blocks {
            guard block.type == "dynamic", let type = block.labels.first else {
                blocks[block.type, default: []].append(DeclaredBody(block.body, &evaluator))
                continue
            }
            guard let content = block.body.blocks("content").first else { continue }
            let iterator = { () -> String in
                if case .name(let name)? = block.body.attributes["iterator"] { return name }
                return type
            }()
            let items: [(HCLValue, HCLValue)]
            switch evaluator.value(block.body.attributes["for_each"]) {
            case .object(let members):
                items = members.sorted { $0.key < $1.key }.map { (.known(.string($0.key)), $0.value) }
            case .list(let elements): items = elements.map { ($0, $0) }
            case .known, .unknown:
                openBlocks.insert(type)
                continue
            }
            for item in items {
                var inner = evaluator
                inner.scope[iterator] = .object(["key": item.0, "value": item.1])
                blocks[type, default: []].append(DeclaredBody(content.body, &inner))
            }
        }
    }
}
