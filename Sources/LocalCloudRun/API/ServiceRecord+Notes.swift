import JSON

/// Where this machine cannot mean what Cloud Run means, or where a service is out of reach on purpose.
extension ServiceRecord {
    /// For the console page and the log.
    var notes: [String] {
        [ingressNote, isDefaultURIDisabled ? "Its default URL is switched off." : nil].compactMap(\.self)
    }

    /// On Cloud Run a caller from outside gets 404, and another service gets through when its traffic goes by the VPC
    /// network (https://cloud.google.com/run/docs/securing/ingress). Here both come from the same loopback: processes
    /// always do, containers behind rootless engines and on macOS too. A rule that held for some runtimes only would
    /// be worse than none, so the service stays open and says so.
    var ingressNote: String? {
        switch document["ingress"]?.string {
        case "INGRESS_TRAFFIC_INTERNAL_ONLY", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER":
            "Its ingress is internal. On Cloud Run a caller from outside gets 404; here every caller counts as inside, as "
                + "a program on this machine cannot be told from another service."
        case "INGRESS_TRAFFIC_NONE": "Its ingress lets nobody in."
        default: nil
        }
    }
}
