#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The environment variables of this process, read where they are needed.
enum ProcessEnvironment {
    static subscript(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// An empty variable counts as not set, as it does for gcloud.
    static func nonEmpty(_ name: String) -> String? {
        self[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
