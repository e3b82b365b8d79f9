import NIOCore

/// The addresses of this machine.
enum LocalAddresses {
    /// Whether the engine's network begins on this machine, so that its containers can be reached by their own
    /// addresses. Not so where the engine runs in a virtual machine or without privileges.
    static func contain(_ gateway: String?) -> Bool {
        guard let gateway, let devices = try? System.enumerateDevices() else { return false }
        return devices.contains { $0.address?.ipAddress == gateway }
    }
}
