/// Java and what runs on its virtual machine.
enum JavaRules {
    static let rules: [DiagnosisRule] = [
        DiagnosisRule(
            "java-version", .named,
            [
                .line(
                    "UnsupportedClassVersionError",
                    "class file version (\\d+)[^\\n]*?up to (\\d+)"),
                .line("UnsupportedClassVersionError"),
            ]
        ) { seen in
            // Class file version 52 is Java 8 (JVM specification, table 4.1-A).
            let (built, has) = (Int(seen.text(0)).map { $0 - 44 }, Int(seen.text(1)).map { $0 - 44 })
            let versions = built.flatMap { built in has.map { ": built for Java \(built), run by Java \($0)" } } ?? ""
            return Explanation(
                "the classes are made for a newer Java than the image has\(versions)",
                fix: "use a base image with that Java, or compile with --release for the older one",
                command: "stagectl build \(seen.name)")
        },
        DiagnosisRule(
            "java-class-missing", .named,
            [
                .line("Could not find or load main class", "Could not find or load main class (\\S+)"),
                .line("NoClassDefFoundError", "NoClassDefFoundError: ([\\w/.$]+)"),
                .line("ClassNotFoundException", "ClassNotFoundException: ([\\w/.$]+)"),
            ]
        ) { seen in
            Explanation(
                "Java does not find the class `\(seen.text())`",
                fix: "put it on the class path: build a jar with all dependencies, or correct the main class",
                command: "stagectl build \(seen.name)")
        },
        DiagnosisRule(
            "java-option", .named,
            [
                .line("Unrecognized VM option", "Unrecognized VM option '([^']+)'"),
                .line("Unrecognized option", "Unrecognized option: (\\S+)"),
                .line("Invalid maximum heap size", "Invalid maximum heap size: (\\S+)"),
            ]
        ) { seen in
            Explanation(
                "the Java virtual machine does not know the option `\(seen.text())`",
                fix: "correct JAVA_TOOL_OPTIONS or the start command for the version of Java in the image",
                command: "stagectl config show")
        },
        DiagnosisRule(
            "spring-failed", .gaveUp,
            [
                .line("APPLICATION FAILED TO START"),
                .line("BeanCreationException", "Error creating bean with name '([^']+)'"),
            ]
        ) { seen in
            Explanation(
                "the Spring application did not start"
                    + (seen.text().isEmpty ? "" : ": bean `\(seen.text())` could not be made"),
                fix: "see the last `Caused by` in its log", command: seen.logs)
        },
    ]
}
