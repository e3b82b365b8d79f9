import Testing

@testable import Commands

@Suite struct RepeatedOptionsTests {
    private static let sentences: [(String, String)] = [
        ("stagectl status backend", "stagectl status --env staging backend"),
        ("stagectl status api, then deploy again", "stagectl status --env staging api, then deploy again"),
        ("look at it with `stagectl traffic show api`", "look at it with `stagectl traffic show --env staging api`"),
        ("stagectl doctor", "stagectl doctor --env staging"),
        (
            "stagectl resume r1, or `stagectl abort r1`",
            "stagectl resume --env staging r1, or `stagectl abort --env staging r1`"
        ),
        // Said already, about all environments, or no command at all.
        ("stagectl lock show --env other", "stagectl lock show --env other"),
        ("stagectl history -e other", "stagectl history -e other"),
        ("stagectl deploy --help", "stagectl deploy --help"),
        ("stagectl local status", "stagectl local status"),
        ("stagectl config", "stagectl config"),
        ("whatever stagectl has made", "whatever stagectl has made"),
        ("gcloud run services list", "gcloud run services list"),
        ("", ""),
    ]

    @Test(arguments: sentences)
    func `a line to type next speaks of the environment that was meant`(sentence: String, expected: String) {
        #expect(RepeatedOptions(environment: "staging", folder: nil).added(to: sentence) == expected)
        #expect(RepeatedOptions(environment: nil, folder: nil).added(to: sentence) == sentence)
    }

    @Test func `the folder of the configuration is said again as a shell reads it`() {
        let options = RepeatedOptions(environment: "staging", folder: "/my place/environments")
        #expect(
            options.added(to: "stagectl status api")
                == "stagectl status --env staging --config '/my place/environments' api")
        #expect(
            options.added(to: "stagectl lock show --env other")
                == "stagectl lock show --config '/my place/environments' --env other")
    }
}
