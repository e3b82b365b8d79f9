/// Settings that the program expects in its environment.
enum VariableRules {
    private static let name = "[`'\"\u{201C}]?([A-Z][A-Z0-9]*_[A-Z0-9_]+|[A-Z]{4,})[`'\"\u{201D}]?"

    static let rules: [DiagnosisRule] = [
        DiagnosisRule(
            "variable-missing", .named,
            [
                .line("KeyError", "^KeyError: '([A-Z][A-Z0-9_]{2,})'"),
                .line("KeyError", "key not found: \"([A-Z][A-Z0-9_]{2,})\""),
                // Schemas of settings: zod's flattened errors, and those that name each variable on a line of its own.
                .line("equired", "([A-Z][A-Z0-9_]{2,})[\"']?: \\[ ?[\"']Required"),
                .judged { requiredField($0, $1) },
                .line("nvironment variable", "(?i:environment variables?):? \(name)"),
                .line("nvironment variable", "\(name) (?i:environment variable)"),
                .line("env var", "(?i:env vars?):? \(name)"), .line("env var", "\(name) (?i:env var)"),
                .line(
                    "set",
                    "\(name) (?:is|was|must be|has to be|has not been|needs to be) ?(?:not|un)? ?(?:set|defined|configured)\\b"
                ),
                .line("required", "\(name) (?:is|are) (?:required|missing|empty)"),
                .line("issing", "(?i:missing(?: required)?(?: config\\w*| setting| variable| env\\w*)?):? \(name)"),
                .line("undefined", "\(name) (?:is )?undefined"),
                .line("missing value", "required key (\\S+) missing value"),
                .line("Could not resolve placeholder", "Could not resolve placeholder '([^']+)'"),
                .line("setting must not be empty", "The (\\w+) setting must not be empty"),
                .line("ImproperlyConfigured", "Set the (\\w+) environment variable"),
                .line("secret_key_base", "(?i)missing `(secret_key_base)`"),
                .line(
                    "missing",
                    "(?i:configuration|config|setting|property|option)(?: key| value)? [`'\"]([\\w.-]+)[`'\"] (?:is|was) missing"
                ),
                .line("must be set", "[`'\"]([A-Z][A-Z0-9_]{2,})[`'\"][^\\n]{0,80}must be set"),
                .line("not found in env", "([A-Z][A-Z0-9_]{2,}) not found in env"),
                .line("environment variable not found", "([A-Z][A-Z0-9_]+): environment variable not found"),
                .line("Environment variable not found", "Environment variable not found: (\\w+)"),
            ]
        ) { seen in
            Explanation(
                "the program lacks the setting `\(seen.text())`",
                fix: "set it in env of \(seen.name) in services.yaml, or by reference to a secret",
                command: "stagectl config show")
        },
        DiagnosisRule(
            "key-unusable", .named,
            [
                .line("MessageEncryptor::InvalidMessage", "(ActiveSupport::MessageEncryptor::InvalidMessage)"),
                .line("Missing encryption key to decrypt", "(Missing encryption key to decrypt file)"),
                .line("key must be", "(key must be \\d+ bytes)"),
                .line("No application encryption key", "(No application encryption key has been specified)"),
                .line("incorrect key length", "([^\\n]{0,60}incorrect key length)"),
                .line("Failed to parse private key", "(Failed to parse private key[^\\n]{0,60})"),
                .line("Could not deserialize key data", "(Could not deserialize key data)"),
                .line("Unable to load PEM", "(Unable to load PEM file)"),
                .line("Invalid PEM", "(Invalid PEM[^\\n]{0,60})"),
                .line("nvalid JWT Signature", "([Ii]nvalid JWT Signature)"),
                .line("no start line", "(PEM[^\\n]{0,40}no start line)"),
                .line("DECODER routines", "(DECODER routines::unsupported)"),
                .line("secretOrPrivateKey must have a value", "(secretOrPrivateKey must have a value)"),
            ]
        ) { seen in
            Explanation(
                "a key that the program is given is missing or does not fit: \(seen.text())",
                fix:
                    "give it the key that belongs to what it is to open, by reference to a secret; line breaks of a PEM "
                    + "must survive",
                command: "stagectl config show")
        },
        DiagnosisRule(
            "settings-invalid", .named,
            [
                .line("validation error", "(\\d+ validation errors? for \\w+)"),
                .line("Invalid environment variables", "(Invalid environment variables[^\\n]{0,80})"),
                .line("ZodError", "(ZodError[^\\n]{0,80})"),
                .line("ImproperlyConfigured", "ImproperlyConfigured: ([^\\n]{1,120})"),
                .line("attribute is not specified", "('\\w+' attribute is not specified[^\\n]{0,80})"),
                .line("Failed to determine a suitable driver class", "(Failed to determine a suitable driver class)"),
                .line("Could not parse SQLAlchemy URL", "(Could not parse SQLAlchemy URL[^\\n]{0,80})"),
                .line("Expected string or URL object", "(Expected string or URL object, got [^\\n]{1,40})"),
                .line("Failed to bind properties under", "(Failed to bind properties under '[^']+')"),
                .line("Config validation error", "Config validation error: ([^\\n]{1,120})"),
            ]
        ) { seen in
            Explanation(
                "the program does not accept its settings: \(seen.text())",
                fix: "see in the lines after it which setting is meant, and correct env of \(seen.name)",
                command: "stagectl config show")
        },
    ]

    /// pydantic: the setting's name on one line, `Field required` below it.
    private static func requiredField(_ symptoms: Symptoms, _ texts: [LogText]) -> Sighting.Match? {
        for (index, text) in texts.enumerated().dropFirst().reversed() {
            guard text.text.trimmed.lowercased().hasPrefix("field required") else { continue }
            let name = texts[index - 1].text.trimmed
            if name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_.]{1,80}/) != nil {
                return Sighting.Match(text: "\(name): \(text.text.trimmed)", captures: [name])
            }
        }
        return nil
    }
}
