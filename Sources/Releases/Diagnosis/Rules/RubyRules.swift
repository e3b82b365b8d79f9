/// Ruby.
enum RubyRules {
    static let rules: [DiagnosisRule] = [
        DiagnosisRule(
            "ruby-gem-missing", .named,
            [
                .line(
                    "Could not find",
                    "Could not find (\\S+) in (?:any of the sources|locally installed gems|rubygems|cached)"),
                .line("Could not find", "Could not find gem '([^']+)'"),
                .line("cannot load such file", "cannot load such file -- (\\S+)"),
                .line("Could not locate Gemfile", "(Gemfile)"), .line("Bundler::GemNotFound"),
                .line("can't find gem", "can't find gem (\\S+)"),
            ]
        ) { seen in
            Explanation(
                "Ruby does not find `\(seen.text(else: "a gem"))`",
                fix: "let the image run bundle install from Gemfile.lock, in the groups and for the platform "
                    + "(x86_64-linux) that it runs with",
                command: "stagectl build \(seen.name)")
        },
        DiagnosisRule(
            "ruby-version", .named,
            [.line("Your Ruby version is", "Your Ruby version is ([\\d.]+), but your Gemfile specified ([^\\n]+)")]
        ) { seen in
            Explanation(
                "the Gemfile wants Ruby \(seen.text(1)), and the image has \(seen.text(0))",
                fix: "use the base image of that version", command: "stagectl build \(seen.name)")
        },
    ]
}
