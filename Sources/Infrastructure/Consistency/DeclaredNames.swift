/// Limits of names that Google refuses only when the resource is made
/// (registry.terraform.io/providers/hashicorp/google/6.50.0/docs and the API's own pages, as of November 2026).
struct DeclaredNames {
    struct Limit: Sendable {
        var attribute: String
        var lengths: ClosedRange<Int>
        var form: Form

        init(_ attribute: String, _ lengths: ClosedRange<Int>, _ form: Form = .lowerCase) {
            self.attribute = attribute
            self.lengths = lengths
            self.form = form
        }
    }

    enum Form: Sendable {
        /// Lower-case letters, digits and hyphens, a letter first, no hyphen last (RFC 1035).
        case lowerCase
        /// Letters, digits, underscores and hyphens.
        case word
        /// As lower case, and dots and underscores.
        case bucket

        func allows(_ name: String) -> Bool {
            let bytes = Array(name.utf8)
            guard let first = bytes.first, let last = bytes.last else { return false }
            let isLower = { (byte: UInt8) in (0x61...0x7A).contains(byte) }
            let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
            switch self {
            case .lowerCase:
                return isLower(first) && last != 0x2D && bytes.allSatisfy { isLower($0) || isDigit($0) || $0 == 0x2D }
            case .word:
                return bytes.allSatisfy { isLower($0 | 0x20) || isDigit($0) || $0 == 0x2D || $0 == 0x5F }
            case .bucket:
                return bytes.allSatisfy { isLower($0) || isDigit($0) || [0x2D, 0x5F, 0x2E].contains($0) }
            }
        }

        var text: String {
            switch self {
            case .lowerCase: "lower-case letters, digits and hyphens, a letter first"
            case .word: "letters, digits, `-` and `_`"
            case .bucket: "lower-case letters, digits, `-`, `_` and `.`"
            }
        }
    }

    static let limits: [String: Limit] = [
        "google_service_account": Limit("account_id", 6...30),
        // A tag and the name share 46 characters of a host name.
        "google_cloud_run_v2_service": Limit("name", 1...49),
        "google_cloud_run_service": Limit("name", 1...49),
        "google_cloud_run_v2_job": Limit("name", 1...63),
        "google_storage_bucket": Limit("name", 3...63, .bucket),
        "google_artifact_registry_repository": Limit("repository_id", 1...63),
        "google_secret_manager_secret": Limit("secret_id", 1...255, .word),
        "google_redis_instance": Limit("name", 1...40),
        "google_vpc_access_connector": Limit("name", 1...25),
        "google_compute_network": Limit("name", 1...63),
        "google_compute_subnetwork": Limit("name", 1...63),
        "google_compute_url_map": Limit("name", 1...63),
        "google_compute_backend_service": Limit("name", 1...63),
        "google_compute_region_network_endpoint_group": Limit("name", 1...63),
        "google_compute_security_policy": Limit("name", 1...63),
        "google_compute_global_address": Limit("name", 1...63),
        "google_sql_database_instance": Limit("name", 1...98),
    ]
}
