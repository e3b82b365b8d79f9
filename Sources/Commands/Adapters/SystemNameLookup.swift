import Transport
import Verification

/// Name checks by the resolver of this machine.
struct SystemNameLookup: NameLookup {
    func addresses(of name: String, timeoutMilliseconds: Int) async -> NameLookupOutcome {
        let clock = ContinuousClock()
        let began = clock.now
        let outcome = await NameResolver.resolve(name, within: .milliseconds(timeoutMilliseconds))
        let milliseconds = (clock.now - began).milliseconds
        switch outcome {
        case .addresses(let addresses): return .addresses(addresses, milliseconds: milliseconds)
        case .unknown: return .unknown(milliseconds: milliseconds)
        case .failed(let reason): return .failure(ProbeFailure(.other, reason, milliseconds: milliseconds))
        }
    }
}
