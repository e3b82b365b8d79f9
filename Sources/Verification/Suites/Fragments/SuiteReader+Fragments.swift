import Configuration

/// Fragments: files in `fragments/` beside the suites, with parameters. What one holds stands in the suite as if it had
/// been written there, and keeps its own file, line and column.
extension SuiteReader {
    static let fragmentKeys = [
        "version", "fragment", "description", "parameters", "fragments", "vars", "scripts", "checks", "cleanup",
        "controls",
    ]
    private static let fragmentParts = ["fragments", "vars", "scripts", "checks", "cleanup", "controls"]
    /// Of one suite, with everything that fragments bring; a file by itself may hold as many.
    private static let mostNodes = ConfigurationReader.nodeLimit

    /// The document with fragments and the environment's values in place.
    mutating func expanded(_ root: ConfigurationNode, environment: SuiteEnvironment?) -> ConfigurationNode {
        let declarations = environmentValues(root["values"], environment)
        var root = fill(root, expansion.values, namespace: "values", except: ["values"])
        var parts = FragmentParts()
        use(root["fragments"], "fragments", stack: [], into: &parts)
        for declaration in declarations where !expansion.used.contains("values.\(declaration.name)") {
            report(
                key: declaration.entry, "values.\(declaration.name)",
                "the value `\(declaration.name)` is used nowhere",
                hint: "write `${values.\(declaration.name)}` where it belongs, or take it out")
        }
        guard root.isMapping else { return root }
        scripts = named(parts.scripts + entries(root["scripts"], "scripts"), "scripts", "script")
        let variables = named(parts.variables + (root["vars"]?.entries ?? []), "vars", "variable")
        if !parts.variables.isEmpty, root["vars"]?.isMapping ?? true { root.set("vars", to: .mapping(variables)) }
        for (key, elements) in [("checks", parts.checks), ("cleanup", parts.cleanup), ("controls", parts.controls)] {
            guard !elements.isEmpty, root[key]?.isSequence ?? true else { continue }
            root.set(key, to: .sequence(elements + (root[key]?.elements ?? [])))
        }
        return root
    }

    // MARK: - The environment's values

    private mutating func environmentValues(
        _ node: ConfigurationNode?, _ environment: SuiteEnvironment?
    ) -> [ValueDeclaration] {
        let declarations = declarations(node, "values", types: ValueType.allCases.filter { $0 != .list })
        for declaration in declarations {
            let path = "values.\(declaration.name)"
            if let value = environment?.value(declaration.name) {
                if value.text?.contains("${") == true {
                    report(value, path, "a value cannot hold a reference")
                } else if conforms(value, to: declaration, path) {
                    expansion.values[path] = value
                }
            } else if let fallback = declaration.fallback {
                expansion.values[path] = fallback
            } else if declaration.entry.value["default"] == nil {
                let place = environment.map { "environment `\($0.name)`" } ?? "the environment"
                let file = environment.map { "environments/\($0.name).yaml" } ?? "its file"
                report(
                    key: declaration.entry, path, "\(place) gives no value for `\(declaration.name)`",
                    hint: "write `values: { \(declaration.name): … }` in \(file), or a `default` here")
            }
            // Said once is enough: a value that is wrong or missing is not unknown as well.
            if expansion.values[path] == nil {
                expansion.values[path] = declaration.placeholder
                expansion.missing.insert(path)
            }
        }
        return declarations
    }

    // MARK: - Fragments

    private mutating func use(
        _ node: ConfigurationNode?, _ path: String, stack: [String], into parts: inout FragmentParts
    ) {
        guard let node else { return }
        guard node.isSequence else {
            report(node, path, "`fragments` is \(node.kindName), expected a list", hint: "`fragments: [{ use: NAME }]`")
            return
        }
        for (index, element) in node.elements.enumerated() {
            let place = join(path, "\(index)")
            guard expansion.nodes <= Self.mostNodes else { return }
            guard element.scalar == nil || element.text == nil else {
                use(name: element, at: place, arguments: nil, element, stack, &parts)
                continue
            }
            guard mapping(element, place, keys: ["use", "with"], required: ["use"]), let name = element["use"] else {
                continue
            }
            use(name: name, at: join(place, "use"), arguments: element["with"], element, stack, &parts)
        }
    }

    private mutating func use(
        name node: ConfigurationNode, at path: String, arguments: ConfigurationNode?, _ element: ConfigurationNode,
        _ stack: [String], _ parts: inout FragmentParts
    ) {
        guard let name = text(node, path), let document = fragment(name, node, path) else { return }
        guard !stack.contains(name) else {
            report(
                node, path, "fragment `\(name)` uses itself: \((stack + [name]).joined(separator: " → "))",
                hint: "take one of these uses out")
            return
        }
        // Of a fragment in a fragment, the suite's own line says more.
        if stack.isEmpty { expansion.currentUse = element.position }
        expansion.useOfFile[document.file] = expansion.currentUse
        let root = document.root
        guard mapping(root, "", keys: Self.fragmentKeys, required: ["version", "fragment"]) else { return }
        if let version = root["version"], version.integer != 1 {
            report(version, "version", "version \(shown(version)) is not known", hint: "write `version: 1`")
        }
        if let title = root["fragment"], title.text != name {
            report(
                title, "fragment", "the fragment in `\(name).yaml` is called \(shown(title))",
                hint: "write `fragment: \(name)`, or rename the file")
        }
        _ = text(root["description"], "description")
        if !Self.fragmentParts.contains(where: { root[$0].map { !$0.entries.isEmpty || !$0.elements.isEmpty } ?? false }
        ) {
            report(
                node, path, "fragment `\(name)` says nothing: it brings no checks and no parts of them",
                hint: "take this use out, or write `checks` in \(document.file)")
        }
        let given = argumentValues(arguments, path, of: name, root, element)
        var filled = fill(root, given.values, namespace: "parameters", except: ["parameters"])
        filled = fill(filled, expansion.values, namespace: "values", except: ["parameters"])
        guard expansion.nodes <= Self.mostNodes else {
            report(
                node, path, "the suite has more than \(Self.mostNodes) values with what `\(name)` brings",
                hint: "use fewer fragments in fragments")
            return
        }
        for declaration in given.declarations where !expansion.used.contains("parameters.\(declaration.name)") {
            report(
                key: declaration.entry, "parameters.\(declaration.name)",
                "the parameter `\(declaration.name)` is used nowhere",
                hint: "write `${parameters.\(declaration.name)}` where it belongs, or take it out")
        }
        use(filled["fragments"], "fragments", stack: stack + [name], into: &parts)
        parts.variables += entries(filled["vars"], "vars")
        parts.scripts += entries(filled["scripts"], "scripts")
        parts.checks += elements(filled["checks"], "checks")
        parts.cleanup += elements(filled["cleanup"], "cleanup")
        parts.controls += elements(filled["controls"], "controls")
    }

    private mutating func argumentValues(
        _ arguments: ConfigurationNode?, _ path: String, of fragment: String, _ root: ConfigurationNode,
        _ element: ConfigurationNode
    ) -> (values: [String: ConfigurationNode], declarations: [ValueDeclaration]) {
        let declarations = declarations(root["parameters"], "parameters", types: ValueType.allCases)
        if let arguments, !arguments.isMapping { _ = mapping(arguments, join(path, "with"), keys: []) }
        for argument in arguments?.entries ?? [] where !declarations.contains(where: { $0.name == argument.key }) {
            report(
                key: argument, join(path, argument.key),
                "fragment `\(fragment)` has no parameter \(argument.key.quotedForMessage)",
                hint: NearestName.hint(for: argument.key, in: declarations.map(\.name)))
        }
        var values: [String: ConfigurationNode] = [:]
        for declaration in declarations {
            let name = "parameters.\(declaration.name)"
            if let argument = arguments?[declaration.name] {
                // What a run fills in has no type yet.
                let isReference = argument.text?.contains("${") == true && declaration.type == .text
                if isReference || conforms(argument, to: declaration, join(path, declaration.name)) {
                    values[name] = argument
                }
            } else if let fallback = declaration.fallback {
                values[name] = fallback
            } else if declaration.entry.value["default"] == nil {
                report(
                    element, path, "fragment `\(fragment)` needs a value for `\(declaration.name)`",
                    hint: "write `with: { \(declaration.name): … }`: \(declaration.type.expectation)")
            }
            expansion.missing.remove(name)
            if values[name] == nil {
                values[name] = declaration.placeholder
                expansion.missing.insert(name)
            }
        }
        return (values, declarations)
    }

    private mutating func fragment(
        _ name: String, _ node: ConfigurationNode, _ path: String
    ) -> ConfigurationDocument? {
        if let known = expansion.fragments[name] { return known }
        let names = files.fragmentNames
        guard names.contains(name) else {
            report(
                node, path, "no fragment is called \(name.quotedForMessage)",
                hint: NearestName.hint(for: name, in: names) ?? "write `fragments/NAME.yaml` beside the suites")
            return nil
        }
        let file = "fragments/\(name).yaml"
        do throws(SuiteFiles.Unreadable) {
            let bytes = try files.bytes(of: file)
            switch ConfigurationReader.read(bytes, file: folder + file) {
            case .success(let document):
                expansion.fragments[name] = document
                return document
            case .failure(let broken): add(broken.findings)
            }
        } catch {
            report(node, path, error.reason)
        }
        return nil
    }

    // MARK: - Parts

    private mutating func fill(
        _ root: ConfigurationNode, _ values: [String: ConfigurationNode], namespace: String, except keys: [String]
    ) -> ConfigurationNode {
        guard case .mapping(let entries) = root.content else { return root }
        // Each fragment's parameters are its own.
        if namespace == "parameters" {
            expansion.used = expansion.used.filter { !$0.hasPrefix("parameters.") }
        }
        var filler = LoadTimeValues(
            values, namespace: namespace, missing: expansion.missing,
            mostNodes: namespace == "values" ? 4 * Self.mostNodes : max(0, Self.mostNodes + 1 - expansion.nodes))
        var root = root
        root.content = .mapping(
            entries.map { entry in
                guard !keys.contains(entry.key) else { return entry }
                var entry = entry
                entry.value = filler.fill(entry.value, path: entry.key)
                return entry
            })
        expansion.used.formUnion(filler.used)
        expansion.unfilled.formUnion(filler.unfilled)
        add(filler.findings)
        if namespace == "parameters" { expansion.nodes += filler.nodes }
        return root
    }

    /// Entries of several files as one mapping; a name that is taken is reported, and left out.
    private mutating func named(
        _ entries: [ConfigurationEntry], _ path: String, _ noun: String
    ) -> [ConfigurationEntry] {
        var seen: Set<String> = []
        return entries.filter { entry in
            guard seen.insert(entry.key).inserted else {
                report(key: entry, join(path, entry.key), "two \(noun)s are called \(entry.key.quotedForMessage)")
                return false
            }
            return true
        }
    }

    private mutating func entries(_ node: ConfigurationNode?, _ path: String) -> [ConfigurationEntry] {
        guard let node else { return [] }
        if !node.isMapping { _ = mapping(node, path, keys: []) }
        return node.entries
    }

    private mutating func elements(_ node: ConfigurationNode?, _ path: String) -> [ConfigurationNode] {
        guard let node else { return [] }
        if !node.isSequence { report(node, path, "`\(path)` is \(node.kindName), expected a list") }
        return node.elements
    }
}

extension ValueDeclaration {
    /// Stands for a value that is missing, so that nothing else is said about it.
    fileprivate var placeholder: ConfigurationNode {
        let content: ConfigurationNode.Content =
            switch type {
            case .text: .scalar(ConfigurationScalar(choices.first ?? "missing", isPlain: false))
            case .integer, .number: .scalar(ConfigurationScalar("1"))
            case .boolean: .scalar(ConfigurationScalar("true"))
            case .duration: .scalar(ConfigurationScalar("1s"))
            case .list:
                .sequence([ConfigurationNode(.scalar(ConfigurationScalar("missing")), at: entry.value.position)])
            }
        return ConfigurationNode(content, at: entry.value.position)
    }
}

extension ConfigurationNode {
    fileprivate mutating func set(_ key: String, to content: Content) {
        guard case .mapping(var entries) = self.content else { return }
        if let index = entries.firstIndex(where: { $0.key == key }) {
            entries[index].value.content = content
        } else {
            entries.append(
                ConfigurationEntry(key: key, keyPosition: position, value: ConfigurationNode(content, at: position)))
        }
        self.content = .mapping(entries)
    }
}
