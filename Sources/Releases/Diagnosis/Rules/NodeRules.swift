/// Node.js.
enum NodeRules {
    static let rules: [DiagnosisRule] = [
        DiagnosisRule(
            "node-module-missing", .named,
            [
                .line("Cannot find module", "Cannot find module '([^']+)'"),
                .line("Cannot find package", "Cannot find package '([^']+)'"),
                .line("Module not found", "Module not found \"(?:file://)?([^\"]+)\""),
                .line("ERR_MODULE_NOT_FOUND"),
            ]
        ) { seen in
            let isFile = seen.text().hasPrefix("/") || seen.text().hasPrefix(".")
            return Explanation(
                "Node.js does not find the \(isFile ? "file" : "package") `\(seen.text(else: "it names"))`",
                fix: isFile
                    ? "build the sources before they are copied into the image, and check the path in the start command"
                    : "list it in dependencies, not devDependencies, and let the image install from the lock file",
                command: "stagectl build \(seen.name)")
        },
        DiagnosisRule(
            "build-missing", .named,
            [
                .line("Could not find a production build", "Could not find a production build in the '([^']+)'"),
                .line("Could not find a valid build", "Could not find a valid build in the '([^']+)'"),
                .line("No build files found", "No build files found in ([^\\s│]*[^\\s│.])"),
                .line(
                    "uild",
                    "(?i)\\bbuild (?:director(?:y|ies)|folder|output|files?|manifest)[^\\n]{0,40}?[`'\"]([^`'\"]+)[`'\"]"
                        + "[^\\n]{0,40}?(?:not exist|not found|missing)"),
            ]
        ) { seen in
            Explanation(
                "the image lacks the built application in `\(seen.text())`",
                fix: "run the build in the image's Dockerfile, and copy what it makes into the last stage",
                command: "stagectl build \(seen.name)")
        },
        DiagnosisRule(
            "node-module-format", .named,
            [
                .judged { fileOfSyntaxError($0, $1) },
                .line("of ES Module", "require\\(\\) of ES Module (\\S+)"),
                .line("to load ES Module", "Must use import to load ES Module: (\\S+)"),
                .line("Named export", "Named export '[^']+' not found\\. The requested module '([^']+)'"),
                .line("does not provide an export", "The requested module '([^']+)' does not provide an export"),
                .line("Unknown file extension", "Unknown file extension \"[^\"]+\" for (\\S+)"),
                .line("ERR_REQUIRE_ESM"), .line("Cannot use import statement outside a module"),
                .line("require is not defined in ES module scope"), .line("Unexpected token 'export'"),
                .line("ERR_UNKNOWN_FILE_EXTENSION"),
            ]
        ) { seen in
            Explanation(
                (seen.text().isEmpty ? "a module" : "the module `\(seen.text())`")
                    + " is of the other kind than Node.js takes it for (ES module or CommonJS)",
                fix: "set \"type\" in package.json, or the file's ending (.mjs, .cjs), to what the file is",
                command: "stagectl build \(seen.name)")
        },
        DiagnosisRule(
            "node-version", .named,
            [
                .line("Unsupported engine"), .line("ERR_OSSL_EVP_UNSUPPORTED"),
                .line(
                    "was compiled against", "The module '([^']+)'\\s+was compiled against a different Node\\.js version"
                ),
                .line("was compiled against a different Node.js version"),
                .line("invalid ELF header", "([^\\s:]+\\.node): invalid ELF header"),
                .line("invalid ELF header"),
            ]
        ) { seen in
            Explanation(
                (seen.text().isEmpty ? "the packages were" : "`\(seen.text())` was")
                    + " built for another Node.js or another system than the image has",
                fix: "install packages inside the image's build, and leave node_modules out of it (.dockerignore)",
                command: "stagectl build \(seen.name)")
        },
    ]

    /// Node.js prints the file and the line of it above the error that its kind leads to.
    private static func fileOfSyntaxError(_ symptoms: Symptoms, _ texts: [LogText]) -> Sighting.Match? {
        let errors = ["Cannot use import statement outside a module", "Unexpected token 'export'"]
        guard
            let error = texts.lastIndex(where: { text in errors.contains { text.text.contains("SyntaxError: " + $0) } })
        else { return nil }
        for text in texts[..<error].suffix(6).reversed() {
            if let match = text.text.firstMatch(of: /^(?:file:\/\/)?(\/\S+\.[cm]?[jt]sx?):\d+$/) {
                return Sighting.Match(text: texts[error].text, captures: [String(match.1)])
            }
        }
        return nil
    }
}
