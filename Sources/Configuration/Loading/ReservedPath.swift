/// URL paths that never reach the container (cloud.google.com/run/docs/known-issues).
package enum ReservedPath {
    /// Why a path cannot be asked from outside; nil where it can.
    package static func reason(_ path: String) -> String? {
        let path = path.prefix { $0 != "?" }
        if path == "/healthz" {
            return "Cloud Run's front end answers `/healthz` itself with 404, the request never reaches the container"
        }
        if path == "/eventlog" || path == "/_ah" || path.hasPrefix("/_ah/") {
            return "Cloud Run reserves this path, the request never reaches the container"
        }
        return nil
    }
}
