import Configuration
import JSON
import Releases
import Reporting
import Testing
import Transport
import Verification

@testable import Commands

/// Which hooks an end calls for, what they are told, and what their own end means.
@Suite struct HookAdapterTests {
    private static func hook(_ name: String, _ moment: Hook.Moment) -> Hook {
        Hook(name: name, moments: [moment], effect: .command([name]), timeoutSeconds: 7)
    }

    private static func release(_ outcome: ReleaseOutcome) -> ReleaseDocument {
        var services = ["r1", "r2"].map { ServiceResult(service: "a", region: $0, outcome: outcome) }
        services.append(ServiceResult(service: "b", region: "r1", outcome: .unchanged))
        services[0].candidate = "a-2"
        return ReleaseDocument(
            run: "run-1", kind: .deploy, environment: "test", started: "", finished: "now", initiator: "me@here",
            outcome: outcome, services: services,
            steps: [
                StepResult(id: "health:a", status: .done, seconds: 1),
                StepResult(id: "traffic:a", status: .notRun, seconds: 0),
            ], verdict: VerdictSummary(result: .pass, rule: "<b> & more", counts: [:]))
    }

    @Test(arguments: [
        (ReleaseOutcome.promoted, ["all", "own"]), (.failed, ["late"]), (.held, []), (.unchanged, []),
        (.rolledBack, []), (.needsAttention, []),
    ])
    func `an end calls each hook once, whatever regions a service is in`(outcome: ReleaseOutcome, names: [String]) {
        var a = Service(name: "a")
        a.hooks = [Self.hook("own", .onPromoted), Self.hook("step", .afterTraffic)]
        var b = Service(name: "b")
        b.hooks = [Self.hook("other", .onPromoted)]
        var environment = Environment(
            name: "test", platform: PlatformSettings(kind: .local), project: "p", regions: ["r1", "r2"],
            services: [a, b])
        environment.hooks = [Self.hook("all", .onPromoted), Self.hook("late", .onFailed)]
        let calls = EndHooks.calls(environment, Self.release(outcome))
        #expect(calls.map(\.hook.name) == names)
        #expect(calls.map { $0.service?.name } == names.map { $0 == "own" ? "a" : nil })
    }

    @Test func `until the end a hook is told of what is over, and of no outcome`() {
        let identity = ServiceIdentity(project: "p", region: "r1", name: "a")
        let step = HookCall(Self.hook("h", .beforeTraffic), at: .beforeTraffic, of: identity, in: Self.release(.held))
        let document = HookDocument.of(step)
        #expect(document["outcome"] == .null && document["verdict"] == .null && document["finished"] == .null)
        #expect(document["services"]?[0]?["outcome"] == .null && document["steps"]?.array?.count == 1)
        #expect(document["hook"] == ["name": "h", "at": "before-traffic", "service": "a", "region": "r1"])
        #expect(HookDocument.variables(step)["STAGECTL_REVISION"] == "a-2")
        let end = HookDocument.of(HookCall(Self.hook("h", .onHeld), at: .onHeld, of: nil, in: Self.release(.held)))
        #expect(end["outcome"] == "held" && end["steps"]?.array?.count == 2 && end["hook"]?["service"] == .null)
    }

    @Test func `what a command's end means`() {
        let hook = Self.hook("h", .beforeTraffic)
        func failure(_ code: Int32, _ error: String = "", timedOut: Bool = false) -> Failure? {
            CommandHookRunner.failure(
                of: ProcessResult(exitCode: code, output: [], errorOutput: Array(error.utf8), timedOut: timedOut), hook)
        }
        #expect(failure(0) == nil)
        #expect(failure(3, "one\ntwo\n")?.summary == "the hook `h` ended with 3")
        #expect(failure(3, "one\ntwo\n")?.details.map(\.value) == ["one", "two"])
        #expect(failure(139)?.summary == "the hook `h` was ended by signal 11")
        #expect(failure(143, timedOut: true)?.category == .deadline)
    }

    @Test func `a message for people has a text, and their markup is none of a release's`() {
        let message = SlackMessage.of(Self.release(.needsAttention))
        #expect(message["text"] == "test: a needs attention")
        let text = message.serialized()
        #expect(text.contains("&lt;b&gt; &amp; more") && !text.contains("<b>"))
        #expect(message["blocks"]?[0]?["type"] == "header")
    }

    @Test func `a minute of which one side is missing says nothing`() {
        let reading = CountedTraffic.reading(
            [
                RequestMinute(revision: "new", start: 60, requests: 5, failed: 1),
                RequestMinute(revision: "old", start: 60, requests: 50, failed: 0),
                RequestMinute(revision: "new", start: 120, requests: 6, failed: 0),
                RequestMinute(revision: "old", start: 180, requests: 60, failed: 0),
            ], candidate: "new", baseline: "old", next: 240)
        #expect(
            reading
                == TrafficReading(
                    minutes: [
                        .init(
                            start: 60, candidate: .init(requests: 5, failed: 1),
                            baseline: .init(requests: 50, failed: 0))
                    ], next: 240))
    }
}
