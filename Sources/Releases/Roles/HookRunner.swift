package import Configuration

/// Runs the commands that a team has put between the steps of its releases.
package protocol HookRunner: Sendable {
    /// Runs one to its end. `progress` gets every line that it writes.
    ///
    /// Throws `release` for a command that cannot be started or does not end with 0, `deadline` for one that takes longer
    /// than it may, `configuration` for a secret that cannot be read.
    func run(_ call: HookCall, progress: @escaping @Sendable (String) -> Void) async throws
}

/// One run of a command, with what it is told.
package struct HookCall: Sendable {
    package var hook: Hook
    package var moment: Hook.Moment
    /// Nil for a hook of the whole release.
    package var service: ServiceIdentity?
    /// As far as it is known then.
    package var release: ReleaseDocument

    package init(_ hook: Hook, at moment: Hook.Moment, of service: ServiceIdentity?, in release: ReleaseDocument) {
        self.hook = hook
        self.moment = moment
        self.service = service
        self.release = release
    }
}
