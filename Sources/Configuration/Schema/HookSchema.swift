/// The keys of `hooks`, the same for an environment and for a service.
enum HookSchema {
    static let ofEnvironment = SchemaField(
        "hooks", .map(key: .fileName, value: .object(hook)),
        "commands and webhooks at moments of every release, by name")

    static let ofService = SchemaField(
        "hooks", .map(key: .fileName, value: .object(hook)),
        "commands and webhooks at moments of its releases, by name; they replace the environment's of that name")

    /// A receiver is not waited for longer.
    static let longestWebhook = 30_000

    static let onFailure = ["fail", "warn"]

    private static let hook = ObjectSchema(
        [
            SchemaField(
                "at", .list(.choice(Hook.Moment.allCases.map(\.rawValue)), minimum: 1), required: true, "when"),
            SchemaField("run", .list(.string(.word), minimum: 1), "a command, as an argument vector without a shell"),
            SchemaField("shell", .string(.word), "a command for `/bin/sh -c`"),
            SchemaField("webhook", .object(webhook), "who is told, by POST, once the outcome is recorded"),
            SchemaField("folder", .string(.relativePath), "where the command runs (.)"),
            SchemaField(
                "env", .map(key: .variableName, value: .scalarOr(.scalar, reference)),
                "what is added to its environment: text, or a secret by reference"),
            SchemaField(
                "timeout", .duration(1000...3_600_000, step: 1000),
                "how long a command may take (1m); a webhook at most 30s, repetitions included (10s)"),
            SchemaField(
                "on_failure", .choice(onFailure),
                "`fail` takes the release back, `warn` is told and recorded (fail before the end, warn after it)"),
            SchemaField(
                "idempotent", .boolean, "it may be run again when nobody knows whether it has run (false)"),
        ], oneOf: [["run", "shell", "webhook"]])

    private static let webhook = ObjectSchema([
        SchemaField("url", .object(reference), required: true, "where to, by reference: whoever knows it may post"),
        SchemaField(
            "format", .choice(Webhook.Format.allCases.map(\.rawValue)),
            "`slack` for text and blocks, `stagectl` for the release document (slack)"),
    ])

    private static let reference = ObjectSchema(
        [
            SchemaField("env", .string(.variableName), "the environment variable that holds it"),
            SchemaField("file", .string(.text), "the file that holds it"),
            SchemaField("secret", .string(.secretName), "the Secret Manager secret that holds it"),
            SchemaField("version", .scalar, "the secret's version (latest)"),
        ], oneOf: [["env", "file", "secret"]])
}
