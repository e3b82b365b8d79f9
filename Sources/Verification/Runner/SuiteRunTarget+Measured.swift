import Configuration

extension SuiteRunTarget {
    /// What the answers are held against afterwards.
    package var measured: MeasuredTarget {
        let addresses = [url] + references.filter { $0.key.hasSuffix("_url") }.values
        let saysItself =
            switch identity {
            case .header: true
            case .json, nil: false
            }
        return MeasuredTarget(
            authorities: Set(addresses.compactMap(MeasuredTarget.authority(of:))), revision: expectedRevision,
            identity: saysItself ? .everyAnswer : .elsewhere)
    }
}
