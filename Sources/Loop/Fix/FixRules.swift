/// What a fix may change, and how much.
package struct FixRules: Codable, Hashable, Sendable {
    /// Globs; empty for everything that is not denied.
    package var allow: [String]
    package var deny: [String]
    package var maxFiles: Int
    /// Added and removed together.
    package var maxLines: Int
    /// The folder of `environments/`, below the repository's root.
    package var configuration: String
    /// Where stagectl keeps its state, below the root; nil where that is elsewhere.
    package var state: String?
    /// Files and folders that suites, hooks and the commands before a release run: the rest of the judge.
    package var runners: [String]
    /// Globs of names that the programs of these commands read, in any folder.
    package var programFiles: [String]
    /// Folders of tests that the commands before a release run: a new test may be added, and nothing else be changed.
    package var testFolders: [String]

    package init(
        allow: [String] = [], deny: [String] = [], maxFiles: Int = 50, maxLines: Int = 2000,
        configuration: String = "environments", state: String? = ".stagectl", runners: [String] = [],
        programFiles: [String] = [], testFolders: [String] = []
    ) {
        self.allow = allow
        self.deny = deny
        self.maxFiles = maxFiles
        self.maxLines = maxLines
        self.configuration = configuration
        self.state = state
        self.runners = runners
        self.programFiles = programFiles
        self.testFolders = testFolders
    }

    /// Globs that hold whatever the configuration says, each with what it protects.
    package var builtIn: [(pattern: String, why: String)] {
        var patterns = [
            ("/\(configuration)/suites/**", "the suites judge the fix"),
            ("/\(configuration)/index/**", "the index says what must be tested"),
            (".git", "git's own folder is no part of a fix"),
            (".gitattributes", "it decides what of a change is seen"),
            (".gitignore", "it decides what of a change is seen"),
            (".gitmodules", "another repository's content cannot be looked into"),
        ]
        if let state { patterns.append(("/\(state)/**", "stagectl's own state says what happened")) }
        patterns += Self.continuousIntegration.map { ($0, "it says what is tested after the loop") }
        patterns += runners.map { ("/\($0)", "the suites, hooks or commands before a release run it") }
        patterns += programFiles.map {
            ($0, "a program that the suites, hooks or commands before a release run reads it")
        }
        return patterns
    }

    /// Judges as well, of a later hour.
    private static let continuousIntegration = [
        "/.github", ".gitlab-ci.yml", "/.gitlab", "Jenkinsfile", ".circleci", "cloudbuild.*", "azure-pipelines.*",
        "bitbucket-pipelines.yml", ".buildkite", ".travis.yml", ".drone.yml", ".woodpecker*", "appveyor.yml", ".husky",
    ]
}
