package import Releases

/// Where everything lies in a team's bucket.
///
/// Nothing that grows with the number of runs is ever listed whole: a journal by its run, history by time. Cloud Storage
/// lists in the order of names, so what is wanted newest first carries its moment with every digit turned around.
package enum BucketNames {
    /// The version of this layout, and where the state has gone when it was moved.
    package static let control = "state.json"

    package static func lock(_ service: ServiceKey, _ environment: String) -> String {
        "locks/\(segment(environment))/\(segment(service.description)).json"
    }

    static func run(_ run: String) -> String { "runs/\(segment(run))/run.json" }

    static func presence(_ run: String) -> String { "runs/\(segment(run))/alive.json" }

    static func journal(_ run: String) -> String { "runs/\(segment(run))/journal/" }

    /// The chunks of a journal are numbered from 1, without a gap.
    package static func journal(_ run: String, _ number: Int) -> String {
        let digits = String(number)
        return journal(run) + String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".json"
    }

    static func open(_ environment: String) -> String { "open/\(segment(environment))/" }

    /// - Parameter moment: when the run began, in milliseconds since 1970; as many digits until the year 2286.
    static func open(_ environment: String, _ run: String, moment: Int64) -> String {
        open(environment) + "\(moment)-\(segment(run))"
    }

    static func begun(_ environment: String) -> String { "begun/\(segment(environment))/" }

    /// Where every run of an environment is listed, in the order in which they began.
    static func begun(_ environment: String, _ run: String, moment: Int64) -> String {
        begun(environment) + "\(moment)-\(segment(run))"
    }

    static func release(_ run: String) -> String { "releases/\(segment(run)).json" }

    static func history(_ environment: String) -> String { "history/\(segment(environment))/all/" }

    /// The part of history that names this service, wherever it is.
    static func history(_ environment: String, service: String) -> String {
        "history/\(segment(environment))/services/\(segment(service))/"
    }

    static func history(_ environment: String, region: String) -> String {
        "history/\(segment(environment))/regions/\(segment(region))/"
    }

    static func history(_ environment: String, service: String, region: String) -> String {
        "history/\(segment(environment))/placements/\(segment(service))@\(segment(region))/"
    }

    static func history(_ environment: String, outcome: ReleaseOutcome) -> String {
        "history/\(segment(environment))/outcomes/\(outcome.rawValue)/"
    }

    /// Releases of this service that ended like that.
    static func history(_ environment: String, service: String, outcome: ReleaseOutcome) -> String {
        "history/\(segment(environment))/ends/\(segment(service))@\(outcome.rawValue)/"
    }

    static func commits(_ environment: String) -> String { "history/\(segment(environment))/commits/" }

    static func history(_ environment: String, commit: String) -> String {
        commits(environment) + "\(segment(commit))/"
    }

    static func deliveries(_ environment: String) -> String { "deliveries/\(segment(environment))/" }

    /// What the releases of one day did.
    ///
    /// - Parameter started: RFC 3339.
    static func deliveries(_ environment: String, started: String) -> String {
        deliveries(environment) + "\(segment(String(started.prefix(10)))).json"
    }

    /// When the release began of which this is the last part of a name.
    static func started(_ moment: String) -> String {
        descending(String(moment.prefix { $0 != "Z" })) + "Z"
    }

    /// The run of which this is the last part of a name in history.
    static func run(ofMoment moment: String) -> String {
        let run = moment.drop { $0 != "Z" }.dropFirst(2)
        return text(String(run.hasSuffix(".json") ? run.dropLast(".json".count) : run))
    }

    /// The last part of a release's names in history: the newest comes first.
    static func moment(_ release: ReleaseDocument) -> String {
        "\(segment(descending(release.started)))-\(segment(release.run)).json"
    }

    static func verdicts(_ environment: String) -> String { "verdicts/\(segment(environment))/" }

    static func outcomes(_ environment: String) -> String { verdicts(environment) + "runs/" }

    static func outcomes(_ environment: String, _ run: String) -> String {
        outcomes(environment) + "\(segment(run)).json"
    }

    static func evidence(_ environment: String) -> String { "evidence/\(segment(environment))/" }

    static func evidence(_ environment: String, _ run: String) -> String {
        evidence(environment) + "\(segment(run)).json"
    }

    static func image(builder: String, repository: String, sourceDigest: String) -> String {
        "images/\(segment(builder))/\(segment(repository))/\(segment(sourceDigest)).json"
    }

    static func images() -> String { "images/" }

    static func forced(_ environment: String) -> String { "forced/\(segment(environment))/" }

    /// - Parameter moment: in milliseconds since 1970, by the server.
    static func forced(_ environment: String, moment: Int64, id: String) -> String {
        forced(environment) + "\(descending(String(moment)))-\(id).json"
    }

    static func locks(_ environment: String) -> String { "locks/\(segment(environment))/" }

    /// Sorts the other way round: RFC 3339 and plain numbers order as text as long as they have one form.
    static func descending(_ moment: String) -> String {
        String(decoding: moment.utf8.map { (0x30...0x39).contains($0) ? 0x69 - $0 : $0 }, as: UTF8.self)
    }

    /// What a segment was made of.
    static func text(_ segment: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(segment.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"),
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// One part of a name: whatever else is in it, no slash and nothing that a listing would trip over.
    static func segment(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "@"), UInt8(ascii: ":"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return result
    }
}
