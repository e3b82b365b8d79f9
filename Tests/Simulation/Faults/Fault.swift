/// One thing that goes wrong in a history. All of them are drawn before it begins, so that a seed is a history.
package enum Fault: Hashable, Sendable {
    /// What the API does with one call.
    package enum API: Hashable, Sendable, CaseIterable {
        /// 503 before anything happened.
        case unavailable
        /// The write has happened and its answer is lost.
        case lostReply
        case denied
        /// 409, nothing happened.
        case conflict
        case slow
        case operationFails
        case operationNeverEnds
        case operationVanishes
        /// Reads show the past for half a minute.
        case staleReads
    }

    /// What somebody does by hand in the middle.
    package enum Hand: Hashable, Sendable, CaseIterable {
        case annotate
        /// A revision of their own takes all traffic.
        case takeOver
        case addTag
        /// All traffic to the newest of the revisions that have some.
        case resplit
        /// Takes the lock away from whoever holds it.
        case releaseLock
    }

    /// What is wrong with the candidate.
    package enum Candidate: Hashable, Sendable, CaseIterable {
        case neverReady, unhealthy, failsSmoke
        /// Healthy on its own URL and not at the public one.
        case unhealthyInPublic
        /// A comparison with what serves cannot tell.
        case doubtful
    }

    /// The process that makes this call (counted over all processes of stagectl) is gone with it.
    case kill(call: Int, afterEffect: Bool)
    /// It stands still for so long: a laptop that is closed, a container that is paused.
    case freeze(call: Int, seconds: Int)
    case interrupt(call: Int)
    case api(API, call: Int)
    case hand(Hand, call: Int)
    case diskFull(write: Int, writes: Int)
    case candidate(Candidate)
    /// Another release of the same services begins at this call.
    case contender(call: Int)

    /// Draws one. Calls of a plain deploy of two services number about 150, so most faults lie within it; the first
    /// ones, where locks are taken and revisions made, are hit more often.
    static func drawn(from random: inout SeededRandom) -> Fault {
        let call = 1 + random.below(random.chance(40) ? 40 : 160)
        switch random.below(20) {
        case 0..<4: return .kill(call: call, afterEffect: random.chance(50))
        case 4..<6: return .freeze(call: call, seconds: 5 + random.below(120))
        case 6: return .interrupt(call: call)
        case 7..<13: return .api(API.allCases[random.below(API.allCases.count)], call: call)
        case 13..<15: return .hand(Hand.allCases[random.below(Hand.allCases.count)], call: call)
        case 15: return .diskFull(write: 1 + random.below(60), writes: 1 + random.below(20))
        case 16..<19: return .candidate(Candidate.allCases[random.below(Candidate.allCases.count)])
        default: return .contender(call: call)
        }
    }
}
